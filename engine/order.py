"""The canonical order of training rows, and samples that depend on nothing else.

XGBoost's model depends on the order of its rows, so two orders of the same rows would be two
models. Identifiers cannot settle the order (they are never inputs): time does, then a digest of
the row's own values, then its label. Rows equal in all of these are interchangeable.
"""

import math

import numpy as np
from numpy.typing import NDArray

from engine.arrays import Floats, Integers
from features.kernels.compile import kernel

_SEEDS = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F)


@kernel
def row_digests(X: Floats, bits: NDArray[np.uint64], seed: np.uint64) -> NDArray[np.uint64]:
    """Return a 64-bit digest of each row's values (the mixer of splitmix64, Steele et al. 2014).

    ``bits`` is ``X`` seen as whole numbers. Both zeros count as one value, and so do all NaNs.
    """
    digests = np.empty(len(X), np.uint64)
    for i in range(len(X)):
        state = seed
        for j in range(X.shape[1]):
            word = bits[i, j]
            if X[i, j] == 0.0:
                word = np.uint64(0)
            elif math.isnan(X[i, j]):
                word = np.uint64(0x7FF8000000000000)
            state = (state ^ word) + np.uint64(0x9E3779B97F4A7C15)
            state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            state = state ^ (state >> np.uint64(31))
        digests[i] = state
    return digests


def canonical_order(
    time: NDArray[np.generic], X: Floats, y: NDArray[np.generic], beside: Floats | None = None
) -> Integers:
    """Return the permutation that sorts rows by time, then by their values, then by label.

    ``beside`` holds further values, which come last.

    >>> X = np.array([[3.0], [1.0], [2.0]])
    >>> canonical_order(np.array([2, 1, 3]), X, np.zeros(3))
    array([1, 0, 2])
    """
    further = _digests(beside) if beside is not None else ()
    keys = (*further, np.nan_to_num(y, nan=-1), *_digests(X), time)
    return np.lexsort(keys).astype(np.int64)


def _digests(X: Floats) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    X = np.ascontiguousarray(X, dtype=np.float64)
    bits = X.view(np.uint64)
    first, second = (row_digests(X, bits, np.uint64(seed)) for seed in _SEEDS)
    return second, first


def evenly_spaced(rows: int, limit: int) -> Integers:
    """Return the positions of at most ``limit`` of ``rows`` rows, the same distance apart.

    >>> evenly_spaced(10, 4)
    array([0, 2, 5, 7])
    """
    if rows <= limit:
        return np.arange(rows)
    return np.arange(limit) * rows // limit
