"""Many small distributions end to end: a cell for each group and column.

The cell of column j in group g is number ``g * columns + j``. Counts, not shares, are kept: whole
numbers repeat and pack well.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Self

import numpy as np
from numpy.typing import NDArray

from engine.arrays import Arrays, Floats, Integers
from engine.grid import chosen_ranks
from features.kernels.compile import kernel

Counts = NDArray[np.int32]
_HIGHEST = 0x7FEFFFFFFFFFFFFF


@kernel
def ranks_in_cells(
    values: Floats, cells: Integers, starts: Integers, knots: Floats, below: Counts, upto: Counts
) -> Floats:
    """Return the share of each value's cell that lies below it; ties count half.

    Between two knots the share is interpolated. NaN: the value is, or its cell knows none, or
    there is no such cell (-1). A larger value of a cell never has a smaller share.
    """
    ranks = np.full(len(values), np.nan)
    for i in range(len(values)):
        cell, x = cells[i], values[i]
        if cell < 0 or math.isnan(x) or starts[cell] == starts[cell + 1]:
            continue
        first, last = starts[cell], starts[cell + 1] - 1
        known = np.float64(upto[last])
        if x < knots[first]:
            ranks[i] = 0.0
            continue
        if x > knots[last]:
            ranks[i] = 1.0
            continue
        low, high = first, last + 1
        while high - low > 1:
            middle = (low + high) // 2
            if knots[middle] <= x:
                low = middle
            else:
                high = middle
        if knots[low] == x:
            ranks[i] = 0.5 * (np.float64(below[low]) + np.float64(upto[low])) / known
        else:
            # Halves: the distance of two large knots may pass the largest float.
            way = (0.5 * x - 0.5 * knots[low]) / (0.5 * knots[low + 1] - 0.5 * knots[low])
            between = np.float64(below[low + 1]) - np.float64(upto[low])
            ranks[i] = (np.float64(upto[low]) + way * between) / known
    return ranks


@dataclass(frozen=True)
class Cells:
    """The knots of all cells: those of cell c are ``starts[c]:starts[c + 1]``.

    Of a cell's known values ``below`` lie below a knot, ``upto`` at or below it.
    """

    columns: int
    starts: Integers
    knots: Floats
    below: Counts
    upto: Counts

    @classmethod
    def fit(cls, X: Floats, levels: Sequence[Integers], groups: int, points: int) -> Self:
        """Keep the distribution of every column of ``X`` in every group.

        Each of ``levels`` holds a group for each row, or -1: a row is in as many groups as there
        are levels at most, and no two levels share a group.
        """
        found: list[list[_Knots]] = [[_NONE] * X.shape[1] for _ in range(groups)]
        columns = np.ascontiguousarray(X.T)
        for level in levels:
            order = np.argsort(level, kind="stable")
            segments = list(_segments(level[order]))
            for column, values in enumerate(columns):
                grouped = values[order]
                for group, first, stop in segments:
                    found[group][column] = _knots(grouped[first:stop], points)
        cells = [cell for row in found for cell in row]
        starts = np.cumsum([0, *(len(values) for values, _, _ in cells)]).astype(np.int64)
        return cls(
            X.shape[1],
            starts,
            np.concatenate([np.empty(0), *(values for values, _, _ in cells)]),
            np.concatenate([np.empty(0, np.int32), *(below for _, below, _ in cells)]),
            np.concatenate([np.empty(0, np.int32), *(upto for _, _, upto in cells)]),
        )

    def percentile(self, values: Floats, groups: Integers, column: int) -> Floats:
        """Return the mid-rank of values of a column among those of each one's group."""
        cells = np.where(groups >= 0, groups * self.columns + column, -1)
        return ranks_in_cells(
            np.ascontiguousarray(values, np.float64),
            cells.astype(np.int64),
            self.starts,
            self.knots,
            self.below,
            self.upto,
        )

    def cut(self, column: int, share: float, *, above: bool) -> Floats:
        """Return, for each group, the value from which a column's percentile is ``share``.

        ``above``: the smallest value with at least that percentile; else the largest with at most
        that. So ``value >= cut`` asks the same as ``percentile >= share``, bit for bit. NaN where
        a group knows no value.
        """
        groups = np.arange((len(self.starts) - 1) // max(self.columns, 1))
        low, high = np.full(len(groups), -_HIGHEST), np.full(len(groups), _HIGHEST)
        while (searched := low < high).any():
            odd = (low ^ high) & 1 if not above else 0
            middle = (low & high) + ((low ^ high) >> 1) + odd
            ranks = self.percentile(_floats(middle), groups, column)
            good = ranks >= share if above else ranks <= share
            if above:
                high = np.where(searched & good, middle, high)
                low = np.where(searched & ~good, middle + 1, low)
            else:
                low = np.where(searched & good, middle, low)
                high = np.where(searched & ~good, middle - 1, high)
        known = np.diff(self.starts).reshape(len(groups), -1)[:, column] > 0
        return np.where(known, _floats(low), np.nan)

    def arrays(self) -> Arrays:
        """Return the frozen state."""
        return {
            "columns": np.array([self.columns]),
            "starts": self.starts,
            "knots": self.knots,
            "below": self.below,
            "upto": self.upto,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> Self:
        """Take the frozen state back."""
        return cls(
            int(arrays["columns"][0]),
            arrays["starts"].astype(np.int64),
            arrays["knots"].astype(np.float64),
            arrays["below"].astype(np.int32),
            arrays["upto"].astype(np.int32),
        )


_Knots = tuple[Floats, Counts, Counts]
_NONE: _Knots = (np.empty(0), np.empty(0, np.int32), np.empty(0, np.int32))


def _floats(ordered: Integers) -> Floats:
    """Turn whole numbers into floats of the same order: 0 is 0, each step the next float."""
    size = np.abs(ordered).view(np.float64)
    return np.where(ordered < 0, -size, size)


@lru_cache(maxsize=4096)
def _ranks(count: int, points: int) -> Integers:
    return chosen_ranks(count, points)


def _knots(values: Floats, points: int) -> _Knots:
    """Keep the known ones of some values at the chosen ranks."""
    known = np.sort(values)
    known = known[: np.searchsorted(known, np.inf, "right")]
    if not len(known):
        return _NONE
    chosen = known[_ranks(len(known), points)]
    knots = chosen[np.concatenate(([True], chosen[1:] != chosen[:-1]))]
    below, upto = (known.searchsorted(knots, side) for side in ("left", "right"))
    return knots, below.astype(np.int32), upto.astype(np.int32)


def _segments(groups: Integers) -> Iterator[tuple[int, int, int]]:
    """Yield each group of sorted ones, where it begins and where it stops; -1 is no group.

    >>> list(_segments(np.array([-1, 0, 0, 4])))
    [(0, 1, 3), (4, 3, 4)]
    """
    bounds = [*np.flatnonzero(np.diff(groups, prepend=-1)).tolist(), len(groups)]
    for first, stop in pairwise(bounds):
        yield int(groups[first]), first, stop
