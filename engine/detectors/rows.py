"""Sums that depend on the row alone, means that are exact where nothing varies."""

import numpy as np

from engine.arrays import Floats
from features.kernels.compile import kernel


@kernel
def row_sums(values: Floats) -> Floats:
    """Return each row's sum, added from left to right whatever the number of rows."""
    sums = np.zeros(len(values))
    for i in range(len(values)):
        for j in range(values.shape[1]):
            sums[i] += values[i, j]
    return sums


def column_means(values: Floats) -> Floats:
    """Return each column's mean; of equal values exactly their value.

    Rounding would else leave a constant feature with a contribution of its own.

    >>> column_means(np.full((3, 1), 0.1)).tolist()
    [0.1]
    """
    low: Floats = values.min(axis=0)
    means: Floats = low + (values - low).mean(axis=0)
    return means
