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
    rows = rounded(np.ascontiguousarray(X), _LARGEST)
    return rows if logits is None else np.hstack((rows, logits), dtype=np.float32)


def single_columns(X: Floats, logits: Floats | None) -> Singles:
    """Return the same as `singles`, but lying column by column."""
    columns = rounded(columns_of(X), _LARGEST)
    return columns.T if logits is None else np.vstack((columns, logits.T), dtype=np.float32).T


@kernel
def rounded(values: Floats, largest: float) -> Singles:
    """Return values of two dimensions, kept within ``largest`` on both sides; NaN stays NaN."""
    found = np.empty(values.shape, np.float32)
    for i in range(len(values)):
        for j in range(values.shape[1]):
            x = values[i, j]
            found[i, j] = np.float32(math.copysign(largest, x) if abs(x) > largest else x)
    return found


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
