"""The only package that speaks to MLflow: runs, the registry, and finding a model again."""

from experiments.tracking.aliases import CHALLENGER, CHAMPION, Registered
from experiments.tracking.registry import Entry, Registry
from experiments.tracking.resolving import ResolvedModel, resolve_model
from experiments.tracking.runs import (
    BUNDLE_TAG,
    LOADER,
    LOOK_TAG,
    Column,
    Parameter,
    Run,
    ServedModel,
)
from experiments.tracking.tracker import Tracker

__all__ = [
    "BUNDLE_TAG",
    "CHALLENGER",
    "CHAMPION",
    "LOADER",
    "LOOK_TAG",
    "Column",
    "Entry",
    "Parameter",
    "Registered",
    "Registry",
    "ResolvedModel",
    "Run",
    "ServedModel",
    "Tracker",
    "resolve_model",
]
