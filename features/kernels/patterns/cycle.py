"""Cycles of payments: each hop strictly later than the one before, all accounts distinct.

A cycle is told by its closing payment and the accounts that it runs through: several payments
between the same two accounts make several ways to run through them, not several cycles. Time is
walked along; what lies in the window hangs in chains, one an account and direction, the newest
first. *Flow* 0 is what an account was paid, searched back from the payer of the closing payment;
flow 1 is what it paid, searched on from the receiver. Numbers of edges count from the first edge
of the first window; -1 is none. The window of a closing payment at ``t`` is ``(t - width, t)``.

What is looked at together lies together, eight numbers at a time.

    edges     0, 1: account at the far end of flow 0, 1 (payer, receiver)   2, 3: next in its chain
              4: its instant, as the first edge then
    accounts  0, 1: newest edge of flow 0, 1   2, 3: how many edges   4, 5: one hop from the goal in
              the search of that number, by that edge   6, 7: seen in the expansion of that number,
              and its place on the stack (-1: skipped)
"""

import numpy as np
from numpy.typing import NDArray

from features.kernels.compile import kernel

Integers = NDArray[np.int64]
Codes = NDArray[np.int32]
Net = tuple[Codes, Codes]
Memory = tuple[Codes, Codes, Codes, Integers, Codes, Codes, Codes, Codes]
Money = tuple[Integers, Integers, int, int, int, bool]
Search = tuple[int, int, int, int, int, int]
Edges = tuple[Codes, Codes, Integers]


@kernel
def _net(time: Integers, asked: Integers, accounts: int, width: int) -> tuple[int, Net]:
    """Return the first edge there is to see, and room for all edges and accounts, still empty."""
    base, size = 0, 0
    if len(asked) > 0:
        base = np.searchsorted(time, time[asked[0]] - width, side="right")
        size = asked[-1] + 1 - base
    edges, nodes = np.empty(8 * size, np.int32), np.zeros(8 * accounts, np.int32)
    nodes[0::8] = -1
    nodes[1::8] = -1
    return base, (edges, nodes)


@kernel
def _memory(size: int, limit: int, hub: int) -> Memory:
    """Return room for a search: stack, depths, path and counters; for a cycle: its accounts,
    the payments of one pair, the latest instants (or payments), and all payments.
    """
    room, one = limit * min(hub, size) + 1, max(min(hub, size) + 1, limit)
    stack, depths = np.empty(room, np.int32), np.empty(room, np.int32)
    found = np.empty(max(room, 2 * one), np.int32)
    path, ring = np.empty(limit + 1, np.int32), np.empty(limit + 1, np.int32)
    listed, latest = np.empty(one, np.int32), np.empty(one, np.int32)
    return stack, depths, path, np.zeros(3, np.int64), ring, listed, latest, found


@kernel
def _slide(net: Net, ends: Integers, graph: Edges, base: int, closing: int, width: int) -> None:
    """Let the chains hold the window of a closing edge, and write down that edge beside them.

    ``ends``: the first edge in the chains, the first beyond, and the instant of the last.
    """
    edges, nodes = net
    source, target, time = graph
    left, right, now = ends[0], ends[1], time[base + closing]
    while time[base + right] < now:
        payer, paid = source[base + right], target[base + right]
        if right == 0 or time[base + right] != time[base + right - 1]:
            ends[2] = right
        edges[8 * right], edges[8 * right + 1], edges[8 * right + 4] = payer, paid, ends[2]
        edges[8 * right + 2], edges[8 * right + 3] = nodes[8 * paid], nodes[8 * payer + 1]
        nodes[8 * paid] = nodes[8 * payer + 1] = right
        nodes[8 * paid + 2] += 1
        nodes[8 * payer + 3] += 1
        right += 1
    while left < right and time[base + left] <= now - width:
        nodes[8 * edges[8 * left + 1] + 2] -= 1
        nodes[8 * edges[8 * left] + 3] -= 1
        left += 1
    edges[8 * closing + 4] = right
    ends[0], ends[1] = left, right


