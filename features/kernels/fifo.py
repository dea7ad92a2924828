"""Match money that leaves an account to the money that came in first; how long it stayed."""

import numpy as np
from numpy.typing import NDArray

from features.kernels.compile import kernel

Integers = NDArray[np.int64]
Codes = NDArray[np.int32]


@kernel
def _start_of(time: int, period: int, odd: int) -> int:
    """Return when the run of two periods that holds a time began."""
    return ((time // period + odd) // 2 * 2 - odd) * period


@kernel
def fifo_pieces(
    lot_starts: Integers,
    lot_time: Integers,
    lot_amount: Integers,
    out_starts: Integers,
    out_time: Integers,
    out_amount: Integers,
    period: int,
    odd: int,
) -> tuple[Integers, Integers, Integers, Integers]:
    """Match each account's outflows to its inflows, first in first out, in runs of two periods.

    A run begins with an empty account at an even multiple of ``period`` since 1970 (at an odd one
    with ``odd`` 1). An outflow takes from the oldest inflow of its run that came strictly earlier
    and has something left; what it finds none for is left unmatched.

    Returns
    -------
    starts, lot, out, amount
        Pieces end to end by account, in time order of both; positions of inflow and outflow.

    >>> starts, lot, out, amount = fifo_pieces(
    ...     np.array([0, 2]), np.array([1, 2]), np.array([10, 5]),
    ...     np.array([0, 1]), np.array([3]), np.array([12]), 100, 0)
    >>> lot, amount
    (array([0, 1]), array([10,  2]))
    """
    most = len(lot_time) + len(out_time)
    starts = np.zeros(len(lot_starts), np.int64)
    lot = np.empty(most, np.int64)
    out = np.empty(most, np.int64)
    amount = np.empty(most, np.int64)
    size = 0
    for g in range(len(lot_starts) - 1):
        head, stop = lot_starts[g], lot_starts[g + 1]
        taken = 0
        for e in range(out_starts[g], out_starts[g + 1]):
            if head == stop:
                break
            wanted, begin = out_amount[e], _start_of(out_time[e], period, odd)
            while head < stop and lot_time[head] < begin:
                head, taken = head + 1, 0
            while wanted > 0 and head < stop and lot_time[head] < out_time[e]:
                piece = min(wanted, lot_amount[head] - taken)
                if piece > 0:
                    lot[size], out[size], amount[size] = head, e, piece
                    size += 1
                    wanted, taken = wanted - piece, taken + piece
                if taken == lot_amount[head]:
                    head, taken = head + 1, 0
        starts[g + 1] = size
    return starts, lot[:size].copy(), out[:size].copy(), amount[:size].copy()


@kernel
def quantile_between(
    groups: Codes,
    low: Integers,
    high: Integers,
    steps: Integers,
    weights: Integers,
    size: int,
    tenths: int,
) -> Integers:
    """Return the least step that ``tenths`` of the weight of events ``low:high`` does not exceed.

    Steps are below ``size``, a power of two; -1 where there is no weight. A Fenwick tree over the
    steps follows the window (Fenwick 1994, doi:10.1002/spe.4380240306).

    >>> quantile_between(np.array([0], np.int32), np.array([0]), np.array([3]),
    ...                  np.array([2, 0, 3]), np.array([5, 1, 2]), 4, 5)
    array([2])
    """
    found = np.full(len(groups), -1, np.int64)
    tree = np.zeros(size + 1, np.int64)
    group, left, right, total = -1, 0, 0, 0
    for k in range(len(groups)):
        if groups[k] < 0:
            continue
        fresh = groups[k] != group
        while left < (right if fresh else min(right, low[k])):
            node = steps[left] + 1
            while node <= size:
                tree[node] -= weights[left]
                node += node & -node
            total -= weights[left]
            left += 1
        if fresh or low[k] > right:
            group, left, right = groups[k], low[k], low[k]
        while right < high[k]:
            node = steps[right] + 1
            while node <= size:
                tree[node] += weights[right]
                node += node & -node
            total += weights[right]
            right += 1
        if total > 0:
            wanted = total // 10 * tenths + (total % 10 * tenths + 9) // 10
            place, stride = 0, size
            while stride > 0:
                if place + stride <= size and tree[place + stride] < wanted:
                    place += stride
                    wanted -= tree[place]
                stride //= 2
            found[k] = place
    return found
