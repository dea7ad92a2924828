"""Chains: money that passes from account to account, each hop later than the one before.

A payment follows on a receipt of its payer where that came strictly before it, at most the time to
pass on, and no more than ``memory`` receipts lie from then to it, those of one instant counted
together; and where it does not go straight back to the account the money came from. So a chain may
come by an account again, but not turn round: this is what can be told exactly, payment by payment.

For each payment and length the latest start of a chain that ends in it is kept. A chain less its
first hop starts later, so the starts fall with the length, and the longest chain in a window is the
last that starts inside: nothing before the window is ever asked about. Of starts at one instant the
larger payment is taken.

Payments are numbered from the first of the first window. What is told of them is kept as long as a
window is long, a power of two of them: a number's last bits are its place.

    receipts  an account's latest   the one before each, of the same account   how many are in
    chains    each payment's slot (-1: alone)   each slot's hops   its latest starts, ``limit`` a
              slot   how many slots were given, and instants told   the instants told
"""

import numpy as np
from numpy.typing import NDArray

from features.kernels.compile import kernel

Integers = NDArray[np.int64]
Codes = NDArray[np.int32]
Edges = tuple[Codes, Codes, Integers]
Worth = tuple[Integers, Integers]
Receipts = tuple[Codes, Codes, Integers]
Chains = tuple[Codes, Codes, Codes, Integers, Integers]


@kernel
def _most(time: Integers, size: int, width: int) -> int:
    """Return a power of two, at least as many as the edges that a window holds at most."""
    most, left = 1, 0
    for k in range(size):
        while time[left] <= time[k] - width:
            left += 1
        while most < k - left + 1:
            most *= 2
    return most


@kernel
def _chains(asked: int, room: int, limit: int) -> Chains:
    """Return room for the chains of a window: see the module."""
    slot, many, used = np.empty(room, np.int32), np.empty(room, np.int32), np.zeros(2, np.int64)
    return slot, many, np.empty(room * limit, np.int32), used, np.empty(asked * limit, np.int64)


@kernel
def _begin(
    accounts: int, size: int, asked: int, room: int, limit: int
) -> tuple[Receipts, Chains, Chains]:
    """Return room for receipts, and for chains twice: of any kind, and of those that conserve."""
    receipts = (np.full(accounts, -1, np.int32), np.empty(size, np.int32), np.zeros(1, np.int64))
    return receipts, _chains(asked, room, limit), _chains(asked, room, limit)


@kernel
def _look(first: int, graph: Edges, receipts: Receipts, latest: Codes) -> None:
    """Note the latest receipt, strictly before it, of who makes each of some payments from one on.

    Many together and without jumps, so that what is not in the cache is fetched side by side.
    """
    source, target, time = graph
    newest, older, ends = receipts
    right = ends[0]
    for e in range(first, min(first + len(latest), len(older))):
        while time[right] < time[e]:
            older[right], newest[target[right]] = newest[target[right]], right
            right += 1
        latest[e - first] = newest[source[e]]
    ends[0] = right


@kernel
def _remembered(
    newest: int, since: int, time: Integers, older: Codes, found: Codes
) -> tuple[int, bool]:
    """List what an account remembers, newest first; tell how many, and whether it forgets any.

    It forgets what is as late as the first that there is no room for, and all before.
    """
    k, many = newest, 0
    while k >= since:
        if many == len(found):
            while many > 0 and time[found[many - 1]] == time[k]:
                many -= 1
            return many, True
        found[many] = k
        many += 1
        k = older[k]
    return many, False


@kernel
def _kept(before: int, after: int, low: int, high: int) -> bool:
    """Whether one amount is ``low`` to ``high`` permille of the one before, within int64."""
    least = before // 1000 * low + (before % 1000 * low + 999) // 1000
    most = before // 1000 * high + before % 1000 * high // 1000
    return before > 0 and least <= after <= most


@kernel
def _extend(chains: Chains, one: int, other: int, limit: int, left: int, worth: Worth) -> None:
    """Let the chains that end in one payment go on to another; ``left``: the earliest start."""
    slot, many, starts, used = chains[:4]
    time, amount = worth
    last = len(slot) - 1
    before, own = slot[one & last], slot[other & last]
    if own < 0:
        own = used[0] & last
        slot[other & last], many[own], starts[own * limit] = own, 1, other
        used[0] += 1
    for d in range(min(many[before] if before >= 0 else 1, limit - 1)):
        start, at = starts[before * limit + d] if before >= 0 else one, own * limit + d + 1
        if start < left:
            break
        if many[own] == d + 1:
            many[own], starts[at] = d + 2, start
        elif time[start] != time[starts[at]]:
            starts[at] = max(start, starts[at])
        elif amount[start] > amount[starts[at]]:
            starts[at] = start


