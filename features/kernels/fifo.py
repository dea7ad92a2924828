"""Match money that leaves an account to the money that came in first; how long it stayed."""

import numpy as np
from numpy.typing import NDArray

from features.kernels.compile import kernel

Integers = NDArray[np.int64]
Codes = NDArray[np.int32]
Flags = NDArray[np.bool_]


@kernel
def _start_of(time: int, period: int, odd: int) -> int:
    """Return when the run of two periods that holds a time began."""
    return ((time // period + odd) // 2 * 2 - odd) * period


@kernel
def fifo_pieces(
    lot_starts: Integers,
    lot_time: Integers,
    lot_amount: Integers,
    lot_row: Codes,
    out_starts: Integers,
    out_time: Integers,
    out_amount: Integers,
    out_row: Codes,
    period: int,
) -> tuple[Integers, Codes, Codes, Integers]:
    """Match each account's outflows to its inflows, first in first out, in runs of two periods.

    A run begins with an empty account at an even multiple of ``period`` since 1970; then all is
    matched anew in runs that begin at an odd one. An outflow takes from the oldest inflow of its
    run that came strictly earlier and has something left; what it finds none for is left unmatched.
    It is gone through twice, to count and to write: there is no memory for more than is found.

    Returns
    -------
    starts, lot, out, amount
        Pieces end to end by kind of run and account, in time order of both; rows of inflow and
        outflow.

    >>> starts, lot, out, amount = fifo_pieces(
    ...     np.array([0, 2]), np.array([1, 2]), np.array([10, 5]), np.array([7, 8], np.int32),
    ...     np.array([0, 1]), np.array([3]), np.array([12]), np.array([9], np.int32), 100)
    >>> starts, lot, amount
    (array([0, 2, 4]), array([7, 8, 7, 8], dtype=int32), array([10,  2, 10,  2]))
    """
    accounts = len(lot_starts) - 1
    starts = np.zeros(2 * accounts + 1, np.int64)
    lot, out, amount = np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.int64)
    for written in range(2):
        if written:
            most = starts[-1]
            lot, out = np.empty(most, np.int32), np.empty(most, np.int32)
            amount = np.empty(most, np.int64)
        size = 0
        for place in range(2 * accounts):
            odd, g = place // accounts, place % accounts
            head, stop, taken = lot_starts[g], lot_starts[g + 1], 0
            for e in range(out_starts[g], out_starts[g + 1]):
                if head == stop:
                    break
                wanted, begin = out_amount[e], _start_of(out_time[e], period, odd)
                while head < stop and lot_time[head] < begin:
                    head, taken = head + 1, 0
                while wanted > 0 and head < stop and lot_time[head] < out_time[e]:
                    piece = min(wanted, lot_amount[head] - taken)
                    if piece > 0:
                        if written:
                            lot[size], out[size] = lot_row[head], out_row[e]
                            amount[size] = piece
                        size += 1
                        wanted, taken = wanted - piece, taken + piece
                    if taken == lot_amount[head]:
                        head, taken = head + 1, 0
            starts[place + 1] = size
    return starts, lot, out, amount


@kernel
def pieces_kept(
    starts: Integers,
    lot: Codes,
    out: Codes,
    amount: Integers,
    time: Integers,
    lots: Flags,
    outs: Flags,
    within: int,
) -> tuple[Integers, Integers, Integers, Integers]:
    """Return when the money of pieces came and left, and its running sums.

    Kept are pieces whose rows are both kept, and that left at most ``within`` after they came.
    Pieces lie end to end by group.

    >>> pieces_kept(np.array([0, 2]), np.array([0, 0], np.int32), np.array([1, 2], np.int32),
    ...             np.array([5, 6]), np.array([10, 20, 90]), np.ones(3, np.bool_),
    ...             np.ones(3, np.bool_), 50)
    (array([0, 1]), array([10]), array([20]), array([0, 5]))
    """
    found = np.zeros(len(starts), np.int64)
    came, left, sums = np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int64)
    for written in range(2):
        if written:
            most = found[-1]
            came, left, sums = (
                np.empty(most, np.int64),
                np.empty(most, np.int64),
                np.zeros(most + 1, np.int64),
            )
        size = 0
        for g in range(len(starts) - 1):
            for k in range(starts[g], starts[g + 1]):
                if lots[lot[k]] and outs[out[k]] and time[out[k]] - time[lot[k]] <= within:
                    if written:
                        came[size], left[size] = time[lot[k]], time[out[k]]
                        sums[size + 1] = sums[size] + amount[k]
                    size += 1
            found[g + 1] = size
    return found, came, left, sums


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
def moved_between(
    groups: Codes,
    anchors: Integers,
    starts: Integers,
    came: Integers,
    left: Integers,
    sums: Integers,
    width: int,
) -> Integers:
    """Return how much came in ``(t - width, t]`` and left by ``t``, for each anchor.

    Pieces lie end to end by group, in time order of both; ``sums`` are the sums of the first 0,
    1, 2... of them.

    >>> moved_between(np.array([0], np.int32), np.array([9]), np.array([0, 3]),
    ...               np.array([1, 4, 5]), np.array([6, 7, 10]), np.array([0, 10, 30, 70]), 7)
    array([20])
    """
    found = np.zeros(len(groups), np.int64)
    group, low, high, stop = -1, 0, 0, 0
    for k in range(len(groups)):
        if groups[k] < 0:
            continue
        if groups[k] != group:
            group = groups[k]
            low = high = starts[group]
            stop = starts[group + 1]
        low = _later(came, low, stop, anchors[k] - width)
        high = _later(left, high, stop, anchors[k])
        # What came too late for the window may have left too late as well.
        found[k] = sums[high] - sums[min(low, high)]
    return found