@kernel
def _start(flow: int, goal: int, stamp: int, left: int, hub: int, net: Net, memory: Memory) -> int:
    """Begin a search; where the goal is no hub, mark what is one hop from it with the best edge.

    Going back: what the goal paid, at its earliest; going on: what paid it, at its latest. Return
    the instant of the best of all, its sign turned going on: no way leads beyond it.
    """
    edges, nodes = net
    stack, depths, state = memory[0], memory[1], memory[3]
    state[0], stack[0], depths[0] = 1, -1, 0
    if state[1] > 2**30:  # expansions are numbered in 32 bits
        nodes[6::8] = 0
        state[1] = 0
    other, sign = 1 - flow, 1 - 2 * flow
    if nodes[8 * goal + 2 + other] > hub:
        return -(2**40)
    k, floor = nodes[8 * goal + other], 2**40
    while k >= left:
        y, floor = 8 * edges[8 * k + other], min(floor, sign * edges[8 * k + 4])
        if nodes[y + 4] != stamp or sign * edges[8 * k + 4] < sign * edges[8 * nodes[y + 5] + 4]:
            nodes[y + 4], nodes[y + 5] = stamp, k
        k = edges[8 * k + 2 + other]
    return floor


@kernel
def _advance(search: Search, limit: int, hub: int, net: Net, memory: Memory) -> int:
    """Go on with the search to the next cycle; return its hops, or 0 where there is none left.

    Of several payments between two accounts the one that leaves most time is taken: it makes
    every way possible that any other does. The edges taken stand in ``path``, from 1.
    """
    flow, root, goal, stamp, left, floor = search
    edges, nodes = net
    stack, depths, path, state = memory[:4]
    sign = 1 - 2 * flow
    while state[0] > 0:
        state[0] -= 1
        state[1] += 1
        number, depth, found = state[1], depths[state[0]], -1
        path[depth] = stack[state[0]]
        hops_left = limit - 2 - depth
        x = root if depth == 0 else edges[8 * path[depth] + flow]
        bound = sign * edges[8 * path[depth] + 4] if depth > 0 else 2**40
        k = nodes[8 * x + flow]
        while k >= left and (flow == 1 or edges[8 * k + 4] >= floor):
            account, when = edges[8 * k + flow], sign * edges[8 * k + 4]
            y, fine = 8 * account, floor <= when < bound
            if fine and account == goal:
                if found < 0 or when > sign * edges[8 * found + 4]:
                    found = k
            elif fine and hops_left > 0 and nodes[y + 6] == number:
                slot = nodes[y + 7]
                if slot >= 0 and when > sign * edges[8 * stack[slot] + 4]:
                    stack[slot] = k
            elif fine and hops_left > 0 and account != root and when > floor:
                if floor > -(2**40) and hops_left == 1:
                    fine = nodes[y + 4] == stamp and sign * edges[8 * nodes[y + 5] + 4] < when
                for j in range(1, depth + 1):
                    fine = fine and edges[8 * path[j] + flow] != account
                if fine and nodes[y + 2 + flow] > hub:
                    nodes[y + 6], nodes[y + 7] = number, -1
                    state[2] += 1
                elif fine:
                    nodes[y + 6], nodes[y + 7] = number, state[0]
                    stack[state[0]], depths[state[0]] = k, depth + 1
                    state[0] += 1
            k = edges[8 * k + 2 + flow]
        if found >= 0:
            path[depth + 1] = found
            return int(depth) + 2
    return 0


@kernel
def _ring(search: Search, hops: int, net: Net, memory: Memory) -> None:
    """Write down the accounts from the receiver of the closing payment to its payer."""
    flow, root, goal, path, ring = search[0], search[1], search[2], memory[2], memory[4]
    for j in range(hops - 1):
        x = root if j == 0 else net[0][8 * path[j] + flow]
        ring[j if flow == 1 else hops - 1 - j] = x
    ring[hops - 1 if flow == 1 else 0] = goal


@kernel
def _between(payer: int, paid: int, left: int, net: Net, room: Codes) -> int:
    """List the window's payments from one account to another, newest first; return how many."""
    edges, nodes = net
    flow = 0 if nodes[8 * paid + 2] <= nodes[8 * payer + 3] else 1
    k = nodes[8 * paid] if flow == 0 else nodes[8 * payer + 1]
    wanted, found = payer if flow == 0 else paid, 0
    while k >= left:
        if edges[8 * k + flow] == wanted:
            room[found] = k
            found += 1
        k = edges[8 * k + 2 + flow]
    return found


@kernel
def _kept(before: int, after: int, low: int, high: int) -> bool:
    """Whether one amount is ``low`` to ``high`` permille of the one before, within int64."""
    least = before // 1000 * low + (before % 1000 * low + 999) // 1000
    most = before // 1000 * high + before % 1000 * high // 1000
    return before > 0 and least <= after <= most


