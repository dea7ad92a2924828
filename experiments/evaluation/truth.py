"""The rows a model is judged on, and what is known about them."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import NDArray

from engine.arrays import Flags, Floats, Integers

AMOUNT, CHANCE = "amount alone", "chance"
RULES, RAW = "published rules alone", "XGBoost on raw columns"
_DAY = 86_400_000_000
_MONDAY = 3
"""1970-01-01 was a Thursday: three days after a Monday."""


def week_begins(week: Integers) -> Integers:
    """Return the Monday midnights, UTC, of weeks as `Truth.week` counts them.

    >>> week_begins(np.array([0, 1])).tolist()
    [-259200000000, 345600000000]
    """
    begins: Integers = (7 * week - _MONDAY) * _DAY
    return begins


@dataclass(frozen=True)
class Truth:
    """Judged rows, one entry a row in every array.

    ``sender`` and ``receiver`` are account numbers, -1 for the world outside. ``pattern`` is a
    number for each planted or confirmed scheme; an illicit row of no scheme has a number of its
    own, an honest row has -1. ``kind`` is the pattern type, "none" for illicit rows outside any,
    "" for honest rows.
    """

    illicit: Flags
    amount: Integers
    time: Integers
    sender: Integers
    receiver: Integers
    pattern: Integers
    kind: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.illicit)

    @property
    def week(self) -> Integers:
        """ISO weeks in UTC, counted from a Monday.

        >>> row = Truth(*(np.array([value]) for value in (True, 1, 0, 0, 0, 0, "")))
        >>> row.week
        array([0])
        """
        return (self.time // _DAY + _MONDAY) // 7

    def __getitem__(self, rows: Flags | Integers) -> Self:
        return type(self)(*(getattr(self, field.name)[rows] for field in fields(self)))

    @property
    def capped_amount(self) -> Floats:
        """Amounts of the illicit rows, capped at their 99th percentile; 0 for honest rows.

        The cap keeps one huge payment from deciding a value-weighted metric.
        """
        if not self.illicit.any():
            return np.zeros(len(self))
        cap = np.percentile(self.amount[self.illicit], 99)
        return np.where(self.illicit, np.minimum(self.amount, cap), 0.0)


@dataclass(frozen=True)
class Scored:
    """Judged rows, their score, and columns to judge alone; higher is more suspicious.

    The columns are each detector's percentile, the amount, and the like; NaN counts as lowest.
    ``names`` are those of the patterns, by number.
    """

    truth: Truth
    score: Floats
    singles: Mapping[str, Floats]
    names: tuple[str, ...] = ()

    @classmethod
    def beside_baselines(
        cls,
        truth: Truth,
        score: Floats,
        detectors: Mapping[str, Floats],
        names: tuple[str, ...] = (),
    ) -> "Scored":
        """Put what a model has to beat beside its score: each detector, the amount, and chance.

        Chance is a ranking that knows nothing: all rows tied.
        """
        singles = {AMOUNT: truth.amount.astype(np.float64), CHANCE: np.zeros(len(truth))}
        return cls(truth, score, {**detectors, **singles}, names)
