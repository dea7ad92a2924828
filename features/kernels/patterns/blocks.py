"""Blocks of senders that pay the same receivers, seen from each payment.

A payment from a sender ``u`` to a receiver ``v`` at ``t`` sees the payments in
``(t + start, t + stop]``. Another payer of ``v`` is a *co-payer* where it pays at least one more of
``u``'s receivers. Two senders and two receivers, all four paired, are a *butterfly*, the smallest
block (Sanei-Mehri, Sariyuce and Tirthapura, Butterfly Counting in Bipartite Networks,
doi:10.1145/3219819.3220097).

An account with more than ``most`` payments in that window on the side it is looked at from (made,
as a sender; received, as a receiver) is a hub: it is nobody's co-payer and no shared receiver, and
a payment from or to it has no block. What is skipped is counted.

A *side* is the edges end to end by the account there: its starts, the account at the other end,
time. What of an account's payments is in the window is a range of its side, looked for around a
payment that is known to be in it. Payments to one account are asked about one after the other:
what is around them is the same, and at hand.
"""

import numpy as np
from numpy.typing import NDArray

from features.kernels.compile import kernel

Integers = NDArray[np.int64]
Codes = NDArray[np.int32]
Flags = NDArray[np.uint8]
Side = tuple[Integers, Codes, Integers]
Links = tuple[Codes, Codes, Codes]
Marks = tuple[Flags, Codes, Codes, Codes]
Window = tuple[int, int, int]


@kernel
def _zeros(size: int) -> Codes:
    return np.zeros(size, np.int32)


@kernel
def _around(side: Side, account: int, place: int, window: Window) -> tuple[int, int]:
    """Return the range of an account's payments in a window around one that lies in it.

    The window is ``(since, until]``. Where it holds more than ``most``, any longer range.
    """
    (starts, _, time), (since, until, most) = side, window
    begin, end, low, high = starts[account], starts[account + 1], place, place + 1
    if place - most >= begin and time[place - most] > since:
        return place - most, place + 1
    if place + most < end and time[place + most] <= until:
        return place, place + most + 1
    while low > begin and time[low - 1] > since:
        low -= 1
    while high < end and time[high] <= until and high - low <= most:
        high += 1
    return low, high


@kernel
def _mark(v: int, sent: Side, low: int, high: int, marks: Marks) -> int:
    """Number ``v`` and the other accounts that payments ``low:high`` go to; return how many."""
    flags, own, payers, met = marks
    own[0], payers[0], found = v, 0, 1
    for j in range(low, high):
        x = sent[1][j]
        if x != v and flags[x] & 1 == 0:
            flags[x] |= 1
            own[found], payers[found], met[found] = x, 0, -1
            found += 1
    return found


@kernel
def _meet(
    low: int,
    high: int,
    who: int,
    received: Side,
    sent: Side,
    links: Links,
    window: Window,
    marks: Marks,
) -> tuple[int, int]:
    """Note which marked receivers payments ``low:high`` go to, less the hubs; count both.

    ``who`` is another number for every payer; a hub is met once.
    """
    (_, edge, places), (flags, own, _, met) = links, marks
    found, hubs = 0, 0
    for j in range(low, high):
        x = sent[1][j]
        if flags[x] & 1 == 0:
            continue
        i = 1
        while own[i] != x:
            i += 1
        if met[i] == -1:
            a, b = _around(received, x, places[edge[j]], window)
            if b - a > window[2]:
                flags[x] &= 2
                hubs += 1
                continue
        found += met[i] != who
        met[i] = who
    return found, hubs


@kernel
def _pairs(payers: Codes, receivers: int, senders: int, least: int, dense: int) -> int:
    """Count the pairs of ``senders`` and of the receivers that enough of them pay."""
    wide, total = 0, 0
    for i in range(receivers):
        if (1 + payers[i]) * 1000 >= dense * senders:
            wide += 1
            total += 1 + payers[i]
    return total if senders >= least and wide >= least else 0


@kernel
def _block(
    v: int,
    u: int,
    span: tuple[int, int, int, int],
    received: Side,
    sent: Side,
    links: Links,
    window: Window,
    marks: Marks,
    least: int,
    dense: int,
) -> tuple[int, int, int, int, int]:
    """Return what `blocks_through` does, for one payment; leave no mark."""
    (low, high, c, d), (flags, own, payers, met), most = span, marks, window[2]
    wings, senders, best, skipped, receivers, block = 0, 0, 1, 0, 0, 1
    for j in range(low, high):
        w = received[1][j]
        if w == u or flags[w] & 2:
            continue
        flags[w] |= 2
        a, b = _around(sent, w, links[0][j], window)
        if b - a == 1 or b - a > most:
            skipped += b - a > most
            continue
        if receivers == 0:
            receivers = _mark(v, sent, c, d, marks)
        found, hubs = _meet(a, b, j, received, sent, links, window, marks)
        skipped += hubs
        wings += found
        senders += found > 0
        best = max(best, found + 1)
        if found + 1 >= least:
            block += 1
            payers[0] += 1
            for i in range(1, receivers):
                payers[i] += met[i] == j
    for j in range(low, high):
        flags[received[1][j]] = 0
    for i in range(receivers):
        flags[own[i]] = 0
    return wings, senders, best, _pairs(payers, receivers, block, least, dense), skipped


@kernel
def blocks_through(
    asked: Integers,
    ends: Codes,
    received: Side,
    sent: Side,
    links: Links,
    rule: tuple[int, int, int, int, int],
) -> tuple[Codes, Codes, Codes, Codes, Codes]:
    """Return butterflies, co-payers, most receivers shared, the block's pairs, what is skipped.

    ``asked`` are places by receiver, rising, ``ends`` the receivers; ``links`` are where each edge
    by receiver lies by sender, the number of each edge by sender, and where it lies by receiver, by
    its number. ``rule`` is start, stop, most, least, dense. Those co-payers that share ``least``
    receivers with the sender, and itself, are the block's senders; its receivers are those of the
    sender's that at least ``dense`` permille of them pay. With less than ``least`` of either there
    is no block.
    """
    start, stop, most, least, dense = rule
    wings, senders, best = _zeros(len(asked)), _zeros(len(asked)), _zeros(len(asked))
    pairs, skipped = _zeros(len(asked)), _zeros(len(asked))
    marks = (
        np.zeros(len(received[0]), np.uint8),
        _zeros(most + 1),
        _zeros(most + 1),
        _zeros(most + 1),
    )
    for k in range(len(asked)):
        p, v, u, now = asked[k], ends[k], received[1][asked[k]], received[2][asked[k]]
        window = now + start, now + stop, most
        low, high = _around(received, v, p, window)
        skipped[k] = 1
        if high - low > most:
            continue
        c, d = _around(sent, u, links[0][p], window)
        if d - c > most:
            continue
        best[k], skipped[k] = 1, 0
        if high - low == 1 or d - c == 1:
            continue
        wings[k], senders[k], best[k], pairs[k], skipped[k] = _block(
            v, u, (low, high, c, d), received, sent, links, window, marks, least, dense
        )
    return wings, senders, best, pairs, skipped
