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