@kernel
def _conserves(hops: int, closing: int, left: int, net: Net, money: Money, memory: Memory) -> bool:
    """Whether the cycle can be run through with every hop a plausible share of the one before.

    ``backwards``: time is turned round, so the one before in truth comes after here.
    """
    time, amount, low, high, hold, backwards = money
    edges, ring, listed, then, now = net[0], memory[4], memory[5], memory[6], memory[7]
    then[0], many = closing, 1
    for j in range(hops - 2, -1, -1):
        few = 0
        for n in range(_between(ring[j], ring[j + 1], left, net, listed)):
            k = listed[n]
            for m in range(many):
                f = then[m]
                before, after = (f, k) if backwards else (k, f)
                if (
                    edges[8 * k + 4] < edges[8 * f + 4]
                    and time[f] - time[k] <= hold
                    and _kept(amount[before], amount[after], low, high)
                ):
                    now[few] = k
                    few += 1
                    break
        then[:few] = now[:few]
        many = few
    return many > 0


@kernel
def _members(hops: int, closing: int, left: int, net: Net, memory: Memory) -> int:
    """List the payments that a way through the cycle can use; return how many."""
    edges, ring, listed, latest, found = net[0], memory[4], memory[5], memory[6], memory[7]
    last = edges[8 * closing + 4]
    for j in range(hops - 2, -1, -1):
        latest[j], best = last, -1
        for n in range(_between(ring[j], ring[j + 1], left, net, listed)):
            when = edges[8 * listed[n] + 4]
            if best < when < last:
                best = when
        last = best
    found[0], total, first = closing, 1, -1
    for j in range(hops - 1):
        best = latest[j]
        for n in range(_between(ring[j], ring[j + 1], left, net, listed)):
            when = edges[8 * listed[n] + 4]
            if first < when < latest[j]:
                found[total] = listed[n]
                total += 1
                best = min(best, when)
        first = best
    return total


@kernel
def _open(
    payer: int, paid: int, stamp: int, left: int, hub: int, net: Net, memory: Memory
) -> Search:
    """Begin the search for what a payment closes; its flow is -1 if both ends are hubs, else -2.

    Back from the payer, or on from the receiver where the payer is a hub; without hubs, from where
    there is less to look at.
    """
    received, made = net[1][8 * payer + 2], net[1][8 * paid + 3]
    flow = -2 if received == 0 or made == 0 else 0
    if flow == 0 and (received > hub or (8 * hub >= len(net[0]) and made < received)):
        flow = 1 if made <= hub else -1
    root, goal = (payer, paid) if flow == 0 else (paid, payer)
    floor = _start(flow, goal, stamp, left, hub, net, memory) if flow >= 0 else 0
    return flow, root, goal, stamp, left, floor


