"""Every kernel again, as slow and plain as its definition."""

from math import isnan, nan


def first_after(groups, targets, starts, times):
    """Count on from the group's start past all events not later than the target."""
    edges = []
    for group, target in zip(groups, targets, strict=True):
        if group < 0:
            edges.append(0)
            continue
        events = range(starts[group], starts[group + 1])
        edges.append(starts[group] + sum(1 for event in events if times[event] <= target))
    return edges


def edges_after(groups, anchors, shifts, starts, times):
    """Find the edges of one shift after the other."""
    found = []
    for shift in shifts:
        found += first_after(groups, [anchor + shift for anchor in anchors], starts, times)
    return found


def sieve_blocks(kept):
    """Count and write down the kept ones of each 64 events, as a signed number of 64 bits."""
    blocks = []
    for first in range(0, len(kept) + 1, 64):
        word = sum(2**k for k, one in enumerate(kept[first : first + 64]) if one)
        blocks += [sum(map(bool, kept[:first])), word - 2**64 if word >= 2**63 else word]
    return blocks


def sieve_of(bits, order):
    """Look up the bit of each event's row."""
    return sieve_blocks([bits[row // 8] >> 7 - row % 8 & 1 for row in order])


def kept_sums(kept, values, order):
    """Add up the kept events' values one after the other."""
    found = [0]
    for one, row in zip(kept, order, strict=True):
        found += [found[-1] + values[row]] if one else []
    return found


def kept_before(edges, kept):
    """Look at each event before."""
    return [sum(map(bool, kept[:edge])) for edge in edges]


def kept_counted(low, high, kept, position, count):
    """Count, then put in place."""
    return spread_whole(kept_between(low, high, kept), position, count)


def kept_summed(low, high, kept, values, position, count):
    """Add up, then put in place."""
    return spread_whole(kept_sum_between(low, high, kept, values), position, count)


def counted(low, high, position, count):
    """Count, then put in place."""
    return spread_whole([b - a for a, b in zip(low, high, strict=True)], position, count)


def summed(low, high, values, position, count):
    """Add up, then put in place."""
    return spread_whole(sum_between(low, high, values), position, count)


def met(values, low, high, held, unknown):
    """Judge one by one."""
    still = [one and low <= value < high for one, value in zip(held, values, strict=True)]
    return still, [one or isnan(value) for one, value in zip(unknown, values, strict=True)]


def chosen(values, held, unknown, otherwise):
    """Choose one by one."""
    found = [value if one else otherwise for value, one in zip(values, held, strict=True)]
    return [nan if one else value for value, one in zip(found, unknown, strict=True)]


def kept_between(low, high, kept):
    """Look at each event of each window."""
    windows = zip(low, high, strict=True)
    return [sum(1 for k in range(a, b) if kept[k]) for a, b in windows]


def kept_sum_between(low, high, kept, values):
    """Add up the kept events of each window."""
    windows = zip(low, high, strict=True)
    return [sum(int(values[k]) for k in range(a, b) if kept[k]) for a, b in windows]


def codes_at(codes, order):
    """Look each one up."""
    return [codes[row] for row in order]


def numbers_at(values, order):
    """Look each one up."""
    return codes_at(values, order)


def sums_at(values, order):
    """Add up the first 0, 1, 2... of them."""
    return [sum(values[row] for row in order[:k]) for k in range(len(order) + 1)]


def events_within(order, first, last):
    """Look at each event's row."""
    return [event for event, row in enumerate(order) if first <= row < last]


def anchors_within(starts, order, times, first, last):
    """Look up what is told of each of the events."""
    events = events_within(order, first, last)
    rows = [order[event] - first for event in events]
    return rows, [_group(starts, event) for event in events], [times[event] for event in events]


def quotient(upper, lower, scale):
    """Divide one by one."""
    return [
        scale * one / other if other > 0 else nan for one, other in zip(upper, lower, strict=True)
    ]


def turnover(one, other):
    """Divide one by one."""
    return [
        min(pair) / max(pair) if max(pair) > 0 and not any(map(isnan, pair)) else nan
        for pair in zip(one, other, strict=True)
    ]


def spread_parts(values, position, count):
    """Put them one by one."""
    return spread_whole(values, position, count)


def spread_whole(values, position, count):
    """Look for the value of each place."""
    found = dict(zip(position, values, strict=True))
    return [float(found.get(place, "nan")) for place in range(count)]


def sum_between(low, high, values):
    """Add up the events of each window."""
    return [sum(int(values[k]) for k in range(a, b)) for a, b in zip(low, high, strict=True)]


def distinct_between(low, high, codes, position, count):
    """Put each window's known codes into a set."""
    windows = (range(a, b) for a, b in zip(low, high, strict=True))
    found = [len({codes[k] for k in window if codes[k] >= 0}) for window in windows]
    return spread_whole(found, position, count)


def largest_between(low, high, values):
    """Take the maximum of each window."""
    windows = (range(a, b) for a, b in zip(low, high, strict=True))
    return [max((values[k] for k in window), default=-1) for window in windows]


def alike_ranges(amounts, low, high):
    """Divide by a thousand in exact whole numbers: up for the least, down for the most."""
    whole = [int(amount) for amount in amounts]
    least = [max(-(-amount * low // 1000), 1) for amount in whole]
    return least, [amount * high // 1000 for amount in whole]


def alike_between(low, high, values, smallest, largest):
    """Look at each event of each window."""
    counts = []
    for a, b, bottom, top in zip(low, high, smallest, largest, strict=True):
        counts.append(sum(1 for k in range(a, b) if bottom <= values[k] <= top))
    return counts


def group_starts(groups, count):
    """Count the rows of all lower groups."""
    return [sum(1 for group in groups if 0 <= group < g) for g in range(count + 1)]


def grouped_order(groups):
    """Sort the rows that have a group by it, else as they are."""
    return sorted((k for k in range(len(groups)) if groups[k] >= 0), key=lambda k: (groups[k], k))


def linked(codes, starts):
    """Look back and ahead event by event; the codes are those of the events."""
    size, every = len(codes), range(len(codes))
    previous = [
        _nearest(codes, starts, k, every[k - 1 :: -1] if k else (), -1, size) for k in every
    ]
    return previous, [_nearest(codes, starts, k, every[k + 1 :], size, -1) for k in every]


def numbered(codes, starts, order, rows):
    """Number pairs of group and code as they come, and give each row its pair's number."""
    pairs = [(_group(starts, k), codes[k]) if codes[k] >= 0 else None for k in _all(codes)]
    numbers = {pair: number for number, pair in enumerate(dict.fromkeys(filter(None, pairs)))}
    found = [-1] * rows
    for k, pair in enumerate(pairs):
        found[order[k]] = numbers.get(pair, -1)
    return found


def turned(near, far, numbers):
    """Look for a row between the same two that runs the other way."""
    ends = list(zip(near, far, strict=True))
    back = {pair: number for pair, number in zip(ends, numbers, strict=True) if -1 not in pair}
    return [back.get((b, a), -1) if -1 not in {a, b} else -1 for a, b in ends]


def merged_times(groups):
    """Sort the times of both ledgers, group by group: each group a pair of lists."""
    return [sorted((*one, *other)) for one, other in groups]


def quiet_times(times, starts, horizon, since, unknown):
    """Compare with the time before, if there is one."""
    found = []
    for time, earlier in zip(times, earlier_time(times, starts, -(10**9)), strict=True):
        never = unknown if time - horizon < since else horizon
        found.append(time - earlier if time - earlier < horizon else never)
    return found


def earlier_time(times, starts, none):
    """Take the latest of the group's strictly earlier times."""
    found = []
    for k in _all(times):
        group = [m for m in _all(times) if _group(starts, m) == _group(starts, k)]
        found.append(max((times[m] for m in group if times[m] < times[k]), default=none))
    return found


def newly_met(times, order, starts, codes, horizon):
    """Look whether a row's group has any of its code in the time before it."""
    found = [False] * len(codes)
    for k, row in enumerate(order):
        group = [m for m in _all(times) if _group(starts, m) == _group(starts, k)]
        met = [times[m] for m in group if codes[order[m]] == codes[row]]
        recent = any(times[k] - horizon < time < times[k] for time in met)
        found[row] = codes[row] >= 0 and not recent
    return found


def _nearest(codes, starts, k, others, none, outside):
    if codes[k] < 0:
        return outside
    for other in others:
        if codes[other] == codes[k] and _group(starts, other) == _group(starts, k):
            return other
    return none


def _group(starts, event):
    return max(g for g in range(len(starts) - 1) if starts[g] <= event)


def _all(events):
    return range(len(events))
