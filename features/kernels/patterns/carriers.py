"""Accounts that pay out, in several payments, about what they had just been paid in several."""

import numpy as np
from numpy.typing import NDArray

from features.kernels.compile import kernel

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Side = tuple[Integers, Integers, Integers, Integers, Integers]


@kernel
def _surprise(count: int, expected: float) -> float:
    """Return minus the logarithm of Chernoff's bound for a Poisson process; see `Rates`."""
    return count * np.log(count / expected) - count + expected if count > expected else 0.0


@kernel
def _limits(came: int, least: int, most: int) -> tuple[int, int]:
    """Return what ``least`` and ``most`` permille of an amount are, in whole units."""
    low = came // 1000 * least + (came % 1000 * least + 999) // 1000
    return low, came // 1000 * most + came % 1000 * most // 1000


@kernel
def _passed_on(
    s: int,
    outs: int,
    since: int,
    seen: int,
    own: float,
    paid: Side,
    rule: tuple[int, int, int, int],
) -> tuple[int, float, int]:
    """Return where payments from ``s`` best end, how surprising they are, and 1 if cut short.

    They pass on ``rule[1]`` to ``rule[2]``, by ``since + rule[0]``; ``seen`` of all payments are
    up to the last receipt, ``own`` the account makes.
    """
    _, time, amount, _, until = paid
    width, low, high, reach = rule
    stop, value, left = 0, 0.0, 0
    for c in range(s, outs):
        left += amount[c]
        if left > high or time[c] - since >= width:
            break
        if c - s >= reach:
            return stop, value, 1
        if left < low or (c + 1 < outs and time[c + 1] == time[c]):
            continue
        count, share = c + 1 - s, (until[c] - seen) / len(time)
        found = _surprise(count, (own - count) * share)
        if found > value or stop == 0:
            stop, value = c + 1, found
    return stop, value, 0


@kernel
def carried(
    received: Side, paid: Side, mean: float, rule: tuple[int, int, int, int]
) -> tuple[Integers, Integers, Integers, Floats, Integers]:
    """Return the most surprising run of receipts and payments that begins paying with each payment.

    A side is payments end to end by account: starts, time, amount, and of all payments how many are
    before each and how many up to its time. A run is the account's latest receipts before the
    payment, whole instants of them, and its payments from there on, whole instants too: all within
    less than ``width``, what is paid ``low`` to ``high`` permille of what is received. It is as
    surprising as so many receipts from the first until the payment, and so many payments since the
    last receipt: expected are, of the account's others and ``mean`` more, the share of all payments
    then. Of several the shortest counts. Given are the first receipt and the end of them, the end
    of the payments (0 where there is none), the surprise, and 1 where more than ``reach`` receipts
    back or payments on would have had to be tried; ``rule`` is width, low, high, reach.

    >>> ins = np.array([0, 1]), np.array([1]), np.array([10]), np.array([0]), np.array([1])
    >>> outs = np.array([0, 1]), np.array([3]), np.array([9]), np.array([1]), np.array([2])
    >>> first, middle, stop, value, more = carried(ins, outs, 0.5, (9, 800, 1020, 5))
    >>> first, middle, stop, value.round(2), more
    (array([0]), array([1]), array([1]), array([0.39]), array([0]))
    """
    in_starts, in_time, in_amount, in_before, in_until = received
    starts, time, _, before, _ = paid
    width, least, most, reach = rule
    first, middle = np.zeros(len(time), np.int64), np.zeros(len(time), np.int64)
    stop, more, value = middle.copy(), middle.copy(), np.zeros(len(time))
    for g in range(len(in_starts) - 1):
        past, begin, end = in_starts[g], in_starts[g], in_starts[g + 1]
        outs, own = starts[g + 1], starts[g + 1] - starts[g] + mean
        for s in range(starts[g], outs):
            if s > starts[g] and time[s - 1] == time[s]:
                continue
            while past < end and in_time[past] < time[s]:
                past += 1
            came, shortest = 0, width
            for a in range(past - 1, begin - 1, -1):
                if time[s] - in_time[a] >= width:
                    break
                if past - a > reach:
                    more[s] = 1
                    break
                came += in_amount[a]
                if a > begin and in_time[a - 1] == in_time[a]:
                    continue
                limits = (width, *_limits(came, least, most), reach)
                c, far, cut = _passed_on(s, outs, in_time[a], in_until[past - 1], own, paid, limits)
                more[s] |= cut
                if c == 0:
                    continue
                share, span = (before[s] - in_before[a]) / len(time), time[c - 1] - in_time[a]
                found = far + _surprise(past - a, (end - begin - past + a + mean) * share)
                if found > value[s] or (found == value[s] > 0 and span < shortest):
                    first[s], middle[s], stop[s] = a, past, c
                    value[s], shortest = found, span
    return first, middle, stop, value, more
