"""Stacks of blocks: accounts fed by the same accounts that then pay the same accounts.

A payment from a sender ``u`` to a receiver ``v`` at ``t`` sees the payments in
``(t + start, t + stop]``; co-payers and hubs are as in blocks. ``turned``: time runs back, sender
and receiver have changed places, and so have the two sides; the window is as it is.

A *side* is the edges end to end by the account there: its starts, the account at the other end,
time, the number of each edge, where it lies by its number, amount. *Marks* number the accounts
that some payments lead to: a slot for each account, and for each number its place and who met it
last.
"""

import numpy as np
from numpy.typing import NDArray

from features.kernels.compile import kernel

Integers = NDArray[np.int64]
Codes = NDArray[np.int32]
Side = tuple[Integers, Codes, Integers, Codes, Codes, Integers]
Marks = tuple[Integers, Integers, Integers]
Window = tuple[int, int, int]


@kernel
def _zeros(size: int) -> Integers:
    return np.zeros(size, np.int64)


@kernel
def _around(side: Side, account: int, place: int, window: Window) -> tuple[int, int]:
    """Return the range of an account's payments in a window around one that lies in it.

    The window is ``(since, until]``. Where it holds more than ``most``, any longer range.
    """
    starts, time = side[0], side[2]
    since, until, most = window
    low, high = place, place + 1
    while low > starts[account] and time[low - 1] > since and high - low <= most:
        low -= 1
    while high < starts[account + 1] and time[high] <= until and high - low <= most:
        high += 1
    return low, high


@kernel
def _later(time: Integers, low: int, high: int, instant: int) -> int:
    """Return the first of ``low:high`` later than an instant."""
    while low < high:
        middle = (low + high) // 2
        if time[middle] > instant:
            high = middle
        else:
            low = middle + 1
    return low


@kernel
def _within(side: Side, account: int, since: int, until: int) -> tuple[int, int]:
    """Return the range of an account's payments in ``(since, until]``."""
    starts, time = side[0], side[2]
    first = _later(time, starts[account], starts[account + 1], since)
    return first, _later(time, first, starts[account + 1], until)


@kernel
def _before(side: Side, account: int, now: int, window: Window, turned: bool) -> tuple[int, int]:
    """Return the range of an account's payments in the window before now; after it, if turned."""
    since, until, _ = window
    if turned:
        return _within(side, account, now, until)
    return _within(side, account, since, now - 1)


@kernel
def _mark(marks: Marks, stamp: int, center: int, side: Side, far: Side, span: Window) -> None:
    """Number the accounts that payments ``low:high`` lead to, after the center; see the far."""
    slot, places, last = marks
    low, high, _ = span
    slot[center], found = stamp, 1
    for j in range(low, high):
        if slot[side[1][j]] < stamp:
            slot[side[1][j]] = stamp + found
            places[found], last[found] = far[4][side[3][j]], -1
            found += 1


@kernel
def _meet(
    marks: Marks, stamp: int, who: int, side: Side, low: int, high: int, far: Side, window: Window
) -> tuple[int, int]:
    """Count the marked accounts but the center that payments ``low:high`` lead to, less the hubs.

    Return how many, and how many hubs were met for the first time. An account's place turns into
    -2 once it was looked at, or -1 for a hub.
    """
    slot, places, last = marks
    found, hubs = 0, 0
    for m in range(low, high):
        account = side[1][m]
        i = slot[account] - stamp
        if i <= 0 or last[i] == who:
            continue
        last[i] = who
        if places[i] >= 0:
            a, b = _around(far, account, places[i], window)
            places[i] = -1 if b - a > window[2] else -2
            hubs += b - a > window[2]
        found += places[i] < -1
    return found, hubs


@kernel
def _passed_on(
    account: int,
    now: int,
    window: Window,
    received: Side,
    sent: Side,
    rule: tuple[int, int, int, bool],
) -> bool:
    """Whether what an account paid by now is a given share of what came before.

    ``rule``: what came in ``(now - hold, now)`` and left in ``(now - hold, now]``, but nothing
    before the window; the least and most permille, and whether all is turned: then what came in
    ``[now, now + hold)`` and left in ``(now, now + hold)``, but nothing after it.
    """
    hold, least, most, turned = rule
    if turned:
        until = min(window[1], now + hold - 1)
        a, b = _within(sent, account, now - 1, until)
        c, d = _within(received, account, now, until)
        came, left = np.sum(sent[5][a:b]), np.sum(received[5][c:d])
    else:
        since = max(window[0], now - hold)
        a, b = _within(received, account, since, now - 1)
        c, d = _within(sent, account, since, now)
        came, left = np.sum(received[5][a:b]), np.sum(sent[5][c:d])
    floor = came // 1000 * least + (came % 1000 * least + 999) // 1000
    ceiling = came // 1000 * most + came % 1000 * most // 1000
    return bool(came > 0 and floor <= left <= ceiling)


@kernel
def stacks_through(
    asked: Integers,
    ends: Codes,
    received: Side,
    sent: Side,
    rule: tuple[int, int, int],
    keep: tuple[int, int, int, bool],
) -> tuple[Integers, Integers, Integers]:
    """Count the co-payers fed as the sender was, those of them where money passed on, the skipped.

    ``asked`` are places by receiver, ``ends`` the receivers. A co-payer ``w`` is *stacked* where at
    least two accounts paid both it, before it last paid ``v``, and ``u``, before ``t``; none of
    them is ``v`` or a hub. One that was paid more than ``most`` times is skipped, and so is ``u``.
    ``rule`` is start, stop, most; for ``keep`` see `_passed_on`.
    """
    (start, stop, most), turned, others = rule, keep[3], received[1]
    stacked, kept, skipped = _zeros(len(asked)), _zeros(len(asked)), _zeros(len(asked))
    seen, stamp = _zeros(len(received[0])), 1
    paid = (_zeros(len(received[0])), _zeros(most + 1), _zeros(most + 1))
    feeders = (_zeros(len(received[0])), _zeros(most + 1), _zeros(most + 1))
    for k in range(len(asked)):
        p, v, u, t = asked[k], ends[k], others[asked[k]], received[2][asked[k]]
        window = (t + start, t + stop, most)
        low, high = _around(received, v, p, window)
        c, d = _around(sent, u, sent[4][received[3][p]], window)
        e, f = _before(received, u, t, window, turned)
        if high - low > most or d - c > most or f - e > most:
            skipped[k] = 1
            continue
        stamp += most + 1
        _mark(paid, stamp, v, sent, received, (c, d, most))
        _mark(feeders, stamp, v, received, sent, (e, f, most))
        for n in range(high - low) if f - e > 1 else range(0):
            j = low + n if turned else high - 1 - n
            w, now = others[j], received[2][j]
            if w == u or seen[w] == k + 1:
                continue
            seen[w] = k + 1
            a, b = _around(sent, w, sent[4][received[3][j]], window)
            if b - a > most or _meet(paid, stamp, j, sent, a, b, received, window)[0] == 0:
                continue
            a, b = _before(received, w, now, window, turned)
            if b - a > most:
                skipped[k] += 1
                continue
            found, hubs = _meet(feeders, stamp, j, received, a, b, sent, window)
            skipped[k] += hubs
            if found > 1:
                stacked[k] += 1
                kept[k] += _passed_on(w, now, window, received, sent, keep) and _passed_on(
                    u, t, window, received, sent, keep
                )
    return stacked, kept, skipped