@kernel
def cycles_closed(
    asked: Integers,
    graph: Edges,
    amount: Integers,
    accounts: int,
    first: int,
    width: int,
    limit: int,
    hub: int,
    share: tuple[int, int, int],
    backwards: bool,
) -> tuple[Integers, Integers, Integers, Integers, Integers, Codes]:
    """Return what cycles of at most ``limit`` hops each asked edge closes.

    ``asked`` are rising numbers of edges; ``limit`` is 2 or more. ``share``: the least and the most
    permille a hop is of the one before, and the longest time between, for money to be conserved.

    Answers: hops of the shortest (0: none), how many, hops of the longest that conserves money,
    accounts skipped as hubs, and 1 where both ends are hubs. The last is of every edge from
    ``first`` on: the hops of the shortest cycle it takes part in that an asked edge closes.

    >>> cycles_closed(np.array([2]), (np.array([0, 1, 2], np.int32), np.array([1, 2, 0], np.int32),
    ...     np.array([1, 2, 3])), np.array([100, 90, 80]), 3, 0, 10, 6, 9, (700, 1050, 10), False)
    (array([3]), array([1]), array([3]), array([0]), array([0]), array([3, 3, 3], dtype=int32))
    """
    source, target, time = graph
    shortest, many, conserving = np.zeros_like(asked), np.zeros_like(asked), np.zeros_like(asked)
    skipped, hubs = np.zeros_like(asked), np.zeros_like(asked)
    member = np.zeros(max(asked[-1] + 1 - first, 0) if len(asked) > 0 else 0, np.int32)
    base, net = _net(time, asked, accounts, width)
    memory, ends = _memory(len(net[0]) // 8, limit, hub), np.zeros(3, np.int64)
    money = (time[base:], amount[base:], share[0], share[1], share[2], backwards)
    for n in range(len(asked)):
        e = asked[n]
        _slide(net, ends, graph, base, e - base, width)
        search = _open(source[e], target[e], n + 1, ends[0], hub, net, memory)
        hubs[n], memory[3][2] = search[0] == -1, 0
        hops = _advance(search, limit, hub, net, memory) if search[0] >= 0 else 0
        while hops > 0:
            many[n] += 1
            shortest[n] = hops if shortest[n] == 0 else min(shortest[n], hops)
            _ring(search, hops, net, memory)
            if hops > conserving[n] and _conserves(hops, e - base, ends[0], net, money, memory):
                conserving[n] = hops
            for m in range(_members(hops, e - base, ends[0], net, memory)):
                k = base + memory[7][m] - first
                if k >= 0 and (member[k] == 0 or hops < member[k]):
                    member[k] = hops
            hops = _advance(search, limit, hub, net, memory)
        skipped[n] = memory[3][2]
    return shortest, many, conserving, skipped, hubs, member


@kernel
def cycles_by_length(
    asked: Integers, graph: Edges, accounts: int, width: int, limit: int
) -> tuple[Integers, Integers]:
    """Count cycles by their hops, with no account left out as a hub.

    Tables of ``limit + 1`` columns, row by row: how many cycles of so many hops each asked edge
    closes; and, for every edge, in how many that asked edges close it can take part.

    >>> cycles_by_length(np.array([0, 1]), (np.array([0, 1], np.int32),
    ...                  np.array([1, 0], np.int32), np.array([1, 2])), 2, 10, 2)
    (array([0, 0, 0, 0, 0, 1]), array([0, 0, 1, 0, 0, 1]))
    """
    source, target, time = graph
    columns = limit + 1
    closed = np.zeros(len(asked) * columns, np.int64)
    part = np.zeros(len(time) * columns, np.int64)
    base, net = _net(time, asked, accounts, width)
    hub = len(net[0]) // 8
    memory, ends = _memory(hub, limit, hub), np.zeros(3, np.int64)
    for n in range(len(asked)):
        e = asked[n]
        _slide(net, ends, graph, base, e - base, width)
        search = _open(source[e], target[e], n + 1, ends[0], hub, net, memory)
        hops = _advance(search, limit, hub, net, memory) if search[0] >= 0 else 0
        while hops > 0:
            closed[n * columns + hops] += 1
            _ring(search, hops, net, memory)
            for m in range(_members(hops, e - base, ends[0], net, memory)):
                part[(base + memory[7][m]) * columns + hops] += 1
            hops = _advance(search, limit, hub, net, memory)
    return closed, part


@kernel
def _more(column: Integers, needed: int) -> Integers:
    """Return the column, or a copy with room for twice what is needed."""
    if needed <= len(column):
        return column
    return np.concatenate((column, np.empty(2 * needed - len(column), np.int64)))


@kernel
def cycles_listed(
    asked: Integers, graph: Edges, accounts: int, width: int, limit: int, hub: int
) -> tuple[Integers, Integers, Integers]:
    """List the cycles that the asked edges close, one entry a payment that can take part.

    Entries: the cycle's number, the edge, and which hop it is, from 1. A cycle's entries stand
    together, its closing payment first, the others hop by hop.

    >>> cycles_listed(np.array([1]), (np.array([0, 1], np.int32), np.array([1, 0], np.int32),
    ...               np.array([1, 2])), 2, 10, 6, 9)
    (array([0, 0]), array([1, 0]), array([2, 1]))
    """
    source, target, time = graph
    cycle, edge, hop = np.empty(64, np.int64), np.empty(64, np.int64), np.empty(64, np.int64)
    used, cycles = 0, 0
    base, net = _net(time, asked, accounts, width)
    memory, ends = _memory(len(net[0]) // 8, limit, hub), np.zeros(3, np.int64)
    for n in range(len(asked)):
        e = asked[n]
        _slide(net, ends, graph, base, e - base, width)
        search = _open(source[e], target[e], n + 1, ends[0], hub, net, memory)
        hops = _advance(search, limit, hub, net, memory) if search[0] >= 0 else 0
        while hops > 0:
            _ring(search, hops, net, memory)
            found, at = _members(hops, e - base, ends[0], net, memory), 0
            cycle, edge = _more(cycle, used + found), _more(edge, used + found)
            hop = _more(hop, used + found)
            for m in range(found):
                k = base + memory[7][m]
                while m > 0 and source[k] != memory[4][at]:
                    at += 1
                cycle[used + m], edge[used + m] = cycles, k
                hop[used + m] = at + 1 if m > 0 else hops
            used, cycles = used + found, cycles + 1
            hops = _advance(search, limit, hub, net, memory)
    return cycle[:used].copy(), edge[:used].copy(), hop[:used].copy()
