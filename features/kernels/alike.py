"""How many events in a window have an amount in a range of the anchor's own."""

import numpy as np
from numpy.typing import NDArray

from features.kernels.compile import kernel

Integers = NDArray[np.int64]
Codes = NDArray[np.int32]


@kernel
def _add(tree: Integers, offset: int, size: int, rank: int, change: int) -> None:
    """Add ``change`` at ``rank`` of the Fenwick tree that starts at ``offset``."""
    node = rank + 1
    while node <= size:
        tree[offset + node - 1] += change
        node += node & -node


@kernel
def _below(tree: Integers, offset: int, rank: int) -> int:
    """Return how many entries of the Fenwick tree have a rank below ``rank``."""
    total = 0
    node = rank
    while node > 0:
        total += tree[offset + node - 1]
        node -= node & -node
    return total


@kernel
def alike_between(
    groups: Codes,
    low: Integers,
    high: Integers,
    starts: Integers,
    values: Integers,
    smallest: Integers,
    largest: Integers,
) -> Integers:
    """Count each anchor's events ``low:high`` with ``smallest <= value <= largest``.

    A Fenwick tree over the ranks of a group's values follows the window, so a hub costs
    ``log(size)`` a row and not its size (Fenwick 1994, doi:10.1002/spe.4380240306).

    >>> alike_between(np.array([0], np.int32), np.array([0]), np.array([3]), np.array([0, 3]),
    ...               np.array([10, 20, 30]), np.array([15]), np.array([30]))
    array([2])
    """
    counts = np.zeros(len(groups), np.int64)
    tree = np.zeros(len(values), np.int64)
    ranks = np.empty(len(values), np.int64)
    ordered = np.empty(len(values), np.int64)
    group, start, size, left, right = -1, 0, 0, 0, 0
    for k in range(len(groups)):
        if groups[k] < 0:
            continue
        if groups[k] != group:
            group = groups[k]
            start = left = right = starts[group]
            size = starts[group + 1] - start
            ordered[start : start + size] = np.sort(values[start : start + size])
            for e in range(start, start + size):
                ranks[e] = np.searchsorted(ordered[start : start + size], values[e])
        while right < high[k]:
            _add(tree, start, size, ranks[right], 1)
            right += 1
        while left < low[k]:
            _add(tree, start, size, ranks[left], -1)
            left += 1
        events = ordered[start : start + size]
        above = np.searchsorted(events, largest[k], side="right")
        below = np.searchsorted(events, smallest[k], side="left")
        if above > below:
            counts[k] = _below(tree, start, above) - _below(tree, start, below)
    return counts
