"""Split and re-converge: how many accounts pay one sink what one source had paid them.

A *gather leg* pays the sink. Its payer, the intermediary, remembers at an instant the *scatter
legs* that paid it: strictly earlier, less than ``width`` ago, and with no more than ``memory``
payments to it from then (own instant included) until now. The bound is a property of the two
payments and what lies between them, so it depends on nothing outside the window, and a leg is
forgotten for good. A source is *live* at a sink through an intermediary while that intermediary
remembers a scatter leg from it which has a later gather leg.

A source that no second intermediary of the sink remembers is live through one wherever it is met.
Most are such; only the others, the *shared* ones, are followed from leg to leg.
"""

import numpy as np
from numpy.typing import NDArray

from features.kernels.compile import kernel

Integers = NDArray[np.int64]
Codes = NDArray[np.int32]
Legs = tuple[Integers, Codes, Integers, Integers]
Told = tuple[Integers, Integers]
Task = tuple[int, int, int, int]
Spans = tuple[Integers, Integers, Integers, Integers]
Rule = tuple[int, int, int, int, int, bool]
Units = tuple[
    Integers, Integers, Integers, Integers, Integers, Integers, Integers, Integers, Integers
]
Met = tuple[Codes, Codes]


@kernel
def _later(time: Integers, low: int, high: int, target: int) -> int:
    """Return the first of ``low:high`` that is later than ``target``."""
    while low < high:
        middle = (low + high) // 2
        if time[middle] > target:
            high = middle
        else:
            low = middle + 1
    return low


@kernel
def _remembered(
    legs: Legs, account: int, now: int, width: int, memory: int
) -> tuple[int, int, bool]:
    """Return the range of payments an account remembers, and whether it has forgotten any."""
    starts, _, time, _ = legs
    past = _later(time, starts[account], starts[account + 1], now - 1)
    first, latest = past, max(past - memory, starts[account])
    while first > latest and time[first - 1] > now - width:
        first -= 1
    if first > latest or latest == starts[account] or time[latest - 1] <= now - width:
        return first, past, False
    while first < past and time[first] == time[latest - 1]:
        first += 1
    return first, past, True


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
def _room(capacity: int, live: Integers) -> Units:
    """Return arrays for the units of one sink: half as many as the hash table has slots.

    A unit is a source live through an intermediary: its key, its slot, until when it lives, when
    the heap looks at it, the heap, the leg that met it last, the units the legs met; then the
    table, and how many units each source has.
    """
    half = capacity // 2
    return (
        np.empty(half, np.int64),
        np.empty(half, np.int64),
        np.empty(half, np.int64),
        np.empty(half, np.int64),
        np.empty(half, np.int64),
        np.empty(half, np.int64),
        np.empty(half, np.int64),
        np.full(capacity, -1),
        live,
    )


