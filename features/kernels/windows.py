"""What lies in a window: its edges, sums, distinct counterparties, the largest amount."""

import numpy as np
from numpy.typing import NDArray

from features.kernels.compile import kernel

Integers = NDArray[np.int64]
Codes = NDArray[np.int32]


@kernel
def first_after(groups: Codes, targets: Integers, starts: Integers, times: Integers) -> Integers:
    """Return, for each anchor, the first event of its group later than its target time.

    The number of the group's last event plus one where none is. With targets ``t + start`` and
    ``t + stop`` this gives both ends of the window ``(t + start, t + stop]``.

    >>> first_after(np.array([0, 0], np.int32), np.array([4, 5]), np.array([0, 3]),
    ...             np.array([1, 5, 9]))
    array([1, 2])
    """
    edges = np.zeros(len(groups), np.int64)
    group, cursor, stop = -1, 0, 0
    for k in range(len(groups)):
        if groups[k] < 0:
            continue
        if groups[k] != group:
            group = groups[k]
            cursor, stop = starts[group], starts[group + 1]
        while cursor < stop and times[cursor] <= targets[k]:
            cursor += 1
        edges[k] = cursor
    return edges


@kernel
def sum_between(low: Integers, high: Integers, cumulative: Integers) -> Integers:
    """Return the sum of each anchor's events ``low:high`` from their cumulative sums.

    Whole numbers: the difference is exact even where the cumulative sum itself wraps around,
    as long as the sum over a window fits int64 (checked when a dataset is written).

    >>> sum_between(np.array([0, 1]), np.array([2, 2]), np.array([0, 10, 30]))
    array([30, 20])
    """
    sums = np.empty(len(low), np.int64)
    for k in range(len(low)):
        sums[k] = cumulative[high[k]] - cumulative[low[k]]
    return sums


@kernel
def distinct_between(
    groups: Codes,
    low: Integers,
    high: Integers,
    starts: Integers,
    previous: Integers,
    following: Integers,
) -> Integers:
    """Count the distinct counterparties among each anchor's events ``low:high``.

    No set is needed: an event is new to the window if its previous one of the same counterparty
    lies outside, and takes the counterparty with it if the next one does too.

    >>> distinct_between(np.array([0], np.int32), np.array([0]), np.array([3]), np.array([0, 3]),
    ...                  np.array([-1, 0, -1]), np.array([1, 3, 3]))
    array([2])
    """
    counts = np.zeros(len(groups), np.int64)
    group, left, right, count = -1, 0, 0, 0
    for k in range(len(groups)):
        if groups[k] < 0:
            continue
        if groups[k] != group:
            group, count = groups[k], 0
            left = right = starts[group]
        while right < high[k]:
            if previous[right] < left:
                count += 1
            right += 1
        while left < low[k]:
            if following[left] >= right:
                count -= 1
            left += 1
        counts[k] = count
    return counts


@kernel
def largest_between(
    groups: Codes, low: Integers, high: Integers, starts: Integers, values: Integers
) -> Integers:
    """Return the largest value among each anchor's events ``low:high``, or -1 where none is.

    A queue keeps the values that could still become the largest, in falling order.

    >>> largest_between(np.array([0, 0], np.int32), np.array([0, 1]), np.array([2, 3]),
    ...                 np.array([0, 3]), np.array([7, 2, 3]))
    array([7, 3])
    """
    largest = np.full(len(groups), -1, np.int64)
    queue = np.empty(len(values), np.int64)
    group, head, tail, right = -1, 0, 0, 0
    for k in range(len(groups)):
        if groups[k] < 0:
            continue
        if groups[k] != group:
            group, head, tail = groups[k], 0, 0
            right = starts[group]
        while right < high[k]:
            while tail > head and values[queue[tail - 1]] <= values[right]:
                tail -= 1
            queue[tail] = right
            tail += 1
            right += 1
        while head < tail and queue[head] < low[k]:
            head += 1
        if head < tail:
            largest[k] = values[queue[head]]
    return largest
