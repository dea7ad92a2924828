"""Slices of time: read, computed in blocks on threads, within the memory there is.

The other packages import from here; inside, each module imports the one it needs.
"""

from features.slices.blocks import measured
from features.slices.frame import FeatureFrame, added, join, matrix
from features.slices.memory import parse_size
from features.slices.planning import TICK, Means, Reach, Span, plan
from features.slices.run import (
    compute_frame,
    frame_from_table,
    settle,
    slice_table,
    slices,
    used,
)
from features.slices.suspicion import Suspicion, rows_before

__all__ = [
    "TICK",
    "FeatureFrame",
    "Means",
    "Reach",
    "Span",
    "Suspicion",
    "added",
    "compute_frame",
    "frame_from_table",
    "join",
    "matrix",
    "measured",
    "parse_size",
    "plan",
    "rows_before",
    "settle",
    "slice_table",
    "slices",
    "used",
]
