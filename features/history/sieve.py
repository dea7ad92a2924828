"""Which events of a ledger a filter keeps, ready to be counted and summed over any window."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from features.kernels.sieve import kept_between, kept_sum_between, sieve_blocks

Integers = NDArray[np.int64]


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
    """A bit for each event, and running sums of the kept ones alone: small, and so near."""

    blocks: Integers
    sums: Integers

    @classmethod
    def of(cls, kept: NDArray[np.bool_], amounts: Integers) -> "Sieve":
        """Keep some of a ledger's events."""
        return cls(sieve_blocks(kept), running_sums(amounts[kept]))

    @cached_property
    def amounts(self) -> Integers:
        """The amounts of the kept events."""
        return np.diff(self.sums)

    def place(self, edges: Integers) -> Integers:
        """Return where events come among the kept ones: how many kept ones lie before each."""
        return kept_between(np.zeros(len(edges), np.int64), edges, self.blocks)

    def total(self, low: Integers, high: Integers, *, weighed: bool) -> Integers:
        """Return how many events ``low:high`` are kept, or what they are worth."""
        if weighed:
            return kept_sum_between(low, high, self.blocks, self.sums)
        return kept_between(low, high, self.blocks)
