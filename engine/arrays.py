"""Matrices of features: their types, what is refused, and how named arrays share one file."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from features.errors import Fault, InputError
from features.kernels.compile import kernel

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]
Arrays = dict[str, NDArray[np.generic]]


@kernel
def any_infinite(X: Floats) -> bool:
    """Say whether a value is infinite; each row is read to its end, many values at a time."""
    for i in range(len(X)):
        found = False
        for j in range(X.shape[1]):
            found |= abs(X[i, j]) == np.inf
        if found:
            return True
    return False


@kernel
def by_column(X: Floats) -> Floats:
    """Return contiguous rows column by column: (columns, rows).

    By way of columns of 64 rows, stored longer than that, lest they all meet in one part of the
    cache.
    """
    columns, block = np.empty((X.shape[1], len(X))), np.empty((X.shape[1], 72))
    for start in range(0, len(X), 64):
        rows = X[start : start + 64]
        for i in range(len(rows)):
            for j in range(X.shape[1]):
                block[j, i] = rows[i, j]
        for j in range(X.shape[1]):
            columns[j, start : start + 64] = block[j, : len(rows)]
    return columns


def columns_of(X: Floats) -> Floats:
    """Return ``X.T``, contiguous: ``X`` itself where it lies column by column already.

    >>> columns_of(np.array([[1.0, 2.0], [3.0, 4.0]]))
    array([[1., 3.],
           [2., 4.]])
    """
    if X.flags.c_contiguous and not X.flags.f_contiguous:
        return by_column(X)
    return np.ascontiguousarray(X.T)


def shaped(X: Floats, names: Sequence[str]) -> Floats:
    """Return ``X`` as float64 if it has a column for each name, however it lies in memory.

    Raises
    ------
    InputError
        If the columns are not as many as the names.
    """
    X = np.asarray(X, dtype=np.float64)
    if X.shape != (len(X), len(names)):
        found, wanted = f"shape {X.shape}", f"rows of {len(names)} features"
        raise InputError("features that do not fit", (Fault("features", None, found, wanted),))
    return X


def checked(X: Floats, names: Sequence[str]) -> Floats:
    """Return ``X`` as contiguous float64 rows of the named features.

    Kernels are compiled for contiguous rows: other layouts are copied here, once.

    Raises
    ------
    InputError
        If the columns are not as many as the names, or a value is infinite (NaN is unknown,
        infinity is a mistake of whoever computed it).
    """
    X = np.ascontiguousarray(shaped(X, names))
    if not any_infinite(X):
        return X
    infinite = np.isinf(X).sum(axis=0)
    faults = tuple(
        Fault("features", names[j], f"{infinite[j]} rows infinite", "finite numbers or NaN")
        for j in np.flatnonzero(infinite).tolist()
    )
    if faults:
        raise InputError("features that are not numbers", faults)
    return X


def prefixed(prefix: str, arrays: Mapping[str, NDArray[np.generic]]) -> Arrays:
    """Put ``prefix/`` before every name.

    >>> prefixed("hbos", {"edges": np.zeros(2)})
    {'hbos/edges': array([0., 0.])}
    """
    return {f"{prefix}/{name}": array for name, array in arrays.items()}


def under(prefix: str, arrays: Mapping[str, NDArray[np.generic]]) -> Arrays:
    """Take the arrays whose names begin with ``prefix/``, without it.

    >>> under("hbos", {"hbos/edges": np.zeros(2), "tail/knots": np.ones(2)})
    {'edges': array([0., 0.])}
    """
    start = f"{prefix}/"
    return {name.removeprefix(start): a for name, a in arrays.items() if name.startswith(start)}
