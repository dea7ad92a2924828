"""Blocks of senders that pay the same receivers, and stacks of blocks, seen from each payment.

A payment from a sender ``u`` to a receiver ``v`` at ``t`` sees the payments in
``(t - width, t + beyond]``.
Another payer of ``v`` is a *co-payer* where it pays at least one more of ``u``'s receivers. Two
senders and two receivers, all four paired, are a *butterfly*, the smallest block (Sanei-Mehri,
Sariyuce and Tirthapura, Butterfly Counting in Bipartite Networks, doi:10.1145/3219819.3220097).

An account with more than ``most`` payments in that window on the side it is looked at from (made,
as a sender; received, as a receiver) is a hub: it is nobody's co-payer and no shared receiver, and
a payment from or to it has no block. What is skipped is counted.

A *side* is the edges end to end by the account there: its starts, the account at the other end,
time, where each edge lies on the other side, amount. *Marks* number the accounts that some
payments lead to: a slot for each account, and for each number its place and who met it last.
"""

import numpy as np
from numpy.typing import NDArray

from features.kernels.compile import kernel

Integers = NDArray[np.int64]
Codes = NDArray[np.int32]
Side = tuple[Integers, Codes, Integers, Codes, Integers]
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
    starts, _, time, _, _ = side
    since, until, most = window
    low, high = place, place + 1
    while low > starts[account] and time[low - 1] > since and high - low <= most:
        low -= 1
    while high < starts[account + 1] and time[high] <= until and high - low <= most:
        high += 1
    return low, high


@kernel
def _before(side: Side, account: int, since: int, until: int) -> tuple[int, int]:
    """Return the range of an account's payments in ``(since, until)``."""
    starts, _, time, _, _ = side
    low, high = starts[account], starts[account + 1]
    while low < high:
        middle = (low + high) // 2
        if time[middle] > since:
            high = middle
        else:
            low = middle + 1
    first, high = low, starts[account + 1]
    while low < high:
        middle = (low + high) // 2
        if time[middle] >= until:
            high = middle
        else:
            low = middle + 1
    return first, low


@kernel
def _mark(marks: Marks, stamp: int, center: int, side: Side, low: int, high: int) -> int:
    """Number the accounts that payments ``low:high`` lead to, after the center; return how many."""
    _, others, _, cross, _ = side
    slot, places, last = marks
    slot[center], found = stamp, 1
    for j in range(low, high):
        if slot[others[j]] < stamp:
            slot[others[j]] = stamp + found
            places[found], last[found] = cross[j], -1
            found += 1
    return found


@kernel
def _meet(
    marks: Marks,
    stamp: int,
    shared: Integers,
    who: int,
    side: Side,
    low: int,
    high: int,
    far: Side,
    window: Window,
) -> tuple[int, int]:
    """Gather which marked accounts but the center payments ``low:high`` lead to, less the hubs.

    Return how many, and how many hubs were met for the first time. An account's place turns into
    -2 once it was looked at, or -1 for a hub.
    """
    _, others, _, _, _ = side
    slot, places, last = marks
    found, hubs = 0, 0
    for m in range(low, high):
        i = slot[others[m]] - stamp
        if i <= 0 or last[i] == who:
            continue
        last[i] = who
        if places[i] >= 0:
            a, b = _around(far, others[m], places[i], window)
            places[i] = -1 if b - a > window[2] else -2
            hubs += b - a > window[2]
        if places[i] < -1:
            shared[found] = i
            found += 1
    return found, hubs


@kernel
def _pairs(payers: Integers, receivers: int, senders: int, least: int, dense: int) -> int:
    """Count the pairs of ``senders`` and of the receivers that enough of them pay."""
    wide, total = 0, 0
    for i in range(receivers):
        if (1 + payers[i]) * 1000 >= dense * senders:
            wide += 1
            total += 1 + payers[i]
    return total if senders >= least and wide >= least else 0


