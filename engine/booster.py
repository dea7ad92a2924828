"""The gradient-boosted trees as served: the one place where XGBoost's precision is entered.

XGBoost computes in float32. Features are rounded once, here; detectors join as the log-odds of
their percentiles, which keeps apart in float32 what a percentile near 1 would not.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import xgboost as xgb
from numpy.typing import NDArray

from engine.arrays import Floats

Singles = NDArray[np.float32]
_LARGEST = float(np.finfo(np.float32).max)


def singles(X: Floats, logits: Floats | None) -> Singles:
    """Return features, and the detectors' log-odds if given, as XGBoost sees them.

    A value beyond float32 counts as the largest float32 one.
    """
    columns = X if logits is None else np.concatenate([X, logits], axis=1)
    return np.clip(columns, -_LARGEST, _LARGEST).astype(np.float32)


@dataclass(frozen=True)
class Trees:
    """A booster cut to the trees that serve: predictions and contributions share their range."""

    booster: xgb.Booster

    def margins(self, columns: Singles) -> Floats:
        """Return each row's log-odds."""
        margins = self.booster.predict(xgb.DMatrix(columns), output_margin=True)
        return np.asarray(margins, dtype=np.float64)

    def contributions(self, columns: Singles) -> tuple[Floats, Floats]:
        """Return each row's base, and the exact Shapley value of each column in the log-odds."""
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
