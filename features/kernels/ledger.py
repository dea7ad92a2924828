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
def grouped_order(groups: Codes, starts: Integers) -> Codes:
    """Return the rows by group, in their given order within a group (a counting sort).

    >>> groups = np.array([1, 0, 1, -1], np.int32)
    >>> grouped_order(groups, np.array([0, 1, 3]))
    array([1, 0, 2], dtype=int32)
    """
    cursor = starts[:-1].copy()
    order = np.empty(starts[-1], np.int32)
    for row in range(len(groups)):
        group = groups[row]
        if group >= 0:
            order[cursor[group]] = row
            cursor[group] += 1
    return order


@kernel
def events_within(order: Codes, first: int, last: int) -> Integers:
    """Return which events of a ledger are rows ``first:last``, in their given order.

    Each row is in ``order`` at most once.

    >>> events_within(np.array([7, 4, 6, 5], np.int32), 5, 8)
    array([0, 2, 3])
    """
    events, count = np.empty(last - first + 1, np.int64), 0
    for k in range(len(order)):
        events[count] = k
        count += first <= order[k] < last  # no jump: which are within can't be foreseen
    return events[:count].copy()


@kernel
def anchors_within(
    starts: Integers, order: Codes, times: Integers, first: int, last: int
) -> tuple[Codes, Codes, Integers]:
    """Return those of the rows ``first:last`` that a ledger has: row, group and time of each.

    In the ledger's order, rows counted from ``first``; each row is in ``order`` at most once.

    >>> order, times = np.array([7, 4, 6, 5], np.int32), np.array([70, 40, 60, 50])
    >>> anchors_within(np.array([0, 1, 4]), order, times, 5, 8)[0]
    array([2, 1, 0], dtype=int32)
    """
    most, count = min(last - first, len(order)) + 1, 0
    rows, groups = np.empty(most, np.int32), np.empty(most, np.int32)
    instants = np.empty(most, np.int64)
    for g in range(len(starts) - 1):
        for k in range(starts[g], starts[g + 1]):
            row = order[k]
            rows[count], groups[count], instants[count] = row - first, g, times[k]
            count += first <= row < last  # no jump: which are within can't be foreseen
    return rows[:count], groups[:count], instants[:count]


@kernel
def codes_at(codes: Codes, order: Codes) -> Codes:
    """Return the codes of rows in their given order: numpy would widen the order first.

    >>> codes_at(np.array([7, 8, 9], np.int32), np.array([2, 0], np.int32))
    array([9, 7], dtype=int32)
    """
    found = np.empty(len(order), np.int32)
    for k in range(len(order)):
        found[k] = codes[order[k]]
    return found


@kernel
def numbers_at(values: Integers, order: Codes) -> Integers:
    """Return the values of rows in their given order: see ``codes_at``.

    >>> numbers_at(np.array([7, 8, 9]), np.array([2, 0], np.int32))
    array([9, 7])
    """
    found = np.empty(len(order), np.int64)
    for k in range(len(order)):
        found[k] = values[order[k]]
    return found


@kernel
def sums_at(values: Integers, order: Codes) -> Integers:
    """Return the sums of the first 0, 1, 2... values in a given order.

    >>> sums_at(np.array([7, 8, 9]), np.array([2, 0], np.int32))
    array([ 0,  9, 16])
    """
    sums, total = np.zeros(len(order) + 1, np.int64), np.int64(0)
    for k in range(len(order)):
        total += values[order[k]]
        sums[k + 1] = total
    return sums


@kernel
def linked(codes: Codes, starts: Integers, count: int) -> tuple[Codes, Codes]:
    """Return, for each event, the positions of its group's last and next event of the same code.

    -1 where there is none before, the number of events where none comes next. What has a code of
    -1 (the world outside) gets the number of events and -1 instead, so that it counts neither as
    new nor as leaving. ``count`` is one more than the largest code.

    >>> linked(np.array([4, 2, 4, -1], np.int32), np.array([0, 4]), 5)
    (array([-1, -1,  0,  4], dtype=int32), array([ 2,  4,  4, -1], dtype=int32))
    """
    size = len(codes)
    last = np.full(count, -1, np.int32)
    previous, following = np.empty(size, np.int32), np.empty(size + 1, np.int32)
    for g in range(len(starts) - 1):
        for k in range(starts[g], starts[g + 1]):
            code = codes[k]
            if code < 0:
                previous[k], following[k] = size, -1
                continue
            # No jump: whether there is one before can't be foreseen. Beyond the last is scrap.
            before, same = last[code], last[code] >= starts[g]
            last[code] = k
            previous[k], following[k] = before if same else -1, size
            following[before if same else size] = k
    return previous, following[:size]


