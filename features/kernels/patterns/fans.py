"""The legs of fans: what is new between two accounts, and when money came back."""

import numpy as np
from numpy.typing import NDArray

from features.kernels.compile import kernel

Integers = NDArray[np.int64]
Codes = NDArray[np.int32]


@kernel
def _last(time: Integers, first: int, stop: int, never: int) -> int:
    """Return the time of the last of the events ``first:stop``; long ago where there is none."""
    return time[stop - 1] if stop > first else -never


@kernel
def _since(time: Integers, first: int, stop: int, now: int) -> int:
    """Return where the events at an instant begin, which end with ``stop``."""
    while stop > first and time[stop - 1] == now:
        stop -= 1
    return stop


@kernel
def new_legs(
    order: Codes,
    starts: Integers,
    time: Integers,
    reverse: Codes,
    amount: Integers,
    horizon: int,
    never: int,
) -> tuple[Codes, Codes, Integers, Codes, Integers]:
    """Return each row's leg; the legs of several payments; and those whose money came back.

    ``order`` gives the rows end to end by who pays whom, each pair's in time order, ``time`` when;
    ``reverse`` tells of each row the pair that runs against its own, -1 where none does. A *leg* is
    what one account pays another at one instant, told by its first row; it is new where neither
    paid the other in the ``horizon`` before, -1 where it is not. With legs of several payments
    stands what they come to; with the last ones, when money first went the other way, not before
    the leg. No time is as late as ``never``.

    >>> new_legs(np.array([0, 1, 2], np.int32), np.array([0, 2, 3]), np.array([0, 0, 5]),
    ...          np.array([1, 1, 0], np.int32), np.array([10, 20, 30]), 100, 2**62)
    (array([ 0,  0, -1], dtype=int32), array([0], dtype=int32), array([30]), \
array([0], dtype=int32), array([5]))
    """
    size, sums, backs = len(order), 0, 0
    leg = np.full(len(amount), -1, np.int32)
    several, came_back = np.empty(size // 2 + 1, np.int32), np.empty(size, np.int32)
    sum_of, back_of = np.empty(size // 2 + 1, np.int64), np.empty(size, np.int64)
    for one in range(len(starts) - 1):
        first, stop = starts[one], starts[one + 1]
        other = reverse[order[first]]
        if other < 0 and stop == first + 1:  # most
            leg[order[first]] = order[first]
            continue
        if 0 <= other <= one:  # told with the other, or an account that pays itself
            continue
        far, end = (starts[other], starts[other + 1]) if other >= 0 else (0, 0)
        paid, returned = never, never
        while stop > first or end > far:
            now = max(_last(time, first, stop, never), _last(time, far, end, never))
            low, below = _since(time, first, stop, now), _since(time, far, end, now)
            paid, returned = now if low < stop else paid, now if below < end else returned
            before = max(_last(time, first, low, never), _last(time, far, below, never))
            for side in range(2 if now - before >= horizon else 0):
                begin, over, back = (low, stop, returned) if side == 0 else (below, end, paid)
                for k in range(begin, over):
                    leg[order[k]] = order[begin]
                if over > begin + 1:
                    several[sums], sum_of[sums] = order[begin], 0
                    for k in range(begin, over):
                        sum_of[sums] += amount[order[k]]
                    sums += 1
                if over > begin and back < never:
                    came_back[backs], back_of[backs] = order[begin], back
                    backs += 1
            stop, end = low, below
    legs, sum_of = several[:sums].copy(), sum_of[:sums].copy()
    return leg, legs, sum_of, came_back[:backs].copy(), back_of[:backs].copy()


@kernel
def legs_by_account(
    leg: Codes, order: Codes, starts: Integers, time: Integers
) -> tuple[Codes, Integers, Integers]:
    """Lay legs end to end by account; return them, where each account's start, and their times.

    ``order`` gives the rows end to end by account, ``time`` when; ``leg`` each row's leg.

    >>> legs_by_account(np.array([0, 0, 2, -1], np.int32), np.array([3, 2, 0, 1], np.int32),
    ...                 np.array([0, 2, 4]), np.array([9, 8, 5, 5]))
    (array([2, 0], dtype=int32), array([0, 1, 2]), array([8, 5]))
    """
    many = 0
    for row in range(len(leg)):
        many += leg[row] == row
    legs, times = np.empty(many + 1, np.int32), np.empty(many + 1, np.int64)
    begins, many = np.zeros(len(starts), np.int64), 0
    for g in range(len(starts) - 1):
        for k in range(starts[g], starts[g + 1]):
            legs[many], times[many] = order[k], time[k]
            many += leg[order[k]] == order[k]  # no jump: what is new can't be foreseen
        begins[g + 1] = many
    return legs[:many], begins, times[:many]


@kernel
def places_of(wanted: Codes, account: Codes, legs: Codes, starts: Integers) -> Integers:
    """Return where some legs lie by account; ``account`` is that of each row.

    >>> places_of(np.array([5], np.int32), np.array([0, 0, 1, 1, 1, 1], np.int32),
    ...           np.array([0, 1, 2, 5], np.int32), np.array([0, 2, 4]))
    array([3])
    """
    places = np.empty(len(wanted), np.int64)
    for n in range(len(wanted)):
        own = account[wanted[n]]
        low, high = starts[own], starts[own + 1]
        while low < high:
            middle = (low + high) // 2
            if legs[middle] < wanted[n]:
                low = middle + 1
            else:
                high = middle
        places[n] = low
    return places


@kernel
def numbers_of_legs(of: Codes, asked: Codes, first: int, stop: int) -> Codes:
    """Return which of the legs asked about each row's is, -1 where it is none.

    ``of`` is each row's leg, -1 or from ``first`` to before ``stop``, as all legs asked about are.

    >>> numbers_of_legs(np.array([6, -1, 5], np.int32), np.array([6, 5], np.int32), 5, 7)
    array([ 0, -1,  1], dtype=int32)
    """
    number, found = np.full(stop - first, -1, np.int32), np.full(len(of), -1, np.int32)
    for k in range(len(asked)):
        number[asked[k] - first] = k
    for k in range(len(of)):
        if of[k] >= 0:
            found[k] = number[of[k] - first]
    return found


@kernel
def counts_of_rows(counts: Integers, number: Codes) -> Integers:
    """Return the count that each row's number says; 0 for -1.

    >>> counts_of_rows(np.array([5, 6]), np.array([1, -1, 0], np.int32))
    array([6, 0, 5])
    """
    told = np.zeros(len(number), np.int64)
    for k in range(len(number)):
        if number[k] >= 0:
            told[k] = counts[number[k]]
    return told


@kernel
def returned_between(
    groups: Codes,
    low: Codes,
    ends: Integers,
    starts: Integers,
    place: Integers,
    back: Integers,
    by_return: Integers,
) -> Integers:
    """Count each anchor's legs from ``low`` on whose money had come back by its end.

    Of the legs with a return, which lie end to end by group (``starts``), ``place`` and ``back``
    are where they lie among all and when they had it; ``by_return`` gives each group's in the order
    of that. A return is never before its leg.

    >>> returned_between(np.array([0], np.int32), np.array([0]), np.array([6]), np.array([0, 2]),
    ...                  np.array([0, 1]), np.array([9, 5]), np.array([1, 0]))
    array([1])
    """
    counts = np.zeros(len(groups), np.int64)
    group, left, cursor, stop, count = -1, 0, 0, 0, 0
    for k in range(len(groups)):
        if groups[k] != group:
            group, count = groups[k], 0
            left = cursor = starts[group]
            stop = starts[group + 1]
        while cursor < stop and back[by_return[cursor]] <= ends[k]:
            count += by_return[cursor] >= left
            cursor += 1
        while left < stop and place[left] < low[k]:
            count -= back[left] <= ends[k]
            left += 1
        counts[k] = count
    return counts
