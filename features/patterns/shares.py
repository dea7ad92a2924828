"""Shares of amounts, exactly: in permille, in whole minor units."""

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]


def between(amounts: Integers, low: int, high: int) -> tuple[Integers, Integers]:
    """Return the least and the most whole amount that is ``low`` to ``high`` permille of each.

    >>> between(np.array([1999]), 800, 1020)
    (array([1600]), array([2038]))
    >>> between(np.array([2 * 10**18]), 800, 1020)[0]
    array([1600000000000000000])
    """
    return -_permille(-amounts, low), _permille(amounts, high)


def _permille(amounts: Integers, share: int) -> Integers:
    """Return ``amounts * share // 1000`` without passing int64."""
    return amounts // 1000 * share + amounts % 1000 * share // 1000
