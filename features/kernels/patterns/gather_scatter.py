"""A hub that many accounts pay, and that then pays many others."""

import numpy as np
from numpy.typing import NDArray

from features.kernels.compile import kernel

Integers = NDArray[np.int64]
Codes = NDArray[np.int32]
Side = tuple[Integers, Codes, Integers, Integers]
Span = tuple[int, int]


@kernel
def _move(
    side: int, others: Codes, walk: tuple[int, int], old: Span, new: Span, tally: Codes
) -> tuple[int, int]:
    """Count the payments of a new span in place of an old one, neither end of which is later.

    ``tally`` has an account's payments on both sides. Return how many accounts more there are on
    this side, and on both.
    """
    (origin, step), (begin, end), (low, high) = walk, old, new
    more, both = 0, 0
    for n in range(begin, min(low, end)):
        account = others[origin + step * n]
        tally[2 * account + side] -= 1
        if tally[2 * account + side] == 0:
            more -= 1
            both -= tally[2 * account + 1 - side] > 0
    for n in range(max(end, low), high):
        account = others[origin + step * n]
        if tally[2 * account + side] == 0:
            more += 1
            both += tally[2 * account + 1 - side] > 0
        tally[2 * account + side] += 1
    return more, both


@kernel
def _slide(
    side: Side, walk: tuple[int, int], span: Span, total: int, window: tuple[int, int, int]
) -> tuple[int, int, int]:
    """Move a span of an account's payments on to ``(since, until]``; return it and its sum."""
    (origin, step), (low, high), (since, until, size) = walk, span, window
    _, _, time, amount = side
    while high < size and step * time[origin + step * high] <= until:
        total += amount[origin + step * high]
        high += 1
    while low < high and step * time[origin + step * low] <= since:
        total -= amount[origin + step * low]
        low += 1
    return low, high, total


@kernel
def _first(side: Side, walk: tuple[int, int], size: int, since: int) -> int:
    """Return the first of an account's payments that is later, as it is walked."""
    (origin, step), low, high = walk, 0, size
    while low < high:
        middle = (low + high) // 2
        if step * side[2][origin + step * middle] > since:
            high = middle
        else:
            low = middle + 1
    return low


@kernel
def gather_scatter(
    asked: Integers, hubs: Codes, into: Side, out: Side, width: int, step: int
) -> tuple[Codes, Integers, Integers]:
    """Return around each asked payment of a hub: its size, the money received, the money paid.

    For a payment at ``t``: received in ``(t - width, t)``, paid in ``(t - width, t]``. The size is
    the number of payers or of payees, whichever are fewer. Accounts on both sides count on neither,
    and where the payment's own payee is one, the size is 0. A side is the payments end to end by
    the hub: starts, the other account, time, amount. ``asked`` are rising places among those paid,
    ``hubs`` the accounts that pay there. ``step`` is 1, or -1 where time runs back: then lists are
    walked from their end.

    >>> into = np.array([0, 0, 2]), np.array([0, 2], np.int32), np.array([1, 2]), np.array([5, 6])
    >>> out = np.array([0, 1, 2]), np.array([1, 3], np.int32), np.array([1, 4]), np.array([5, 9])
    >>> gather_scatter(np.array([1]), np.array([1], np.int32), into, out, 10, 1)
    (array([1], dtype=int32), array([11]), array([9]))
    """
    size, received = np.zeros(len(asked), np.int32), np.zeros(len(asked), np.int64)
    paid, tally = np.zeros(len(asked), np.int64), np.zeros(2 * len(into[0]) + 2, np.int32)
    came = went = counted = told = (0, 0)
    hub, ins, outs, gain, loss, many, few, both = -1, 0, 0, 0, 0, 0, 0, 0
    walk_in = walk_out = (0, step)
    for n in range(len(asked)):
        k = n if step > 0 else len(asked) - 1 - n
        now = step * out[2][asked[k]]
        if hubs[k] != hub:
            _move(0, into[1], walk_in, counted, (counted[1], counted[1]), tally)
            _move(1, out[1], walk_out, told, (told[1], told[1]), tally)
            hub, gain, loss, many, few, both = hubs[k], 0, 0, 0, 0, 0
            ins, outs = into[0][hub + 1] - into[0][hub], out[0][hub + 1] - out[0][hub]
            walk_in = (into[0][hub] if step > 0 else into[0][hub + 1] - 1), step
            walk_out = (out[0][hub] if step > 0 else out[0][hub + 1] - 1), step
            low = _first(into, walk_in, ins, now - width)
            came = counted = low, low
            low = _first(out, walk_out, outs, now - width)
            went = told = low, low
        low, high, gain = _slide(into, walk_in, came, gain, (now - width, now - 1, ins))
        came = low, high
        low, high, loss = _slide(out, walk_out, went, loss, (now - width, now, outs))
        went, received[k], paid[k] = (low, high), gain, loss
        if came[0] == came[1]:
            continue
        more, shared = _move(0, into[1], walk_in, counted, came, tally)
        many, both, counted = many + more, both + shared, came
        more, shared = _move(1, out[1], walk_out, told, went, tally)
        few, both, told = few + more, both + shared, went
        if tally[2 * out[1][asked[k]]] == 0:
            size[k] = min(many, few) - both
    return size, received, paid
