"""Scatter-gathers with their legs in any order, counted by size.

The twin of the scatter-gather counts of Snap ML's Graph Feature Preprocessor, for comparison:
there no intermediary must be paid before it pays, and no busy one is left out.
"""

import numpy as np
from numpy.typing import NDArray

from features.kernels.compile import kernel

Integers = NDArray[np.int64]
Codes = NDArray[np.int32]
Links = NDArray[np.int32] | NDArray[np.int64]
Table = tuple[Integers, Integers, Integers]
Side = tuple[Codes, Links, Integers, Integers]


@kernel
def _place(key: np.int64, keys: Integers) -> np.int64:
    """Return where a key of an open hash table is, or belongs; -1 is no key."""
    mask = len(keys) - 1
    mixed = key * 0x9E3779B97F4A7C1
    place = (mixed ^ (mixed >> 31)) & mask
    while keys[place] != key and keys[place] >= 0:
        place = (place + 1) & mask
    return place


@kernel
def _roomy(table: Table, more: int) -> Table:
    """Return a table with room for more pairs; a new one of those that still count, if need be."""
    keys, counts, used = table
    if 2 * (used[0] + more) < len(keys):
        return table
    used[0] = np.count_nonzero(counts)
    size = len(keys)
    while size < 4 * (used[0] + more):
        size *= 2
    fresh, numbers = np.full(size, -1), np.zeros(size, np.int64)
    for old in range(len(keys)):
        if counts[old] > 0:
            place = _place(keys[old], fresh)
            fresh[place], numbers[place] = keys[old], counts[old]
    return fresh, numbers, used


@kernel
def _visit(
    payer: int, payee: int, change: int, row: int, table: Table, into: Side, out: Side, told: Codes
) -> None:
    """Change, or tell in a row, the counts of all pairs of ends that a payment lies between."""
    keys, counts, used = table
    for way in range(2):
        other, following, low, high = into if way == 0 else out
        middle, far = (payer, payee) if way == 0 else (payee, payer)
        for q in range(low[middle], high[middle]):
            near = np.int64(other[q])
            if following[q] < high[middle] or near == far:
                continue
            place = _place(near << 32 | far if way == 0 else far << 32 | near, keys)
            if keys[place] < 0:
                keys[place] = near << 32 | far if way == 0 else far << 32 | near
                used[0] += 1
            counts[place] += change
            if row >= 0 and counts[place] > 1:
                told[row + min(counts[place], 30) - 2] += 1


@kernel
def _begin(
    first: int, source: Codes, target: Codes, time: Integers, width: int, into: Side, out: Side
) -> int:
    """Return the first edge in the window of edge ``first``; let all before lie behind."""
    begin = first
    while begin > 0 and first < len(time) and time[begin - 1] > time[first] - width:
        begin -= 1
    for k in range(begin):
        for edges in (into[2], into[3]):
            edges[target[k]] += 1
        for edges in (out[2], out[3]):
            edges[source[k]] += 1
    return begin


@kernel
def _leave(payer: int, payee: int, table: Table, into: Side, out: Side, told: Codes) -> None:
    """Take the oldest payment out of the window, and its pair where it was the last."""
    gone = out[2][payer]
    out[2][payer] += 1
    into[2][payee] += 1
    if out[1][gone] >= out[3][payer]:
        _visit(payer, payee, -1, -1, table, into, out, told)


@kernel
def common_neighbours(
    first: int,
    last: int,
    source: Codes,
    target: Codes,
    time: Integers,
    in_starts: Integers,
    in_other: Codes,
    in_following: Links,
    out_starts: Integers,
    out_other: Codes,
    out_following: Links,
    out_previous: Links,
    width: int,
) -> Codes:
    """Tell each edge ``first:last`` how many scatter-gathers of each size it is a leg of.

    Two ends and what lies between them in ``(t - width, t]``: all accounts that one end pays and
    that pay the other, in whatever order. 29 numbers an edge, end to end: sizes 2 to 29, and 30 or
    more. ``following`` and ``previous`` are the next and the last payment of the same pair in
    adjacency, one that is not there at or after the length, or -1.

    >>> source, target = np.array([0, 0, 1, 2], np.int32), np.array([1, 2, 3, 3], np.int32)
    >>> none, nothing = np.full(4, 4, np.int32), np.full(4, -1, np.int32)
    >>> told = common_neighbours(3, 4, source, target, np.arange(4), np.array([0, 0, 1, 2, 4]),
    ...     source, none, np.array([0, 2, 3, 4, 4]), target, none, nothing, 9)
    >>> told[0], told.sum()
    (np.int32(1), np.int64(1))
    """
    told = np.zeros(29 * (last - first), np.int32)
    into = (in_other, in_following, in_starts[:-1].copy(), in_starts[:-1].copy())
    out = (out_other, out_following, out_starts[:-1].copy(), out_starts[:-1].copy())
    table = (np.full(1024, -1), np.zeros(1024, np.int64), np.zeros(1, np.int64))
    begin = _begin(first, source, target, time, width, into, out)
    edge = oldest = begin
    while edge < last:
        stop, now = edge, time[edge]
        while time[oldest] <= now - width:
            _leave(source[oldest], target[oldest], table, into, out, told)
            oldest += 1
        while stop < len(time) and time[stop] == now:
            stop += 1
        for k in range(edge, stop):
            payer, payee = source[k], target[k]
            fresh = out_previous[out[3][payer]] < out[2][payer]
            out[3][payer] += 1
            into[3][payee] += 1
            more = into[3][payer] - into[2][payer] + out[3][payee] - out[2][payee]
            table = _roomy(table, more)
            row = 29 * (k - first) if stop - edge == 1 and k >= first else -1
            if fresh or row >= 0:
                _visit(payer, payee, 1 if fresh else 0, row, table, into, out, told)
        if stop - edge > 1:
            for k in range(max(edge, first), min(stop, last)):
                _visit(source[k], target[k], 0, 29 * (k - first), table, into, out, told)
        edge = stop
    return told
