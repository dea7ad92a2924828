"""Whether a probability means what it says."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.arrays import Flags, Floats

EDGES = (0.0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 1.0)
"""Shares of the rows, by score, between the bins: finer toward the top, where the cases are."""


@dataclass(frozen=True)
class Bin:
    """Rows of similar score: what was said, and what was so."""

    lowest: float
    highest: float
    rows: int
    illicit: int
    mean_score: float
    illicit_share: float


def brier(score: Floats, illicit: Flags) -> float:
    """Return the mean squared distance between score and truth: 0 is perfect.

    >>> brier(np.array([1.0, 0.5]), np.array([True, False]))
    0.125
    """
    return float(np.mean((score - illicit) ** 2)) if len(score) else float("nan")


def calibration_error(bins: Sequence[Bin]) -> float:
    """Return how far said and true shares lie apart, on average over the rows of all bins.

    >>> calibration_error([Bin(0, 0.1, 90, 0, 0.05, 0.0), Bin(0.1, 1, 10, 5, 0.45, 0.5)])
    0.05
    """
    rows = sum(each.rows for each in bins)
    apart = sum(each.rows * abs(each.mean_score - each.illicit_share) for each in bins)
    return apart / rows if rows else float("nan")


def calibration_table(score: Floats, illicit: Flags) -> list[Bin]:
    """Compare scores with the share of illicit rows, in bins of ascending score.

    Equal scores stay in one bin; bins without rows are left out.
    """
    if not len(score):
        return []
    cuts = np.unique(np.quantile(score, EDGES[1:-1]))
    number = np.searchsorted(cuts, score, side="left")
    return [_bin(score[number == each], illicit[number == each]) for each in np.unique(number)]


def _bin(score: Floats, illicit: Flags) -> Bin:
    return Bin(
        lowest=float(score.min()),
        highest=float(score.max()),
        rows=len(score),
        illicit=int(illicit.sum()),
        mean_score=float(score.mean()),
        illicit_share=float(illicit.mean()),
    )
