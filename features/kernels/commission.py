"""The closest payment in a window that an amount may be a part of."""

import numpy as np
from numpy.typing import NDArray

from features.kernels.compile import kernel

Integers = NDArray[np.int64]
Codes = NDArray[np.int32]


@kernel
def _of_few(values: Integers, low: int, high: int, smallest: int, largest: int) -> int:
    """Return the smallest of ``low:high`` from ``smallest`` to ``largest``, or -1."""
    found = -1
    for k in range(low, high):
        if smallest <= values[k] <= largest and (found < 0 or values[k] < found):
            found = values[k]
    return found


@kernel
def smallest_between(
    groups: Codes,
    low: Codes,
    high: Codes,
    starts: Integers,
    values: Integers,
    smallest: Integers,
    largest: Integers,
    few: int,
) -> Integers:
    """Return the smallest of each anchor's events ``low:high`` from ``smallest`` to ``largest``.

    -1 where there is none. At most ``few`` events, which changes no answer, are looked at one by
    one; else a Fenwick tree over the ranks of a group's values follows the window (Fenwick 1994,
    doi:10.1002/spe.4380240306): a hub costs ``log(size)`` a row.

    >>> smallest_between(np.array([0], np.int32), np.array([0]), np.array([3]), np.array([0, 3]),
    ...                  np.array([30, 10, 20]), np.array([15]), np.array([30]), 0)
    array([20])
    """
    found = np.full(len(groups), -1, np.int64)
    tree = np.zeros(len(values) + 1, np.int64)
    ranks = np.empty(len(values), np.int64)
    ordered = np.empty(len(values), np.int64)
    group, start, size, top, left, right = -1, 0, 0, 1, 0, 0
    for k in range(len(groups)):
        if groups[k] < 0 or starts[groups[k]] == starts[groups[k] + 1]:
            continue
        if high[k] - low[k] <= few:
            found[k] = _of_few(values, low[k], high[k], smallest[k], largest[k])
            continue
        if groups[k] != group:
            group = groups[k]
            start = left = right = starts[group]
            size, top = starts[group + 1] - start, 1
            while top * 2 <= size:
                top *= 2
            by_value = np.argsort(values[start : start + size], kind="mergesort")
            for r in range(size):
                ranks[start + by_value[r]] = r + 1
                ordered[start + r] = values[start + by_value[r]]
        while right < high[k]:
            node = ranks[right]
            while node <= size:
                tree[start + node] += 1
                node += node & -node
            right += 1
        while left < low[k]:
            node = ranks[left]
            while node <= size:
                tree[start + node] -= 1
                node += node & -node
            left += 1
        node = np.searchsorted(ordered[start : start + size], smallest[k])
        wanted = 1
        while node > 0:
            wanted += tree[start + node]
            node -= node & -node
        if left < right and wanted <= right - left:
            node, stride = 0, top
            while stride > 0:
                if node + stride <= size and tree[start + node + stride] < wanted:
                    node += stride
                    wanted -= tree[start + node]
                stride //= 2
            if ordered[start + node] <= largest[k]:
                found[k] = ordered[start + node]
    return found