@kernel
def _of_few(steps: Codes, sums: Integers, low: int, high: int, wanted: int) -> int:
    """Return the least step of ``low:high`` up to which there is as much weight as wanted."""
    least = -1
    for k in range(low, high):
        if least < 0 or steps[k] < least:
            weight = 0
            for j in range(low, high):
                if steps[j] <= steps[k]:
                    weight += sums[j + 1] - sums[j]
            if weight >= wanted:
                least = steps[k]
    return least


@kernel
def _weigh(tree: Integers, step: int, weight: int) -> None:
    """Add a weight at a step of a Fenwick tree."""
    node = step + 1
    while node < len(tree):
        tree[node] += weight
        node += node & -node


@kernel
def _step_of(tree: Integers, wanted: int) -> int:
    """Return the least step up to which a Fenwick tree has as much weight as wanted."""
    place, stride = 0, len(tree) - 1
    while stride > 0:
        if place + stride < len(tree) and tree[place + stride] < wanted:
            place += stride
            wanted -= tree[place]
        stride //= 2
    return place


@kernel
def quantile_between(
    groups: Codes,
    low: Codes,
    high: Codes,
    steps: Codes,
    sums: Integers,
    size: int,
    tenths: int,
    few: int,
) -> Integers:
    """Return the least step that ``tenths`` of the weight of events ``low:high`` does not exceed.

    Steps are below ``size``, a power of two; ``sums`` are the sums of the first 0, 1, 2...
    weights; -1 where there is no weight. Of at most ``few`` events, which changes no answer, each
    is compared with all; else a Fenwick tree over the steps follows the window (Fenwick 1994,
    doi:10.1002/spe.4380240306).

    >>> quantile_between(np.array([0], np.int32), np.array([0]), np.array([3]),
    ...                  np.array([2, 0, 3], np.int32), np.array([0, 5, 6, 8]), 4, 5, 0)
    array([2])
    """
    found = np.full(len(groups), -1, np.int64)
    tree = np.zeros(size + 1, np.int64)
    group, left, right = -1, 0, 0
    for k in range(len(groups)):
        total = sums[high[k]] - sums[low[k]]
        if groups[k] < 0 or total <= 0:
            continue
        wanted = total // 10 * tenths + (total % 10 * tenths + 9) // 10
        if high[k] - low[k] <= few:
            found[k] = _of_few(steps, sums, low[k], high[k], wanted)
            continue
        fresh = groups[k] != group
        while left < (right if fresh else min(right, low[k])):
            _weigh(tree, steps[left], sums[left] - sums[left + 1])
            left += 1
        if fresh or low[k] > right:
            group, left, right = groups[k], low[k], low[k]
        while right < high[k]:
            _weigh(tree, steps[right], sums[right + 1] - sums[right])
            right += 1
        found[k] = _step_of(tree, wanted)
    return found
