"""Chains: money that passes from account to account, each hop later than the one before.

A payment follows on a receipt of its payer where that came strictly before it, at most the time to
pass on, and no more than ``memory`` receipts lie from then to it, those of one instant counted
together; and where it does not go straight back to the account the money came from. So a chain may
come by an account again, but not turn round: this is what can be told exactly, payment by payment.

For each payment and length the latest start of a chain that ends in it is kept. A chain less its
first hop starts later, so the starts fall with the length, and the longest chain in a window is the
last that starts inside: nothing before the window is ever asked about. Of starts at one instant the
larger payment is taken.
"""

import numpy as np
from numpy.typing import NDArray

from features.kernels.compile import kernel

Integers = NDArray[np.int64]
Codes = NDArray[np.int32]
Edges = tuple[Codes, Codes, Integers]


@kernel
def _by_worth(time: Integers, amount: Integers, base: int, size: int) -> tuple[Codes, Codes]:
    """Return each edge's place by time, then amount, and the edge at each place."""
    rank, at = np.empty(size, np.int32), np.empty(size, np.int32)
    low = 0
    while low < size:
        high = low + 1
        while high < size and time[base + high] == time[base + low]:
            high += 1
        if high == low + 1:
            at[low] = low
        else:
            at[low:high] = low + np.argsort(amount[base + low : base + high])
        for n in range(low, high):
            rank[at[n]] = n
        low = high
    return rank, at


@kernel
def _most(time: Integers, base: int, size: int, width: int) -> int:
    """Return how many edges a window holds at most."""
    most, left = 1, 0
    for k in range(size):
        while time[base + left] <= time[base + k] - width:
            left += 1
        most = max(most, k - left + 1)
    return most


@kernel
def _remembered(
    newest: int, since: int, left: int, base: int, memory: int, time: Integers, older: Codes
) -> tuple[int, bool]:
    """Return the first instant that an account remembers, and whether it forgets any since then."""
    k, many = newest, 0
    while k >= left and time[base + k] >= since:
        many += 1
        if many > memory:
            return time[base + k] + 1, True
        k = older[k]
    return since, False


@kernel
def _kept(before: int, after: int, low: int, high: int) -> bool:
    """Whether one amount is ``low`` to ``high`` permille of the one before, within int64."""
    least = before // 1000 * low + (before % 1000 * low + 999) // 1000
    most = before // 1000 * high + before % 1000 * high // 1000
    return before > 0 and least <= after <= most


@kernel
def _extend(starts: Codes, one: int, other: int, hops: int, left: int) -> None:
    """Let the chains that end in one payment go on to another; ``left``: the earliest start."""
    for d in range(hops - 1):
        start = starts[one + d]
        if start < left:
            break
        starts[other + d + 1] = max(start, starts[other + d + 1])


@kernel
def _told(starts: Codes, slot: int, hops: int, left: int) -> int:
    """Return the hops of the longest chain that starts inside the window."""
    found = 1
    while found < hops and starts[slot + found] >= left:
        found += 1
    return found


@kernel
def chains_ending(
    asked: Integers,
    graph: Edges,
    amount: Integers,
    accounts: int,
    width: int,
    limits: tuple[int, int, int],
    share: tuple[int, int],
    backwards: bool,
) -> tuple[Integers, Integers, Integers, Integers, Integers, Integers]:
    """Return the chains that each asked edge ends, in its window ``(t - width, t]``.

    ``asked`` are rising numbers of edges; ``limits``: the most hops told, ``memory``, and the time
    to pass on; ``share``: the permille a hop is of the one before, for money to be conserved;
    ``backwards``: time is turned round, so the one before in truth comes after here.

    Answers: hops of the longest chain (1: the payment alone); of the longest that conserves money;
    how that one's first payment compares, its amount; 1 where a receipt was forgotten. The last
    two are the latest starts of chains of 1, 2 and more hops, of all asked edges end to end: of any
    chain, and of those that conserve money.

    >>> chains_ending(np.array([1]), (np.array([0, 1], np.int32), np.array([1, 2], np.int32),
    ...               np.array([1, 2])), np.array([100, 50]), 3, 9, (9, 9, 9), (800, 1020), False)
    (array([2]), array([1]), array([50]), array([0]), array([2, 1]), array([2]))
    """
    source, target, time = graph
    hops, memory, hold = limits
    base, size, used, used_kept, left, right, n = 0, 0, 0, 0, 0, 0, 0
    if len(asked) > 0:
        base = np.searchsorted(time, time[asked[0]] - width, side="right")
        size = asked[-1] + 1 - base
    rank, at = _by_worth(time, amount, base, size)
    newest, older = np.full(accounts, -1, np.int32), np.empty(size, np.int32)
    room = _most(time, base, size, width)
    plain, kept = np.full(room * hops, -1, np.int32), np.full(room * hops, -1, np.int32)
    longest, conserving, first = np.zeros_like(asked), np.zeros_like(asked), np.zeros_like(asked)
    forgot = np.zeros_like(asked)
    starts, starts_kept = (
        np.empty(len(asked) * hops, np.int64),
        np.empty(len(asked) * hops, np.int64),
    )
    for e in range(size):
        now, payer, own = time[base + e], source[base + e], e % room * hops
        while time[base + right] < now:
            older[right], newest[target[base + right]] = newest[target[base + right]], right
            right += 1
        while time[base + left] <= now - width:
            left += 1
        plain[own : own + hops] = kept[own : own + hops] = -1
        plain[own] = kept[own] = rank[e]
        since, short = _remembered(newest[payer], now - hold, left, base, memory, time, older)
        k = newest[payer]
        while k >= left and time[base + k] >= since:
            if source[base + k] != target[base + e]:
                _extend(plain, k % room * hops, own, hops, left)
                before, after = (base + e, base + k) if backwards else (base + k, base + e)
                if _kept(amount[before], amount[after], share[0], share[1]):
                    _extend(kept, k % room * hops, own, hops, left)
            k = older[k]
        if asked[n] == base + e:
            longest[n], conserving[n] = _told(plain, own, hops, left), _told(kept, own, hops, left)
            first[n], forgot[n] = amount[base + at[kept[own + conserving[n] - 1]]], short
            for d in range(longest[n]):
                starts[used + d] = time[base + at[plain[own + d]]]
            for d in range(conserving[n]):
                starts_kept[used_kept + d] = time[base + at[kept[own + d]]]
            used, used_kept, n = used + longest[n], used_kept + conserving[n], n + 1
    return longest, conserving, first, forgot, starts[:used].copy(), starts_kept[:used_kept].copy()


@kernel
def chains_through(
    behind: Integers, starts: Integers, ahead: Integers, ends: Integers, width: int
) -> Integers:
    """Return the hops of the longest chain through each edge that fits a window.

    ``behind`` and ``starts`` are hops and latest starts of the chains that end in the edges;
    ``ahead`` and ``ends`` those of the same edges in the graph turned round, in its order.

    >>> chains_through(np.array([2]), np.array([5, 3]), np.array([2]), np.array([-5, -8]), 6)
    array([3])
    """
    through, low, high = np.zeros_like(behind), 0, len(ends)
    for n in range(len(behind)):
        onward = ahead[len(ahead) - 1 - n]
        high -= onward
        d = onward - 1
        for c in range(behind[n]):
            while -ends[high + d] - starts[low + c] >= width:
                d -= 1
            through[n] = max(through[n], c + d + 1)
        low += behind[n]
    return through
