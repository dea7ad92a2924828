"""Which events of a ledger a filter keeps, ready to be counted and summed over any window."""

from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from features.history.kept import Kept
from features.kernels.sieve import (
    kept_before,
    kept_counted,
    kept_summed,
    kept_sums,
    sieve_of,
)

Integers = NDArray[np.int64]
Codes = NDArray[np.int32]
Floats = NDArray[np.float64]
_Kind = TypeVar("_Kind", np.int32, np.int64)


def running_sums(values: Integers) -> Integers:
    """Return the sums of the first 0, 1, 2... values.

    >>> running_sums(np.array([3, 4]))
    array([0, 3, 7])
    """
    sums = np.zeros(len(values) + 1, np.int64)
    np.cumsum(values, out=sums[1:])
    return sums


@dataclass(frozen=True)
class Sieve:
    """A bit for each event; and, once asked for, running sums of the kept ones alone.

    Small, and so near. ``order`` gives the events' rows, ``amount`` the amounts of all rows.
    """

    blocks: Integers
    order: Codes
    amount: Integers
    _kept: Kept = field(default_factory=Kept, repr=False, compare=False)

    @classmethod
    def of(cls, bits: NDArray[np.uint8], order: Codes, amount: Integers) -> "Sieve":
        """Keep some of a ledger's events: those whose row has its bit set."""
        return cls(sieve_of(bits, order), order, amount)

    @property
    def sums(self) -> Integers:
        """The sums of the first 0, 1, 2... kept events' amounts."""
        return self._kept.get("sums", lambda: kept_sums(self.blocks, self.amount, self.order))

    @property
    def amounts(self) -> Integers:
        """The amounts of the kept events."""
        return self._kept.get("amounts", lambda: np.diff(self.sums))

    def place(self, edges: NDArray[_Kind]) -> NDArray[_Kind]:
        """Return where events come among the kept ones: how many kept ones lie before each."""
        found = kept_before(edges.astype(np.int32, copy=False), self.blocks)
        return found.astype(edges.dtype, copy=False)

    def total(
        self, low: Codes, high: Codes, position: Codes, count: int, *, weighed: bool
    ) -> Floats:
        """Return how many events ``low:high`` are kept, or what they are worth, in their places."""
        if weighed:
            return kept_summed(low, high, self.blocks, self.sums, position, count)
        return kept_counted(low, high, self.blocks, position, count)
