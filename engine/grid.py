"""Distributions of many columns, each kept as the values at chosen ranks."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from engine.arrays import Arrays, Floats, Integers
from features.kernels.compile import kernel


@kernel
def mid_ranks(X: Floats, starts: Integers, knots: Floats, below: Floats, upto: Floats) -> Floats:
    """Return the share of each column's known values that lie below each value of ``X``.

    Values equal to it count half (the mid-rank); between two knots the share is interpolated;
    NaN stays NaN, and so does a column without known values.
    """
    ranks = np.full(X.shape, np.nan)
    for j in range(X.shape[1]):
        first, last = starts[j], starts[j + 1] - 1
        for i in range(len(X)):
            x = X[i, j]
            if last < first or math.isnan(x):
                continue
            if x < knots[first]:
                ranks[i, j] = 0.0
                continue
            if x > knots[last]:
                ranks[i, j] = 1.0
                continue
            low, high = first, last + 1
            while high - low > 1:
                middle = (low + high) // 2
                if knots[middle] <= x:
                    low = middle
                else:
                    high = middle
            if knots[low] == x:
                ranks[i, j] = 0.5 * (below[low] + upto[low])
            else:
                # Halves: the distance of two large knots may pass the largest float.
                way = (0.5 * x - 0.5 * knots[low]) / (0.5 * knots[low + 1] - 0.5 * knots[low])
                ranks[i, j] = upto[low] + way * (below[low + 1] - upto[low])
    return ranks


def chosen_ranks(count: int, points: int) -> Integers:
    """Return the ranks kept of ``count`` sorted values: evenly spaced, and closer in the tails.

    Towards both ends the distance to the end halves from one to the next, because that is where
    the unusual is told from the very unusual.

    >>> chosen_ranks(9, 3)
    array([0, 1, 2, 4, 6, 7, 8])
    """
    even = np.rint(np.linspace(0, count - 1, points)).astype(np.int64)
    steps = np.unique((2.0 ** np.arange(0, np.log2(max(count / 2, 1)) + 0.01, 0.5)).astype(int))
    tail = steps[steps < max(count // points, 3)] if count > 1 else np.empty(0, np.int64)
    ranks = np.concatenate([even, tail, count - 1 - tail])
    return np.unique(ranks.clip(0, count - 1))


@dataclass(frozen=True)
class Knots:
    """One column: values in rising order, the share of all values below, and at or below each."""

    values: Floats
    below: Floats
    upto: Floats

    @classmethod
    def of(cls, column: Floats, points: int) -> Self:
        """Keep the values of ``column`` (NaN left out) at the chosen ranks."""
        known = np.sort(column[~np.isnan(column)])
        if not len(known):
            return cls(known, known, known)
        values = np.unique(known[chosen_ranks(len(known), points)])
        below = np.searchsorted(known, values, "left") / len(known)
        upto = np.searchsorted(known, values, "right") / len(known)
        return cls(values, below, upto)


@dataclass(frozen=True)
class Grid:
    """The knots of all columns, end to end: those of column j are ``starts[j]:starts[j + 1]``."""

    starts: Integers
    knots: Floats
    below: Floats
    upto: Floats

    @classmethod
    def fit(cls, X: Floats, points: int = 1001) -> Self:
        """Keep the distribution of every column, at about ``points`` ranks."""
        columns = [Knots.of(X[:, j], points) for j in range(X.shape[1])]
        starts = np.cumsum([0, *(len(column.values) for column in columns)]).astype(np.int64)
        return cls(
            starts,
            np.concatenate([column.values for column in columns]),
            np.concatenate([column.below for column in columns]),
            np.concatenate([column.upto for column in columns]),
        )

    def percentile(self, X: Floats) -> Floats:
        """Return each value's mid-rank among the column's values, 0 to 1; NaN stays NaN.

        >>> grid = Grid.fit(np.array([[1.0], [2.0], [2.0], [4.0]]))
        >>> grid.percentile(np.array([[0.0], [2.0], [3.0], [np.nan], [9.0]])).ravel()
        array([0.  , 0.5 , 0.75,  nan, 1.  ])
        """
        X = np.ascontiguousarray(X, dtype=np.float64)
        return mid_ranks(X, self.starts, self.knots, self.below, self.upto)

    def arrays(self) -> Arrays:
        """Return the frozen state."""
        return {
            "starts": self.starts,
            "knots": self.knots,
            "below": self.below,
            "upto": self.upto,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> Self:
        """Take the frozen state back."""
        return cls(
            arrays["starts"].astype(np.int64),
            arrays["knots"].astype(np.float64),
            arrays["below"].astype(np.float64),
            arrays["upto"].astype(np.float64),
        )
