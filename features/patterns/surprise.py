"""How unlikely so many payments are by chance: the one measure that instances are ranked with."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.patterns.graph import Integers

Floats = NDArray[np.float64]


def surprise(count: Integers, expected: Floats) -> Floats:
    """Return minus the logarithm of Chernoff's bound on so many events of a Poisson process.

    ``P(N >= k) <= exp(-(k log(k / m) - k + m))`` for ``k > m``: Mitzenmacher & Upfal, Probability
    and Computing, theorem 5.4. 0 where no more came than expected.

    >>> surprise(np.array([1, 8]), np.array([2.0, 1.0])).round(2).tolist()
    [0.0, 9.64]
    """
    bound = count * np.log(np.maximum(count, 1) / expected) - count + expected
    return np.where(count > expected, bound, 0.0)


@dataclass(frozen=True)
class Rates:
    """When payments are made, by all accounts, and how many of them one account makes then.

    An account is expected to have the share of its payments in an interval that all accounts have
    of theirs, as in the space-time permutation scan statistic (Kulldorff et al., PLoS Medicine
    2005, 2(3):e59): what is new to everyone because records begin, or because it is payday,
    surprises no one. The account's rate is taken from its other payments, and as many as an
    average account has: with few of its own it is taken to be like others.
    """

    time: Integers
    accounts: int

    @property
    def mean(self) -> float:
        """How many payments an account has."""
        return len(self.time) / max(self.accounts, 1)

    def before(self, time: Integers) -> Integers:
        """Return how many payments there are before each time."""
        return np.searchsorted(self.time, time, side="left").astype(np.int64)

    def until(self, time: Integers) -> Integers:
        """Return how many payments there are until each time, and at it."""
        return np.searchsorted(self.time, time, side="right").astype(np.int64)

    def between(self, first: Integers, last: Integers) -> Floats:
        """Return the share of payments from one time to another, both included."""
        return (self.until(last) - self.before(first)) / max(len(self.time), 1)

    def surprise(self, count: Integers, own: Integers, share: Floats) -> Floats:
        """Return how surprising so many of an account's payments are in a share of all."""
        return surprise(count, (own - count + self.mean) * share)
