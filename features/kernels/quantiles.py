"""Smallest, median and largest of the values in a window.

Two ways, the same answer. The values of a small window lie sorted in a short array: putting one in
moves a few others, which is quicker than any tree. A large window's are counted in a Fenwick tree
over the ranks of all values it will come to see (Fenwick 1994, doi:10.1002/spe.4380240306), which
is searched by halving: a hub costs ``log(size)`` a row and not its size.
"""

import numpy as np
from numpy.typing import NDArray

from features.kernels.compile import kernel

Integers = NDArray[np.int64]
Codes = NDArray[np.int32]
Counts = NDArray[np.int32]
Floats = NDArray[np.float64]
Found = tuple[Floats, Floats, Floats]


@kernel
def _halfway(one: int, other: int) -> float:
    """Return the middle of two values that are not negative, rounded once."""
    return (np.uint64(one) + np.uint64(other)) * 0.5


@kernel
def _stretch(groups: Codes, low: Integers, high: Integers, first: int) -> tuple[int, int]:
    """Return where the anchors of one group whose windows overlap end, and the largest window."""
    last, most = first + 1, high[first] - low[first]
    while last < len(groups) and groups[last] == groups[first] and low[last] < high[last - 1]:
        most = max(most, high[last] - low[last])
        last += 1
    return last, most


@kernel
def _by_sorting(
    low: Integers,
    high: Integers,
    values: Integers,
    first: int,
    last: int,
    held: Integers,
    out: Found,
) -> None:
    """Answer the anchors ``first:last`` with the window's values held in order."""
    smallest, median, largest = out
    left = right = low[first]
    size = 0
    for k in range(first, last):
        while left < low[k]:
            place = 0
            while held[place] != values[left]:
                place += 1
            size -= 1
            for m in range(place, size):
                held[m] = held[m + 1]
            left += 1
        while right < high[k]:
            place = size
            while place > 0 and held[place - 1] > values[right]:
                held[place] = held[place - 1]
                place -= 1
            held[place] = values[right]
            size += 1
            right += 1
        smallest[k], largest[k] = held[0], held[size - 1]
        median[k] = _halfway(held[(size - 1) // 2], held[size // 2])


@kernel
def _count(tree: Counts, rank: int, change: int) -> None:
    """Add ``change`` at ``rank`` of a Fenwick tree over a power of two of ranks."""
    node = rank + 1
    while node < len(tree):
        tree[node] += change
        node += node & -node


@kernel
def _rank_of(tree: Counts, nth: int) -> int:
    """Return the rank of the value that has ``nth`` others before it."""
    rank, step = 0, (len(tree) - 1) // 2
    while step > 0:
        if tree[rank + step] <= nth:
            rank += step
            nth -= tree[rank]
        step //= 2
    return rank


@kernel
def _by_counting(
    low: Integers, high: Integers, values: Integers, first: int, last: int, out: Found
) -> None:
    """Answer the anchors ``first:last`` with the window's values counted by rank."""
    smallest, median, largest = out
    base, total = low[first], high[last - 1] - low[first]
    order = np.argsort(values[base : base + total], kind="mergesort")
    ranks, leaves = np.empty(total, np.int64), 1
    for rank in range(total):
        ranks[order[rank]] = rank
    while leaves < total:
        leaves *= 2
    tree = np.zeros(leaves + 1, np.int32)
    left = right = base
    for k in range(first, last):
        while right < high[k]:
            _count(tree, ranks[right - base], 1)
            right += 1
        while left < low[k]:
            _count(tree, ranks[left - base], -1)
            left += 1
        size = right - left
        below = order[_rank_of(tree, (size - 1) // 2)]
        above = below if size % 2 else order[_rank_of(tree, size // 2)]
        smallest[k] = values[base + order[_rank_of(tree, 0)]]
        largest[k] = values[base + order[_rank_of(tree, size - 1)]]
        median[k] = _halfway(values[base + below], values[base + above])


@kernel
def order_between(
    groups: Codes, low: Integers, high: Integers, values: Integers, crowd: int
) -> Found:
    """Return smallest, median and largest value of each anchor's events ``low:high``.

    NaN where there are none. Values are 0 or more; the median of an even number is the middle of
    the two in the middle. Windows of more than ``crowd`` values, which changes no answer, are
    counted by rank.

    >>> found = order_between(np.array([0, 0], np.int32), np.array([0, 1]), np.array([2, 4]),
    ...                       np.array([7, 2, 3, 9]), 256)
    >>> [values.tolist() for values in found]
    [[2.0, 2.0], [4.5, 3.0], [7.0, 9.0]]
    """
    out = (
        np.full(len(groups), np.nan),
        np.full(len(groups), np.nan),
        np.full(len(groups), np.nan),
    )
    held = np.empty(crowd, np.int64)
    first = 0
    while first < len(groups):
        last, most = _stretch(groups, low, high, first)
        if most > crowd:
            _by_counting(low, high, values, first, last, out)
        elif most > 0:
            _by_sorting(low, high, values, first, last, held, out)
        first = last
    return out
