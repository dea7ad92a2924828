"""Which payments could close a cycle at all: most can't, and a search need not begin with them."""

import numpy as np
from numpy.typing import NDArray

from features.kernels.compile import kernel

Integers = NDArray[np.int64]
Codes = NDArray[np.int32]
Edges = tuple[Codes, Codes, Integers]


@kernel
def could_close(asked: Integers, graph: Edges, accounts: int, width: int, after: int) -> Integers:
    """Return the edges whose payer was paid, and whose receiver paid, in ``(t - width, t)``.

    Of the asked edges, which are rising numbers, and of all later ones less than ``after``
    microseconds after one of them.

    >>> could_close(np.array([1, 2]), (np.array([0, 1, 2], np.int32), np.array([1, 0, 0], np.int32),
    ...             np.array([1, 2, 3])), 3, 10, 0)
    array([1])
    """
    source, target, time = graph
    latest, found = np.full(2 * accounts, -1, np.int32), np.empty(1024, np.int64)
    many, next_asked, e, left, right, until = 0, 0, 0, 0, 0, 0
    if len(asked) > 0:
        e, until = asked[0], time[asked[0]]
        left = right = np.searchsorted(time, time[e] - width, side="right")
    while next_asked < len(asked) or (e < len(time) and time[e] < until):
        if time[e] >= until:
            e = asked[next_asked]
        if next_asked < len(asked) and e == asked[next_asked]:
            next_asked, until = next_asked + 1, max(until, time[e] + after)
        while time[right] < time[e]:
            latest[2 * target[right]] = latest[2 * source[right] + 1] = right
            right += 1
        while time[left] <= time[e] - width:
            left += 1
        if many == len(found):
            found = np.concatenate((found, np.empty(many, np.int64)))
        found[many] = e  # no jump: which could can't be foreseen
        many += (latest[2 * source[e]] >= left) & (latest[2 * target[e] + 1] >= left)
        e += 1
    return found[:many].copy()