@kernel
def _expire(
    now: int,
    size: int,
    heap: Integers,
    due: Integers,
    until: Integers,
    keys: Integers,
    live: Integers,
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
def _spans(count: int) -> Spans:
    """Return arrays for the legs of a sink: from and to where they look, place, units found."""
    return (
        np.empty(count, np.int64),
        np.empty(count, np.int64),
        np.empty(count, np.int64),
        np.empty(count, np.int64),
    )


@kernel
def _sweep(
    task: Task, spans: Spans, legs: Legs, rule: Rule, units: Units, through: Codes, told: Told
) -> None:
    """Follow the gather legs ``begin:end`` of a sink; answer those that have a place.

    One function on purpose: handing the arrays on for each leg took two thirds more time.
    """
    begin, end, sink, mask = task
    starts, other, time, amount = legs
    width, memory, pass_on, low, high, backwards = rule
    keys, homes, until, due, heap, seen, found, slots, live = units
    (first, past, place, filled), (best, sources) = spans, told
    used, size, count, done, together = 0, 0, 0, begin, 0
    for leg in range(begin, end):
        own, now, payer = leg - begin, time[leg], np.int64(other[leg])
        size = _expire(now, size, heap, due, until, keys, live)
        for p in range(first[own], past[own]):
            if p == first[own] or time[p] != time[p - 1]:
                together = p
            source = other[p]
            if through[source] >= 0 or now - time[p] > pass_on or source == sink:
                continue
            received, paid = (amount[leg], amount[p]) if backwards else (amount[p], amount[leg])
            if not _conserves(received, paid, low, high):
                continue
            over = time[p] + width
            if together + memory < starts[payer + 1]:
                over = min(over, time[together + memory] + 1)
            unit = _unit_of(payer << 32 | source, slots, mask, keys, homes, used)
            if unit == used or until[unit] <= now:
                until[unit] = due[unit] = over
                _push(heap, size, due, unit)
                size += 1
                live[source] += 1
            until[unit] = max(until[unit], over)
            if unit == used or seen[unit] != leg:
                seen[unit], found[count] = leg, unit
                count += 1
            used += unit == used
        filled[own] = count
        if leg + 1 < end and time[leg + 1] == now:
            continue
        met = 0
        for k in range(done - begin, leg + 1 - begin):
            for f in range(met, filled[k] if place[k] >= 0 else met):
                ways = live[keys[found[f]] & 0xFFFFFFFF]
                best[place[k]] = max(best[place[k]], ways)
                sources[place[k]] += ways > 1
            met = filled[k]
        done, count = leg + 1, 0
    for unit in range(used):
        slots[homes[unit]] = -1
        live[keys[unit] & 0xFFFFFFFF] = 0


@kernel
def _look(
    asked: Integers,
    a: int,
    b: int,
    task: tuple[int, int],
    spans: Spans,
    legs: Legs,
    rule: Rule,
    forgotten: Integers,
) -> None:
    """Note for each leg of a task what its payer remembers, and whether it is asked ``a:b``."""
    (begin, end), (first, past, place, _) = task, spans
    for leg in range(begin, end):
        own, payer, now = leg - begin, legs[1][leg], legs[2][leg]
        place[own] = -1
        first[own], past[own], lost = _remembered(legs, payer, now, rule[0], rule[1])
        if a < b and asked[a] == leg:
            place[own], forgotten[a] = a, lost
            a += 1


@kernel
def _meet(
    task: Task, spans: Spans, legs: Legs, rule: Rule, met: Met, best: Integers, conserving: Integers
) -> int:
    """Note through whom each source is met, -1 where it is shared; return how often such are.

    ``met`` is, for each account, the task that last met it as a source, and through whom. A leg
    that meets any is answered 1, and where one of the two conserves money.
    """
    (begin, end, sink, number), (first, past, place, _), (when, through) = task, spans, met
    _, other, time, amount = legs
    _, _, pass_on, low, high, backwards = rule
    shared = 0
    for leg in range(begin, end):
        payer, at = other[leg], place[leg - begin]
        for p in range(first[leg - begin], past[leg - begin]):
            source = other[p]
            if source == sink:
                continue
            if when[source] != number:
                when[source], through[source] = number, payer
            elif through[source] >= 0 and through[source] != payer:
                through[source], shared = -1, 1
            if at < 0:
                continue
            best[at] = 1
            if conserving[at] == 0 and time[leg] - time[p] <= pass_on:
                received, paid = (amount[leg], amount[p]) if backwards else (amount[p], amount[leg])
                conserving[at] = _conserves(received, paid, low, high)
    if shared == 0:
        return 0
    for leg in range(begin, end):
        for p in range(first[leg - begin], past[leg - begin]):
            shared += other[p] != sink and through[other[p]] < 0
    return shared


@kernel
def scatter_gather(
    asked: Integers,
    sinks: Codes,
    starts: Integers,
    other: Codes,
    time: Integers,
    amount: Integers,
    width: int,
    memory: int,
    pass_on: int,
    low: int,
    high: int,
    backwards: bool,
) -> tuple[Integers, Integers, Integers, Integers]:
    """Return what each asked gather leg completes: intermediaries, sources, the first conserving.

    The first is the most intermediaries through which one source is live at the leg's sink, among
    the sources live through the leg's own payer; the second how many of these are live through
    two or more. The third is the first where only a scatter leg counts that a gather leg, at most
    ``pass_on`` later, pays ``low`` to ``high`` permille of, and the leg itself is such a one. The
    fourth is 1 where the payer has forgotten a leg of the window.

    ``asked`` are rising positions in incoming adjacency, ``sinks`` the accounts paid there.
    ``backwards``: the graph is turned round, what is paid comes before what was received.

    >>> starts, other = np.array([0, 0, 1, 2, 4]), np.array([0, 0, 1, 2], np.int32)
    >>> times, amounts = np.array([1, 2, 4, 5]), np.array([9, 9, 9, 5])
    >>> scatter_gather(np.array([2, 3]), np.array([3, 3], np.int32), starts, other, times, amounts,
    ...                10, 8, 10, 800, 1020, False)
    (array([1, 2]), array([0, 1]), array([1, 0]), array([0, 0]))
    """
    best, sources, forgotten = np.zeros_like(asked), np.zeros_like(asked), np.zeros_like(asked)
    conserving, unused = np.zeros_like(asked), np.zeros_like(asked)
    live = np.zeros(len(starts) - 1, np.int64)
    met = np.zeros(len(starts) - 1, np.int32), np.zeros(len(starts) - 1, np.int32)
    units, spans = _room(64, live), _spans(32)
    legs, rule = (starts, other, time, amount), (width, memory, width, 0, 0, backwards)
    strict = (width, memory, pass_on, low, high, backwards)
    a, number = 0, 0
    while a < len(asked):
        sink, b = sinks[a], a + 1
        while b < len(asked) and sinks[b] == sink and time[asked[b]] - time[asked[b - 1]] < width:
            b += 1
        begin = _later(time, starts[sink], asked[a], time[asked[a]] - width)
        end = asked[b - 1] + 1
        while end < starts[sink + 1] and time[end] == time[end - 1]:
            end += 1
        if end - begin > len(spans[0]):
            spans = _spans(2 * (end - begin))
        _look(asked, a, b, (begin, end), spans, legs, rule, forgotten)
        a, number, capacity = b, number + 1, 64
        meeting = begin, end, sink, number
        need = _meet(meeting, spans, legs, strict, met, best, conserving)
        if need == 0:
            continue
        while capacity < 2 * need:
            capacity *= 2
        if capacity > len(units[7]):
            units = _room(capacity, live)
        task = begin, end, sink, capacity - 1
        _sweep(task, spans, legs, rule, units, met[1], (best, sources))
        _sweep(task, spans, legs, strict, units, met[1], (conserving, unused))
    return best, sources, conserving, forgotten
