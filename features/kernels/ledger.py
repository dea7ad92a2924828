"""Lay rows end to end by group, and link rows of the same counterparty."""

import numpy as np
from numpy.typing import NDArray

from features.kernels.compile import kernel

Integers = NDArray[np.int64]
Codes = NDArray[np.int32]


@kernel
def group_starts(groups: Codes, count: int) -> Integers:
    """Return where each group starts once rows lie end to end; length ``count + 1``.

    Rows of group -1 are left out.

    >>> group_starts(np.array([1, 0, 1, -1], np.int32), 2)
    array([0, 1, 3])
    """
    starts = np.zeros(count + 1, np.int64)
    for group in groups:
        if group >= 0:
            starts[group + 1] += 1
    for g in range(count):
        starts[g + 1] += starts[g]
    return starts


@kernel
def grouped_order(groups: Codes, starts: Integers) -> Integers:
    """Return the rows by group, in their given order within a group (a counting sort).

    >>> groups = np.array([1, 0, 1, -1], np.int32)
    >>> grouped_order(groups, np.array([0, 1, 3]))
    array([1, 0, 2])
    """
    cursor = starts[:-1].copy()
    order = np.empty(starts[-1], np.int64)
    for row in range(len(groups)):
        group = groups[row]
        if group >= 0:
            order[cursor[group]] = row
            cursor[group] += 1
    return order


@kernel
def previous_of_same(codes: Codes, starts: Integers, count: int) -> Integers:
    """Return, for each event, the position of the group's previous event with the same code.

    -1 where there is none; a code of -1 (the world outside) gets the number of events, so that
    it never counts as new. ``count`` is one more than the largest code.

    >>> previous_of_same(np.array([4, 2, 4, -1], np.int32), np.array([0, 4]), 5)
    array([-1, -1,  0,  4])
    """
    last = np.full(count, -1, np.int64)
    previous = np.empty(len(codes), np.int64)
    for g in range(len(starts) - 1):
        for k in range(starts[g], starts[g + 1]):
            code = codes[k]
            if code < 0:
                previous[k] = len(codes)
                continue
            previous[k] = last[code] if last[code] >= starts[g] else -1
            last[code] = k
    return previous


@kernel
def next_of_same(previous: Integers) -> Integers:
    """Return the reverse of ``previous_of_same``: the position of the next event, else the length.

    Events of the world outside get -1, so that they never count as leaving.

    >>> next_of_same(np.array([-1, -1, 0, 4]))
    array([ 2,  4,  4, -1])
    """
    count = len(previous)
    following = np.full(count, count, np.int64)
    for k in range(count):
        if previous[k] == count:
            following[k] = -1
        elif previous[k] >= 0:
            following[previous[k]] = k
    return following


@kernel
def earlier_time(times: Integers, starts: Integers, none: int) -> Integers:
    """Return, for each event, the latest strictly earlier time in its group, else ``none``.

    >>> earlier_time(np.array([5, 5, 9]), np.array([0, 3]), -1)
    array([-1, -1,  5])
    """
    earlier = np.empty(len(times), np.int64)
    for g in range(len(starts) - 1):
        for k in range(starts[g], starts[g + 1]):
            if k == starts[g]:
                earlier[k] = none
            elif times[k] == times[k - 1]:
                earlier[k] = earlier[k - 1]
            else:
                earlier[k] = times[k - 1]
    return earlier
