"""Split and re-converge: how many accounts pay one sink what one source had paid them.

A *gather leg* pays the sink. Its payer, the intermediary, remembers at an instant the *scatter
legs* that paid it: strictly earlier, less than ``width`` ago, and with no more than ``memory``
payments to it from then (own instant included) until now. The bound is a property of the two
payments and what lies between them, so it depends on nothing outside the window, and a leg is
forgotten for good. A source is *live* at a sink through an intermediary while that intermediary
remembers a scatter leg from it which has a later gather leg.

What intermediaries remember is noted in time order. A source that two intermediaries of the sink
may remember at a time is *shared*. Others are live through one wherever they are met; only the
shared ones are followed from leg to leg.

``step`` is 1, or -1 where time runs back and who pays and is paid have changed places: then lists
are walked from their end, and an instant is minus a time.
"""

import numpy as np
from numpy.typing import NDArray

from features.kernels.compile import kernel

Integers = NDArray[np.int64]
Codes = NDArray[np.int32]
Edges = tuple[Codes, Codes, Integers]
Legs = tuple[Integers, Codes, Integers, Integers, Codes]
Noted = tuple[Codes, Codes, Codes]
Runs = tuple[Codes, Codes, Codes, Codes, Integers, Codes]
Told = tuple[Codes, Codes]
Task = tuple[int, int, int, int, int]
Rule = tuple[int, int, int, int, int, int]
Units = tuple[Integers, Integers, Integers, Integers, Integers, Integers, Integers, Integers, Codes]
Met = tuple[Codes, Codes, Integers]


@kernel
def _later(time: Integers, low: int, target: int) -> int:
    """Return the first from ``low`` on that is later than ``target``."""
    high = len(time)
    while low < high:
        middle = (low + high) // 2
        if time[middle] > target:
            high = middle
        else:
            low = middle + 1
    return low