@kernel
def _tell(chains: Chains, edge: int, limit: int, time: Integers) -> tuple[int, int]:
    """Write down when the chains start that end in a payment, where there are any.

    Return the hops of the longest, and its first payment.
    """
    slot, many, starts, used, told = chains
    own = slot[edge & len(slot) - 1]
    if own < 0 or many[own] == 1:
        return 1, edge
    for d in range(many[own]):
        told[used[1] + d] = time[starts[own * limit + d]]
    used[1] += many[own]
    return many[own], starts[own * limit + many[own] - 1]


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
) -> tuple[Codes, Codes, Integers, Codes, Integers, Integers]:
    """Return the chains that each asked edge ends, in its window ``(t - width, t]``.

    ``asked`` are rising numbers of edges; ``limits``: the most hops told, ``memory``, and the time
    to pass on; ``share``: the permille a hop is of the one before, for money to be conserved;
    ``backwards``: time is turned round, so the one before in truth comes after here.

    Answers: hops of the longest chain (1: the payment alone); of the longest that conserves money;
    the amount of that one's first payment, where it has two hops or more; 1 where a receipt was
    forgotten. The last two are the latest starts of chains of 1, 2 and more hops, end to end, of
    all asked edges that end one of two: of any chain, and of those that conserve money.

    >>> chains_ending(np.array([1]), (np.array([0, 1], np.int32), np.array([1, 2], np.int32),
    ...           np.array([1, 2])), np.array([100, 50]), 3, 9, (9, 9, 9), (800, 1020), False)[4:]
    (array([2, 1]), array([], dtype=int64))
    """
    (limit, memory, hold), base, size, n, left, since = limits, 0, 0, 0, 0, 0
    if len(asked) > 0:
        base = np.searchsorted(graph[2], graph[2][asked[0]] - width, side="right")
        size = asked[-1] + 1 - base
    source, target, time, money = graph[0][base:], graph[1][base:], graph[2][base:], amount[base:]
    receipts, plain, kept = _begin(accounts, size, len(asked), _most(time, size, width), limit)
    slot, slot_kept, older, last = plain[0], kept[0], receipts[1], len(plain[0]) - 1
    latest, found = np.empty(512, np.int32), np.empty(memory, np.int32)
    longest, conserving = np.ones(len(asked), np.int32), np.ones(len(asked), np.int32)
    first, forgot = np.zeros(len(asked), np.int64), np.zeros(len(asked), np.int32)
    for e in range(size):
        if e & 511 == 0:
            _look(e, (source, target, time), receipts, latest)
        while time[left] <= time[e] - width:
            left += 1
        while time[since] < time[e] - hold:
            since += 1
        slot[e & last] = slot_kept[e & last] = -1
        many, short = _remembered(latest[e & 511], max(left, since), time, older, found)
        for m in range(many):
            k = found[m]
            if source[k] != target[e]:
                _extend(plain, k, e, limit, left, (time, money))
                before, after = (e, k) if backwards else (k, e)
                if _kept(money[before], money[after], share[0], share[1]):
                    _extend(kept, k, e, limit, left, (time, money))
        if asked[n] == base + e:
            if slot[e & last] >= 0:
                longest[n], _ = _tell(plain, e, limit, time)
            if slot_kept[e & last] >= 0:
                conserving[n], start = _tell(kept, e, limit, time)
                first[n] = money[start] if conserving[n] > 1 else 0
            forgot[n], n = short, n + 1
    starts, starts_kept = plain[4][: plain[3][1]].copy(), kept[4][: kept[3][1]].copy()
    return longest, conserving, first, forgot, starts, starts_kept


@kernel
def chains_through(
    behind: Codes, starts: Integers, ahead: Codes, ends: Integers, width: int
) -> Codes:
    """Return the hops of the longest chain through each edge that fits a window.

    ``behind`` and ``starts`` are hops and latest starts of the chains that end in the edges;
    ``ahead`` and ``ends`` those of the same edges in the graph turned round, in its order.

    >>> chains_through(np.array([2], np.int32), np.array([5, 3]), np.array([2], np.int32),
    ...                np.array([-5, -8]), 6)
    array([3], dtype=int32)
    """
    through, low, high = behind.copy(), 0, len(ends)
    for n in range(len(behind)):
        onward = ahead[len(ahead) - 1 - n]
        if onward == 1:
            low += behind[n] if behind[n] > 1 else 0
            continue
        high -= onward
        if behind[n] == 1:
            through[n] = onward
            continue
        d = onward - 1
        for c in range(behind[n]):
            while -ends[high + d] - starts[low + c] >= width:
                d -= 1
            through[n] = max(through[n], c + d + 1)
        low += behind[n]
    return through
