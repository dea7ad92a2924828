"""From one order of values to another."""

import numpy as np
from numpy.typing import NDArray

from features.kernels.compile import kernel

Integers = NDArray[np.int64]
Codes = NDArray[np.int32]
Floats = NDArray[np.float64]


@kernel
def spread_whole(values: Integers, position: Codes, count: int) -> Floats:
    """Put whole numbers in their places among ``count``, as floats; NaN where none belongs.

    >>> spread_whole(np.array([5, 7]), np.array([2, 0], np.int32), 3)
    array([ 7., nan,  5.])
    """
    places = np.empty(count) if len(values) == count else np.full(count, np.nan)
    for k in range(len(values)):
        places[position[k]] = values[k]
    return places


@kernel
def spread_parts(values: Floats, position: Codes, count: int) -> Floats:
    """Put numbers in their places among ``count``; NaN where none belongs.

    >>> spread_parts(np.array([0.5, 0.7]), np.array([2, 0], np.int32), 3)
    array([0.7, nan, 0.5])
    """
    places = np.empty(count) if len(values) == count else np.full(count, np.nan)
    for k in range(len(values)):
        places[position[k]] = values[k]
    return places


@kernel
def lay_rows(columns: Floats, width: int, rows: Floats) -> None:
    """Write the ``width`` columns that lie end to end into ``rows``, row after row.

    The one kernel that writes into an array it is given: of a frame, a new one costs more than
    filling it. Eight rows at a time: a line of the cache, of each column.

    >>> rows = np.empty(6)
    >>> lay_rows(np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]), 2, rows)
    >>> rows
    array([1., 4., 2., 5., 3., 6.])
    """
    count = len(columns) // max(width, 1)
    for first in range(0, count, 8):
        last = min(first + 8, count)
        for column in range(width):
            for row in range(first, last):
                rows[row * width + column] = columns[column * count + row]