@kernel
def _conserves(received: int, paid: int, low: int, high: int) -> bool:
    """Whether ``low <= 1000 * paid / received <= high``, exactly; any where ``high`` is 0."""
    if high == 0:
        return True
    if received < 2**52 and paid < 2**52:  # ten times as fast, where nothing can overflow
        return low * received <= 1000 * paid <= high * received
    least = -(-received // 1000 * low + -received % 1000 * low // 1000)
    return least <= paid <= received // 1000 * high + received % 1000 * high // 1000


@kernel
def _unit_of(
    key: int, slots: Integers, mask: int, keys: Integers, homes: Integers, used: int
) -> int:
    """Return the number of a key in an open hash table; the next unused one where it is new."""
    mixed = key * 0x9E3779B97F4A7C1
    slot = (mixed ^ (mixed >> 31)) & mask
    while slots[slot] >= 0:
        unit: int = slots[slot]
        if keys[unit] == key:
            return unit
        slot = (slot + 1) & mask
    slots[slot], keys[used], homes[used] = used, key, slot
    return used


@kernel
def _push(heap: Integers, size: int, due: Integers, unit: int) -> None:
    """Put a unit into a heap whose first is the one due first."""
    place = size
    while place > 0 and due[heap[(place - 1) // 2]] > due[unit]:
        heap[place] = heap[(place - 1) // 2]
        place = (place - 1) // 2
    heap[place] = unit


@kernel
def _replace(heap: Integers, size: int, due: Integers, unit: int) -> None:
    """Put a unit where the heap's first was, and let it sink to its place."""
    place = 0
    while 2 * place + 1 < size:
        below = 2 * place + 1
        if below + 1 < size and due[heap[below + 1]] < due[heap[below]]:
            below += 1
        if due[heap[below]] >= due[unit]:
            break
        heap[place] = heap[below]
        place = below
    heap[place] = unit


@kernel
def _empty(size: int) -> Integers:
    return np.empty(size, np.int64)


@kernel
def _room(capacity: int, live: Codes) -> Units:
    """Return arrays for the units of one sink: half as many as the hash table has slots.

    A unit is a source live through an intermediary: its key, its slot, until when it lives, when
    the heap looks at it, the heap, the leg that met it last, the units the legs met; then the
    table, and how many units each source has.
    """
    half = capacity // 2
    keys, homes, until = _empty(half), _empty(half), _empty(half)
    due, heap, seen, found = _empty(half), _empty(half), _empty(half), _empty(half)
    return keys, homes, until, due, heap, seen, found, np.full(capacity, -1), live


@kernel
def _expire(
    now: int,
    size: int,
    heap: Integers,
    due: Integers,
    until: Integers,
    keys: Integers,
    live: Codes,
) -> int:
    """Take the units that are over out of the heap and off their sources; return its size."""
    while size and due[heap[0]] <= now:
        unit = heap[0]
        if until[unit] > due[unit]:
            due[unit] = until[unit]
            _replace(heap, size, due, unit)
            continue
        live[keys[unit] & 0xFFFFFFFF] -= 1
        size -= 1
        _replace(heap, size, due, heap[size])
    return size


@kernel
def _sweep(
    task: Task, runs: Runs, legs: Legs, rule: Rule, units: Units, through: Codes, told: Told
) -> None:
    """Follow a run of gather legs into a sink, and answer them.

    One function on purpose: handing the arrays on for each leg took two thirds more time.
    """
    first, last, begin, sink, mask = task
    (which, front, many, middle, when, filled), (starts, other, time, amount, places) = runs, legs
    width, memory, pass_on, low, high, step = rule
    keys, homes, until, due, heap, seen, found, slots, live = units
    best, sources = told
    used, alive, count, done, together = 0, 0, 0, first, 0
    for k in range(first, last):
        now, payer, own = step * when[k], np.int64(middle[k]), amount[places[begin + which[k]]]
        alive = _expire(now, alive, heap, due, until, keys, live)
        for n in range(many[k]):
            p = front[k] + step * n
            if n == 0 or time[p] != time[p - step]:
                together = p
            source = other[p]
            if through[source] >= 0 or now - step * time[p] > pass_on or source == sink:
                continue
            received, paid = (amount[p], own) if step > 0 else (own, amount[p])
            if not _conserves(received, paid, low, high):
                continue
            over, bound = step * time[p] + width, together + step * memory
            if starts[payer] <= bound < starts[payer + 1]:
                over = min(over, step * time[bound] + 1)
            unit = _unit_of(payer << 32 | source, slots, mask, keys, homes, used)
            if unit == used or until[unit] <= now:
                until[unit] = due[unit] = over
                _push(heap, alive, due, unit)
                alive += 1
                live[source] += 1
            until[unit] = max(until[unit], over)
            if unit == used or seen[unit] != k:
                seen[unit], found[count] = k, unit
                count += 1
            used += unit == used
        filled[k] = count
        if k + 1 < last and step * when[k + 1] == now:
            continue
        f = 0
        for m in range(done, k + 1):
            while f < filled[m]:
                ways = live[keys[found[f]] & 0xFFFFFFFF]
                best[which[m]] = max(best[which[m]], ways)
                sources[which[m]] += ways > 1
                f += 1
        done, count = k + 1, 0
    for unit in range(used):
        slots[homes[unit]] = -1
        live[keys[unit] & 0xFFFFFFFF] = 0


@kernel
def _meet(task: Task, runs: Runs, other: Codes, width: int, step: int, met: Met) -> int:
    """Note through whom each source is met, -1 where it is shared; return how often such are.

    ``met`` is, for each account, the run that last met it as a source, through whom, and until when
    that may live.
    """
    (first, last, _, sink, number), (when, through, until) = task, met
    (_, front, many, middle, time, _), shared = runs, 0
    for k in range(first, last):
        payer, now = middle[k], step * time[k]
        for n in range(many[k]):
            source = other[front[k] + step * n]
            if source == sink or (when[source] == number and through[source] < 0):
                continue
            if when[source] == number and through[source] != payer and until[source] > now:
                through[source], shared = -1, 1
                continue
            when[source], through[source], until[source] = number, payer, now + width
    if shared == 0:
        return 0
    for k in range(first, last):
        for n in range(many[k]):
            source = other[front[k] + step * n]
            shared += source != sink and through[source] < 0
    return shared


@kernel
def _remembered(a: int, b: int, time: Integers, memory: int, step: int) -> tuple[int, int, bool]:
    """Return the first of payments ``a:b`` that is remembered, how many are, and if not all."""
    if b - a <= memory:
        return (a if step > 0 else b - 1), b - a, False
    if step > 0:
        a = b - memory
        while a < b and time[a] == time[b - memory - 1]:
            a += 1
        return a, b - a, True
    b = a + memory
    while b > a and time[b - 1] == time[a + memory]:
        b -= 1
    return b - 1, b - a, True


@kernel
def _note(
    begin: int,
    edges: Edges,
    legs: Legs,
    rule: Rule,
    noted: Noted,
    told: tuple[Codes, Codes, Codes],
) -> int:
    """Note what the payers of gather legs from ``begin`` on remember: from where, how many.

    Only legs that meet a source are noted, in order; told is how many. Such a leg is answered 1,
    and where one of the two conserves money.
    """
    (middle, end, time), (which, front, many), (best, conserving, forgotten) = edges, noted, told
    _, other, when, amount, places = legs
    width, memory, pass_on, low, high, step = rule
    back, on = (width, -1) if step > 0 else (0, width - 1)
    ranges, first, last, count = np.zeros(2 * len(legs[0]), np.int32), 0, 0, 0
    for e in range(begin, begin + len(best)):
        while first < last and time[first] <= time[e] - back:
            ranges[2 * end[first]] += 1
            first += 1
        if first == last:
            first = last = _later(time, last, time[e] - back)
        while last < len(time) and time[last] <= time[e] + on:
            if ranges[2 * end[last]] == ranges[2 * end[last] + 1]:
                ranges[2 * end[last]] = places[last]
            ranges[2 * end[last] + 1] = places[last] + 1
            last += 1
        i, a, b = e - begin, ranges[2 * middle[e]], ranges[2 * middle[e] + 1]
        if a == b:
            continue
        front[count], many[count], forgotten[i] = _remembered(a, b, when, memory, step)
        own = amount[places[e]]
        for n in range(many[count]):
            p = front[count] + step * n
            if other[p] == end[e]:
                continue
            best[i] = 1
            if conserving[i] == 0 and step * (time[e] - when[p]) <= pass_on:
                received, paid = (amount[p], own) if step > 0 else (own, amount[p])
                conserving[i] = _conserves(received, paid, low, high)
        which[count] = i
        count += best[i]
    return count


@kernel
def _settle(
    task: Task,
    runs: Runs,
    legs: Legs,
    rule: Rule,
    units: Units,
    met: Met,
    told: tuple[Codes, Codes, Codes],
) -> Units:
    """Count the intermediaries of shared sources in a run of gather legs; return roomier units."""
    (first, last, begin, sink, _), (width, memory, _, _, _, step) = task, rule
    need = _meet(task, runs, legs[1], width, step, met)
    if need == 0:
        return units
    capacity = 64
    while capacity < 2 * need:
        capacity *= 2
    if capacity > len(units[7]):
        units = _room(capacity, units[8])
    task, loose = (first, last, begin, sink, capacity - 1), (width, memory, width, 0, 0, step)
    best, sources, conserving = told
    _sweep(task, runs, legs, rule, units, met[1], (conserving, sources))
    for k in range(first, last):  # sources of conserving legs are not asked for
        sources[runs[0][k]] = 0
    _sweep(task, runs, legs, loose, units, met[1], (best, sources))
    return units


@kernel
def _by_sink(
    noted: Noted, count: int, begin: int, edges: Edges, accounts: int, step: int
) -> tuple[Runs, Codes]:
    """Return what is noted of legs end to end by sink, in order, and where each sink ends.

    A leg's number less ``begin``, what its payer remembers, the payer, the time, and room.
    """
    (which, front, many), (middle, end, time) = noted, edges
    ends = np.zeros(accounts + 1, np.int32)
    for c in range(count):
        ends[end[begin + which[c]] + 1] += 1
    for v in range(accounts):
        ends[v + 1] += ends[v]
    legs, froms = np.empty(count, np.int32), np.empty(count, np.int32)
    numbers, room = np.empty(count, np.int32), np.empty(count, np.int32)
    payers, times = np.empty(count, np.int32), np.empty(count, np.int64)
    for n in range(count):
        c = n if step > 0 else count - 1 - n
        edge = begin + which[c]
        k = ends[end[edge]]
        ends[end[edge]] += 1
        legs[k], froms[k], numbers[k] = which[c], front[c], many[c]
        payers[k], times[k] = middle[edge], time[edge]
    return (legs, froms, numbers, payers, times, room), ends


@kernel
def _span(first: int, last: int, time: Integers, width: int, step: int) -> tuple[int, int]:
    """Return the edges that have a part in what ``first:last`` are told."""
    if first == last:
        return first, last
    if step > 0:
        return _later(time, 0, time[first] - width), _later(time, last, time[last - 1])
    return _later(time, 0, time[first] - 1), _later(time, last, time[last - 1] + width - 1)


@kernel
def scatter_gather(
    first: int, last: int, edges: Edges, legs: Legs, rule: Rule
) -> tuple[Codes, Codes, Codes, Codes]:
    """Return what gather legs ``first:last`` complete: intermediaries, sources, conserving, lost.

    The first answer is the most intermediaries through which one source is live at the leg's sink,
    among the sources live through the leg's own payer; the second how many of these are live
    through two or more. The third is the first where only a scatter leg counts that a gather leg,
    at most ``pass_on`` later, pays ``low`` to ``high`` permille of, and the leg itself is such a
    one. The fourth is 1 where the payer has forgotten a leg of the window.

    ``edges`` are in time order: who pays, who is paid, when. ``legs`` are the same end to end by
    who is paid: starts, who pays, time, amount, and where each edge lies, by its number. ``rule``
    is width, memory, pass_on, low, high, step; where the step is -1, who pays and who is paid are
    given the other way round, and what is paid comes before what was received.

    >>> source, target = np.array([0, 0, 1, 2], np.int32), np.array([1, 2, 3, 3], np.int32)
    >>> times, places = np.array([1, 2, 4, 5]), np.arange(4, dtype=np.int32)
    >>> legs = np.array([0, 0, 1, 2, 4]), source, times, np.array([9, 9, 9, 5]), places
    >>> scatter_gather(2, 4, (source, target, times), legs, (10, 8, 10, 800, 1020, 1))[0]
    array([1, 2], dtype=int32)
    """
    time, accounts, width, step = edges[2], len(legs[0]) - 1, rule[0], rule[5]
    begin, stop = _span(first, last, time, width, step)
    best, sources = np.zeros(stop - begin, np.int32), np.zeros(stop - begin, np.int32)
    conserving, forgotten = np.zeros_like(best), np.zeros_like(best)
    noted = np.empty_like(best), np.empty_like(best), np.empty_like(best)
    count = _note(begin, edges, legs, rule, noted, (best, conserving, forgotten))
    runs, ends = _by_sink(noted, count, begin, edges, accounts, step)
    met = np.zeros(accounts, np.int32), np.zeros(accounts, np.int32), np.zeros(accounts, np.int64)
    units, number, n, when = _room(64, np.zeros(accounts, np.int32)), 0, 0, runs[4]
    for v in range(accounts):
        while n < ends[v]:
            since, n = n, n + 1
            while n < ends[v] and step * (when[n] - when[n - 1]) < width:
                n += 1
            if n - since > 1:
                number += 1
                task, told = (since, n, begin, v, number), (best, sources, conserving)
                units = _settle(task, runs, legs, rule, units, met, told)
    low, high = first - begin, last - begin
    return best[low:high], sources[low:high], conserving[low:high], forgotten[low:high]
