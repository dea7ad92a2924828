"""What lies in a window: its edges, sums, distinct counterparties, the largest amount.

No kernel here walks a group from its start: what a call costs depends on the anchors asked about
and what lies in their windows, so a few anchors of a hub are cheap.
"""

import numpy as np
from numpy.typing import NDArray

from features.kernels.compile import kernel

Integers = NDArray[np.int64]
Codes = NDArray[np.int32]
Floats = NDArray[np.float64]


@kernel
def _later(times: Integers, low: int, stop: int, target: int) -> int:
    """Return the first of ``low:stop`` later than ``target``, near ``low`` in few steps."""
    step = 1
    while low < stop and times[low] <= target:
        ahead = low + step
        if ahead < stop and times[ahead] <= target:
            low = ahead + 1
            step *= 2
            continue
        low, high = low + 1, min(ahead, stop)
        while low < high:
            middle = (low + high) // 2
            if times[middle] <= target:
                low = middle + 1
            else:
                high = middle
        return low
    return low


@kernel
def _near(times: Integers, low: int, stop: int, target: int) -> int:
    """Return what ``_later`` does: where few steps are usual, these are made without a jump."""
    most = low + 4
    if most > stop:
        return _later(times, low, stop, target)
    first, second = np.int64(times[low] <= target), np.int64(times[low + 1] <= target)
    third, fourth = np.int64(times[low + 2] <= target), np.int64(times[low + 3] <= target)
    low += int(first + second + third + fourth)
    return low if low < most else _later(times, most, stop, target)


@kernel
def first_after(groups: Codes, targets: Integers, starts: Integers, times: Integers) -> Codes:
    """Return, for each anchor, the first event of its group later than its target time.

    The number of the group's last event plus one where none is. With targets ``t + start`` and
    ``t + stop`` this gives both ends of the window ``(t + start, t + stop]``.

    >>> first_after(np.array([0, 0], np.int32), np.array([4, 5]), np.array([0, 3]),
    ...             np.array([1, 5, 9]))
    array([1, 2], dtype=int32)
    """
    edges = np.zeros(len(groups), np.int32)
    group, cursor, stop = -1, 0, 0
    for k in range(len(groups)):
        if groups[k] < 0:
            continue
        if groups[k] != group:
            group = groups[k]
            cursor, stop = starts[group], starts[group + 1]
        cursor = _later(times, cursor, stop, targets[k])
        edges[k] = cursor
    return edges


@kernel
def edges_after(
    groups: Codes, anchors: Integers, shifts: Integers, starts: Integers, times: Integers, few: int
) -> Codes:
    """Return ``first_after`` for targets ``anchors + shift``, of one rising shift after the other.

    Of a group's first anchor the edge of one shift is where the next begins; then each shift goes
    on from its own edge, without waiting for the others. How steps are made in groups of more than
    ``few`` events changes no answer.

    >>> edges_after(np.array([0, 0], np.int32), np.array([1, 5]), np.array([-1, 0, 4]),
    ...             np.array([0, 3]), np.array([1, 5, 9]), 9)
    array([0, 1, 1, 2, 2, 3], dtype=int32)
    """
    count = len(groups)
    edges = np.zeros(len(shifts) * count, np.int32)
    reached = np.zeros(len(shifts), np.int64)
    group, stop, large = -1, 0, False
    for k in range(count):
        if groups[k] < 0:
            continue
        if groups[k] != group:
            group = groups[k]
            cursor, stop = starts[group], starts[group + 1]
            large = stop - cursor > few
            for s in range(len(shifts)):
                cursor = _later(times, cursor, stop, anchors[k] + shifts[s])
                reached[s] = cursor
                edges[s * count + k] = cursor
            continue
        for s in range(len(shifts)):
            target = anchors[k] + shifts[s]
            if large:
                cursor = _near(times, reached[s], stop, target)
            else:
                cursor = _later(times, reached[s], stop, target)
            reached[s] = cursor
            edges[s * count + k] = cursor
    return edges


@kernel
def counted(low: Codes, high: Codes, position: Codes, count: int) -> Floats:
    """Put the number of each anchor's events ``low:high`` in its place among ``count``.

    NaN where no anchor belongs. In one pass with ``layout.spread_whole``, as ``summed`` is.

    >>> counted(np.array([0, 1], np.int32), np.array([2, 2], np.int32),
    ...         np.array([2, 0], np.int32), 3)
    array([ 1., nan,  2.])
    """
    places = np.empty(count) if len(low) == count else np.full(count, np.nan)
    for k in range(len(low)):
        places[position[k]] = high[k] - low[k]
    return places


