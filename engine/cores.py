"""Rows of features that need nothing of one another: a few at a time, on all cores."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from engine.arrays import Floats, any_infinite, checked, columns_of, shaped

# So few rows that what is computed of them stays in a core's cache.
TOGETHER = 1_024
_Made = TypeVar("_Made")


def on_all_cores(work: Callable[[Floats], _Made], X: Floats, names: Sequence[str]) -> list[_Made]:
    """Return what ``work`` makes of few rows of the named features at a time, in their order.

    The rows it sees are as many as fit a core's cache, finite or NaN, and lie column by column.
    ``X`` may lie in memory row by row or column by column, as a frame's ``columns.T``: that is the
    faster.

    Raises
    ------
    InputError
        If the features are not those named or not finite.

    >>> import numpy as np
    >>> on_all_cores(lambda rows: rows.tolist(), np.array([[1.0, 2.0], [3.0, 4.0]]), ("a", "b"))
    [[[1.0, 2.0], [3.0, 4.0]]]
    """
    X = shaped(X, names)

    def seen(rows: slice) -> _Made:
        columns = columns_of(X[rows])
        if any_infinite(columns):
            checked(X, names)
        return work(columns.T)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(seen, few(len(X), TOGETHER)))


def few(rows: int, size: int) -> Iterator[slice]:
    """Cut rows into runs of a size, the last of them shorter.

    >>> [(run.start, run.stop) for run in few(5, 2)]
    [(0, 2), (2, 4), (4, 6)]
    """
    return (slice(start, start + size) for start in range(0, rows, size))