@kernel
def numbered(previous: Codes, order: Codes, rows: int) -> Codes:
    """Number the groups' counterparties, and return each row's number; -1: not among the events.

    ``previous`` links events of the same counterparty, ``order`` gives the events' rows.

    >>> numbered(np.array([-1, -1, 0, 4], np.int32), np.array([3, 0, 1, 2], np.int32), 5)
    array([ 1,  0, -1,  0, -1], dtype=int32)
    """
    numbers = np.full(rows, -1, np.int32)
    count = np.int32(0)
    for k in range(len(previous)):
        if previous[k] == len(previous):
            continue
        if previous[k] < 0:
            numbers[order[k]] = count
            count += 1
        else:
            numbers[order[k]] = numbers[order[previous[k]]]
    return numbers


@kernel
def turned(
    starts: Integers,
    order: Codes,
    other_starts: Integers,
    other_order: Codes,
    near: Codes,
    far: Codes,
    numbers: Codes,
) -> Codes:
    """Return, for each row, the number of the rows that run from its far end to its near end.

    ``order`` lays the rows end to end by their near end, ``other_order`` by their far end; -1
    where no row runs back, or an end is not known.

    >>> by_near, by_far = np.array([0, 1], np.int32), np.array([1, 0], np.int32)
    >>> near, far = np.array([0, 1], np.int32), np.array([1, 0], np.int32)
    >>> turned(np.array([0, 1, 2]), by_near, np.array([0, 1, 2]), by_far, near, far, near)
    array([1, 0], dtype=int32)
    """
    back = np.full(len(near), -1, np.int32)
    seen = np.full(len(starts) - 1, -1, np.int32)
    number = np.empty(len(starts) - 1, np.int32)
    for g in range(len(starts) - 1):
        if other_starts[g] == other_starts[g + 1]:
            continue
        for k in range(starts[g], starts[g + 1]):
            row = order[k]
            if far[row] >= 0:
                seen[far[row]] = g
                number[far[row]] = numbers[row]
        for k in range(other_starts[g], other_starts[g + 1]):
            row = other_order[k]
            if near[row] >= 0 and seen[near[row]] == g:
                back[row] = number[near[row]]
    return back


@kernel
def newly_met(
    times: Integers, order: Codes, starts: Integers, codes: Codes, count: int, horizon: int
) -> NDArray[np.bool_]:
    """Return, for each row, whether its group met its code for the first time in a horizon.

    So it is if none of the group's rows with the code lies in ``(t - horizon, t)``: one at the same
    instant has not met it before. ``times`` are those of a ledger's events, ``order`` their rows,
    ``codes`` those of all rows, below ``count``. Rows of code -1 or of no group are not among them.

    >>> newly_met(np.array([5, 5, 8, 9]), np.array([0, 1, 2, 3], np.int32), np.array([0, 4]),
    ...           np.array([0, 0, 0, -1], np.int32), 1, 4)
    array([ True,  True, False, False])
    """
    new = np.zeros(len(codes), np.bool_)
    group = np.full(count, -1, np.int64)
    latest, before = np.empty(count, np.int64), np.empty(count, np.int64)
    for g in range(len(starts) - 1):
        for k in range(starts[g], starts[g + 1]):
            code = codes[order[k]]
            if code < 0:
                continue
            if group[code] != g:
                group[code], latest[code], before[code] = g, times[k], times[k] - horizon
            elif latest[code] < times[k]:
                before[code], latest[code] = latest[code], times[k]
            new[order[k]] = times[k] - before[code] >= horizon
    return new


@kernel
def merged_times(
    starts: Integers, times: Integers, other_starts: Integers, other_times: Integers
) -> tuple[Integers, Integers]:
    """Return where each group starts in both ledgers together, and the times of its events.

    >>> merged_times(np.array([0, 2]), np.array([1, 5]), np.array([0, 1]), np.array([3]))
    (array([0, 3]), array([1, 3, 5]))
    """
    merged = np.empty(len(times) + len(other_times), np.int64)
    k = 0
    for g in range(len(starts) - 1):
        one, other = starts[g], other_starts[g]
        while one < starts[g + 1] and other < other_starts[g + 1]:
            if times[one] <= other_times[other]:
                merged[k] = times[one]
                one += 1
            else:
                merged[k] = other_times[other]
                other += 1
            k += 1
        for e in range(one, starts[g + 1]):
            merged[k] = times[e]
            k += 1
        for e in range(other, other_starts[g + 1]):
            merged[k] = other_times[e]
            k += 1
    return starts + other_starts, merged


@kernel
def quiet_times(
    times: Integers, starts: Integers, horizon: int, since: int, unknown: int
) -> Integers:
    """Return how long before each event its group had none, at most ``horizon``.

    ``unknown`` where none is found and the horizon begins before ``since``.

    >>> quiet_times(np.array([5, 5, 9, 30]), np.array([0, 4]), 20, -14, -1)
    array([-1, -1,  4, 20])
    """
    quiet = np.empty(len(times), np.int64)
    for g in range(len(starts) - 1):
        gap = horizon
        for k in range(starts[g], starts[g + 1]):
            if k > starts[g] and times[k] != times[k - 1]:
                gap = times[k] - times[k - 1]
            if gap < horizon:
                quiet[k] = gap
            else:
                quiet[k] = unknown if times[k] - horizon < since else horizon
    return quiet
