"""The legs of fans: what is new between two accounts, and when money came back."""

import numpy as np
from numpy.typing import NDArray

from features.kernels.compile import kernel

Integers = NDArray[np.int64]
Codes = NDArray[np.int32]


@kernel
def new_legs(
    starts: Integers,
    time: Integers,
    source: Codes,
    amount: Integers,
    horizon: int,
    never: int,
) -> tuple[Integers, Integers, Integers]:
    """Return each event's leg, each leg's amount, and when money first went the other way.

    Events are payments between two accounts in either direction, end to end by the two, each
    pair's in time order; ``source`` tells the direction. A *leg* is what one pays the other at one
    instant; it is new where neither paid the other in the ``horizon`` before. An event's leg is the
    position of the leg's first event, -1 where it is not new. The amount stands there. The way back
    is the time of the first payment not before the event that runs against it, else ``never``.

    >>> new_legs(np.array([0, 3]), np.array([0, 0, 5]), np.array([7, 7, 8], np.int32),
    ...          np.array([10, 20, 30]), 100, -1)
    (array([ 0,  0, -1]), array([30,  0,  0]), array([ 5,  5, -1]))
    """
    leg = np.full(len(time), -1, np.int64)
    total = np.zeros(len(time), np.int64)
    back = np.full(len(time), never, np.int64)
    for g in range(len(starts) - 1):
        first, stop = starts[g], starts[g + 1]
        by_one, by_other = never, never
        while stop > first:
            low = stop - 1
            while low > first and time[low - 1] == time[stop - 1]:
                low -= 1
            for k in range(low, stop):
                if source[k] == source[first]:
                    by_one = time[k]
                else:
                    by_other = time[k]
            new = low == first or time[low] - time[low - 1] >= horizon
            head_one, head_other = -1, -1
            for k in range(low, stop):
                if source[k] == source[first]:
                    back[k] = by_other
                    head_one = k if head_one < 0 else head_one
                    head = head_one
                else:
                    back[k] = by_one
                    head_other = k if head_other < 0 else head_other
                    head = head_other
                if new:
                    leg[k] = head
                    total[head] += amount[k]
            stop = low
    return leg, total, back


@kernel
def returned_between(
    groups: Codes,
    low: Integers,
    ends: Integers,
    back: Integers,
    back_starts: Integers,
    back_leg: Integers,
) -> Integers:
    """Count each anchor's legs from ``low`` on whose money had come back by its end.

    ``back`` is each leg's time of return; ``back_leg`` the legs that have one, end to end by group
    (``back_starts``), each group's in the order of their return. A return is never before its leg.

    >>> returned_between(np.array([0], np.int32), np.array([0]), np.array([6]), np.array([9, 5]),
    ...                  np.array([0, 2]), np.array([1, 0]))
    array([1])
    """
    counts = np.zeros(len(groups), np.int64)
    group, left, cursor, stop, count = -1, 0, 0, 0, 0
    for k in range(len(groups)):
        if groups[k] != group:
            group, count = groups[k], 0
            left = low[k]
            cursor, stop = back_starts[group], back_starts[group + 1]
        while cursor < stop and back[back_leg[cursor]] <= ends[k]:
            if back_leg[cursor] >= left:
                count += 1
            cursor += 1
        while left < low[k]:
            if back[left] <= ends[k]:
                count -= 1
            left += 1
        counts[k] = count
    return counts