@kernel
def blocks_through(
    asked: Integers,
    received: Side,
    sent: Side,
    rule: tuple[int, int, int, int, int],
) -> tuple[Integers, Integers, Integers, Integers, Integers]:
    """Return butterflies, co-payers, most receivers shared, the block's pairs, what is skipped.

    ``asked`` are positions by receiver, in order; ``rule`` is width, beyond, most, least, dense.
    Those co-payers that share ``least`` receivers with the sender, and itself, are the block's
    senders; its receivers are those of the sender's that at least ``dense`` permille of them pay.
    With less than ``least`` of either there is no block.
    """
    starts, others, time, cross, _ = received
    width, beyond, most, least, dense = rule
    wings, senders, best = _zeros(len(asked)), _zeros(len(asked)), _zeros(len(asked))
    pairs, skipped, seen = _zeros(len(asked)), _zeros(len(asked)), _zeros(len(starts))
    marks = (_zeros(len(starts)), _zeros(most + 1), _zeros(most + 1))
    shared, payers, stamp, v = _zeros(most + 1), _zeros(most + 1), 1, 0
    for k in range(len(asked)):
        p, u, t = asked[k], others[asked[k]], time[asked[k]]
        window = (t - width, t + beyond, most)
        while starts[v + 1] <= p:
            v += 1
        low, high = _around(received, v, p, window)
        c, d = _around(sent, u, cross[p], window)
        if high - low > most or d - c > most:
            skipped[k] = 1
            continue
        best[k], receivers, block = 1, 0, 1
        for j in range(low, high) if d - c > 1 else range(0):
            w = others[j]
            if w == u or seen[w] == k + 1:
                continue
            seen[w] = k + 1
            a, b = _around(sent, w, cross[j], window)
            if b - a == 1 or b - a > most:
                skipped[k] += b - a > most
                continue
            if receivers == 0:
                stamp += most + 1
                receivers = _mark(marks, stamp, v, sent, c, d)
                payers[:receivers] = 0
            found, hubs = _meet(marks, stamp, shared, j, sent, a, b, received, window)
            skipped[k] += hubs
            wings[k] += found
            senders[k] += found > 0
            best[k] = max(best[k], found + 1)
            if found + 1 >= least:
                block += 1
                payers[0] += 1
                for i in range(found):
                    payers[shared[i]] += 1
        pairs[k] = _pairs(payers, receivers, block, least, dense)
    return wings, senders, best, pairs, skipped


@kernel
def _passed_on(
    account: int,
    since: int,
    now: int,
    received: Side,
    sent: Side,
    rule: tuple[int, int, int, bool],
) -> bool:
    """Whether what an account paid by now is a given share of what came before.

    ``rule``: what came in ``(now - hold, now)`` and left in ``(now - hold, now]``, but nothing
    before the window, which is ``since`` on; the least and most permille, and whether time and
    direction are turned round: then what came seems to leave.
    """
    hold, least, most, turned = rule
    since = max(since, now - hold)
    a, b = _before(received, account, since, now)
    c, d = _before(sent, account, since, now + 1)
    came, left = np.sum(received[4][a:b]), np.sum(sent[4][c:d])
    if turned:
        came, left = left, came
    floor = came // 1000 * least + (came % 1000 * least + 999) // 1000
    ceiling = came // 1000 * most + came % 1000 * most // 1000
    return bool(came > 0 and floor <= left <= ceiling)


@kernel
def stacks_through(
    asked: Integers,
    received: Side,
    sent: Side,
    rule: tuple[int, int, int],
    keep: tuple[int, int, int, bool],
) -> tuple[Integers, Integers, Integers]:
    """Count the co-payers fed as the sender was, those of them where money passed on, the skipped.

    A co-payer ``w`` is *stacked* where at least two accounts paid both it, before it last paid
    ``v``, and ``u``, before ``t``; none of them is ``v`` or a hub. One that was paid more than
    ``most`` times is skipped, and so is ``u``. ``rule`` is width, beyond, most; for ``keep`` see
    `_passed_on`.
    """
    starts, others, time, cross, _ = received
    width, beyond, most = rule
    stacked, kept, skipped = _zeros(len(asked)), _zeros(len(asked)), _zeros(len(asked))
    seen, shared, stamp, v = _zeros(len(starts)), _zeros(most + 1), 1, 0
    ends = (_zeros(len(starts)), _zeros(most + 1), _zeros(most + 1))
    feeders = (_zeros(len(starts)), _zeros(most + 1), _zeros(most + 1))
    for k in range(len(asked)):
        p, u, t = asked[k], others[asked[k]], time[asked[k]]
        window = (t - width, t + beyond, most)
        while starts[v + 1] <= p:
            v += 1
        low, high = _around(received, v, p, window)
        c, d = _around(sent, u, cross[p], window)
        e, f = _before(received, u, t - width, t)
        if high - low > most or d - c > most or f - e > most:
            skipped[k] = 1
            continue
        stamp += most + 1
        _mark(ends, stamp, v, sent, c, d)
        _mark(feeders, stamp, v, received, e, f)
        for j in range(high - 1, low - 1, -1) if f - e > 1 else range(0):
            w = others[j]
            if w == u or seen[w] == k + 1:
                continue
            seen[w] = k + 1
            a, b = _around(sent, w, cross[j], window)
            if b - a > most:
                continue
            if _meet(ends, stamp, shared, j, sent, a, b, received, window)[0] == 0:
                continue
            a, b = _before(received, w, t - width, time[j])
            if b - a > most:
                skipped[k] += 1
                continue
            found, hubs = _meet(feeders, stamp, shared, j, received, a, b, sent, window)
            skipped[k] += hubs
            if found > 1:
                stacked[k] += 1
                kept[k] += _passed_on(w, t - width, time[j], received, sent, keep) and _passed_on(
                    u, t - width, t, received, sent, keep
                )
    return stacked, kept, skipped
