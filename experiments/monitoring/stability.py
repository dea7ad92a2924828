"""How far a distribution has moved: the population stability index (PSI).

The index adds up ``(now - before) * log(now / before)`` over bins of values. Below 0.1 is usually
called little change, above 0.25 a large one: a rule of thumb (Lewis 1994, "An Introduction to
Credit Scoring") that knows nothing of how many rows there are. By chance alone the index is about
``(bins - 1) * (1 / rows before + 1 / rows now)`` (Yurdakul and Naranjo 2020, "Statistical
properties of the population stability index", Journal of Risk Model Validation), and more where
rows go together, as those of an account do.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from engine.arrays import Floats, Integers

LITTLE, LARGE = 0.1, 0.25
_TENTHS = np.arange(1, 10) / 10
_HALF = 0.5  # of a row, in every bin: an empty one has no logarithm


@dataclass(frozen=True)
class Usual:
    """How many rows had which values of one column before: in tenths of those known, and unknown.

    ``cuts`` are rising, a bin ends with each and there is one beyond; ``counts`` has one entry
    more, for the unknown.
    """

    cuts: Floats
    counts: Integers

    @classmethod
    def of(cls, column: Floats) -> Self:
        """Divide a column into tenths; equal values stay together, so there may be fewer."""
        known = column[~np.isnan(column)]
        cuts = np.empty(0)
        if len(known):
            cuts = np.unique(np.quantile(known, _TENTHS, method="inverted_cdf"))
        return cls(cuts, _counts(cuts, column))

    @property
    def missing(self) -> float:
        """The share of rows in which it was unknown."""
        return float(self.counts[-1] / max(self.counts.sum(), 1))

    def index(self, column: Floats) -> float:
        """Return how far a column has moved from this; NaN without rows.

        >>> before = Usual.of(np.arange(100.0))
        >>> round(before.index(np.arange(100.0)), 6), before.index(np.arange(60.0, 100.0)) > LARGE
        (0.0, True)
        """
        if not len(column) or not self.counts.sum():
            return float("nan")
        before, now = (_shares(each) for each in (self.counts, _counts(self.cuts, column)))
        return float(np.sum((now - before) * np.log(now / before)))


def missing(column: Floats) -> float:
    """Return the share of rows in which a column is unknown."""
    return float(np.isnan(column).mean()) if len(column) else float("nan")


def _counts(cuts: Floats, column: Floats) -> Integers:
    unknown = np.isnan(column)
    place = np.searchsorted(cuts, column[~unknown], side="left")
    counts = np.bincount(place, minlength=len(cuts) + 1)
    return np.append(counts, unknown.sum()).astype(np.int64)


def _shares(counts: Integers) -> Floats:
    shares: Floats = (counts + _HALF) / (counts.sum() + _HALF * len(counts))
    return shares
