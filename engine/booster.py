"""The gradient-boosted trees as served: the one place where XGBoost's precision is entered.

XGBoost computes in float32. Features are rounded once, here; detectors join as the log-odds of
their percentiles, which keeps apart in float32 what a percentile near 1 would not.
"""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import xgboost as xgb
from numpy.typing import NDArray

from engine.arrays import Floats, columns_of
from engine.walking import FlatTrees
from features.kernels.compile import kernel

Singles = NDArray[np.float32]
_LARGEST = float(np.finfo(np.float32).max)


def singles(X: Floats, logits: Floats | None) -> Singles:
    """Return features, and the detectors' log-odds if given, as XGBoost sees them.

    A value beyond float32 counts as the largest float32 one.
    """
    beside = np.empty((len(X), 0)) if logits is None else np.ascontiguousarray(logits)
    return rounded(np.ascontiguousarray(X), beside, _LARGEST)


@kernel
def rounded(X: Floats, beside: Floats, largest: float) -> Singles:
    """Return the columns of both, kept within ``largest`` on both sides; NaN stays NaN."""
    columns, first = np.empty((len(X), X.shape[1] + beside.shape[1]), np.float32), X.shape[1]
    for i in range(len(X)):
        for j in range(first):
            x = X[i, j]
            columns[i, j] = np.float32(math.copysign(largest, x) if abs(x) > largest else x)
        for j in range(beside.shape[1]):
            columns[i, first + j] = np.float32(beside[i, j])
    return columns


def single_columns(X: Floats, logits: Floats | None) -> Singles:
    """Return the same as `singles`, but lying column by column."""
    beside = np.empty((len(X), 0)) if logits is None else logits
    return rounded_columns(columns_of(X), columns_of(beside), _LARGEST).T


@kernel
def rounded_columns(X: Floats, beside: Floats, largest: float) -> Singles:
    """Return the same as `rounded` of ``X.T`` and ``beside.T``: (columns, rows)."""
    columns, first = np.empty((len(X) + len(beside), X.shape[1]), np.float32), len(X)
    for j in range(first):
        for i in range(X.shape[1]):
            x = X[j, i]
            columns[j, i] = np.float32(math.copysign(largest, x) if abs(x) > largest else x)
    for j in range(len(beside)):
        for i in range(X.shape[1]):
            columns[first + j, i] = np.float32(beside[j, i])
    return columns


@dataclass(frozen=True)
class Trees:
    """A booster cut to the trees that serve: predictions and contributions share their range."""

    booster: xgb.Booster

    def margins(self, columns: Singles) -> Floats:
        """Return each row's log-odds."""
        if self.flat is not None:
            return self.flat.margins(columns)
        columns = np.ascontiguousarray(columns)
        margins = self.booster.inplace_predict(columns, predict_type="margin")
        return np.asarray(margins, dtype=np.float64)

    @cached_property
    def flat(self) -> FlatTrees | None:
        """Return the trees as arrays that rows walk down faster."""
        return FlatTrees.of(self.booster)

    def contributions(self, columns: Singles) -> tuple[Floats, Floats]:
        """Return each row's base, and the exact Shapley value of each column in the log-odds."""
        columns = np.ascontiguousarray(columns)
        parts = self.booster.predict(xgb.DMatrix(columns), pred_contribs=True)
        parts = np.asarray(parts, dtype=np.float64)
        return parts[:, -1].copy(), parts[:, :-1].copy()

    def to_bytes(self) -> bytes:
        """Return the trees as UBJ."""
        return bytes(self.booster.save_raw("ubj"))

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Take the trees back."""
        booster = xgb.Booster()
        booster.load_model(bytearray(data))
        return cls(booster)