@kernel
def summed(low: Codes, high: Codes, cumulative: Integers, position: Codes, count: int) -> Floats:
    """Put ``sum_between`` of each anchor in its place among ``count``; NaN where none belongs.

    >>> summed(np.array([0, 1], np.int32), np.array([2, 2], np.int32), np.array([0, 10, 30]),
    ...        np.array([2, 0], np.int32), 3)
    array([20., nan, 30.])
    """
    places = np.empty(count) if len(low) == count else np.full(count, np.nan)
    for k in range(len(low)):
        places[position[k]] = cumulative[high[k]] - cumulative[low[k]]
    return places


@kernel
def sum_between(low: Codes, high: Codes, cumulative: Integers) -> Integers:
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
def _count_new(previous: Codes, low: int, high: int) -> int:
    """Count the events ``low:high`` whose previous one lies before ``low``.

    Four-byte numbers throughout, so that the loop becomes vector instructions.
    """
    window = previous[low:high]
    first, count = np.int32(low), np.int32(0)
    for k in range(len(window)):
        count += np.int32(window[k] < first)
    return int(count)


@kernel
def distinct_between(
    groups: Codes,
    low: Codes,
    high: Codes,
    previous: Codes,
    following: Codes,
    position: Codes,
    size: int,
) -> Floats:
    """Count the distinct counterparties among each anchor's events ``low:high``.

    Each count has its anchor's place among ``size``; NaN where no anchor belongs.

    No set is needed: an event is new to the window if its previous one of the same counterparty
    lies outside, and takes the counterparty with it if the next one does too. The window moves on
    from the anchor before; where it would move further than it is long, it is counted anew.

    >>> distinct_between(np.array([0], np.int32), np.array([0]), np.array([3]),
    ...                  np.array([-1, 0, -1], np.int32), np.array([1, 3, 3], np.int32),
    ...                  np.array([1], np.int32), 2)
    array([nan,  2.])
    """
    counts = np.empty(size) if len(low) == size else np.full(size, np.nan)
    group, left, right, count = -1, 0, 0, 0
    for k in range(len(groups)):
        begin, end = low[k], high[k]
        counts[position[k]] = 0
        if groups[k] < 0 or end <= begin:
            continue
        moved = end - right + begin - left
        if groups[k] != group or moved > 4 + (end - begin) // 8:
            group, count = groups[k], _count_new(previous, begin, end)
        else:
            while right < end:
                if previous[right] < left:
                    count += 1
                right += 1
            while left < begin:
                if following[left] >= right:
                    count -= 1
                left += 1
        left, right = begin, end
        counts[position[k]] = count
    return counts


@kernel
def _largest(values: Integers, low: int, high: int) -> int:
    """Return the largest of ``low:high``, at least -1."""
    window = values[low:high]
    largest = np.int64(-1)
    for k in range(len(window)):
        largest = max(largest, window[k])
    return int(largest)


@kernel
def largest_between(groups: Codes, low: Codes, high: Codes, values: Integers) -> Integers:
    """Return the largest value among each anchor's events ``low:high``, or -1 where none is.

    Of a long window, the largest of each run of 64 events is found once and kept.

    >>> largest_between(np.array([0, 0], np.int32), np.array([0, 1]), np.array([2, 3]),
    ...                 np.array([7, 2, 3]))
    array([7, 3])
    """
    largest = np.full(len(groups), -1, np.int64)
    peaks = np.empty(len(values) // 64 + 1, np.int64)
    ready_from, ready_to = 0, 0
    for k in range(len(groups)):
        if groups[k] < 0:
            continue
        first, last = (low[k] + 63) // 64, high[k] // 64
        if last <= first:
            largest[k] = _largest(values, low[k], high[k])
            continue
        if first < ready_from or first > ready_to:
            ready_from, ready_to = first, first
        while ready_to < last:
            peaks[ready_to] = _largest(values, 64 * ready_to, 64 * ready_to + 64)
            ready_to += 1
        found = max(_largest(values, low[k], 64 * first), _largest(values, 64 * last, high[k]))
        largest[k] = max(found, _largest(peaks, first, last))
    return largest
