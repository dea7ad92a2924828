"""Where runs are recorded: MLflow, pointed at one store, kept quiet and told to tell nobody.

MLflow's defaults are changed before it is imported. The store is ``sqlite:///mlflow.db`` in the
working folder, its files beside it; ``MLFLOW_TRACKING_URI`` moves both.
"""

import importlib
import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

os.environ.update(
    MLFLOW_DISABLE_TELEMETRY="true",
    DO_NOT_TRACK="true",
    MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT="true",
    MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR="false",
)
os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")

DEFAULT_URI = "sqlite:///mlflow.db"
SQLITE = "sqlite:///"


@contextmanager
def quiet() -> Iterator[None]:
    """Keep MLflow's own warnings and chatter off the console while it works."""
    for name in ("mlflow", "alembic"):
        logging.getLogger(name).setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextmanager
def pointed_at(uri: str) -> Iterator[Any]:
    """Import MLflow and point it at a store; point it back afterwards."""
    with quiet():
        mlflow = importlib.import_module("mlflow")
        for name in ("mlflow.pyfunc", "mlflow.data.meta_dataset"):
            importlib.import_module(name)
    before = os.environ.get("MLFLOW_TRACKING_URI")
    mlflow.set_tracking_uri(uri)
    try:
        yield mlflow
    finally:
        mlflow.set_tracking_uri(before)


def absolute(uri: str) -> str:
    """Make the path of a SQLite store absolute, so that a change of folder changes nothing."""
    if not uri.startswith(SQLITE):
        return uri
    return SQLITE + str(database(uri))


def database(uri: str) -> Path:
    """Return the file of a SQLite store."""
    return Path(uri.removeprefix(SQLITE)).absolute()
