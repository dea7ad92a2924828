"""How far the counterparties of a window are from those of the window before it."""

import numpy as np
from numpy.typing import NDArray

from features.kernels.ahead import fetch_ahead
from features.kernels.compile import kernel

Integers = NDArray[np.int64]
Codes = NDArray[np.int32]
Counts = NDArray[np.int32]
Floats = NDArray[np.float64]
Logs = tuple[int, int]


@kernel
def numbered_apart(previous: Codes, starts: Integers) -> Codes:
    """Number each group's counterparties from 0 on, in the order of their first events.

    ``previous`` links events of the same counterparty, as ``linked`` does; those of no
    known counterparty get -1. Numbers are as small as can be, and so are tables of them.

    >>> numbered_apart(np.array([-1, -1, 0, 5, -1], np.int32), np.array([0, 4, 5]))
    array([ 0,  1,  0, -1,  0], dtype=int32)
    """
    count = len(previous)
    numbers = np.empty(count, np.int32)
    for g in range(len(starts) - 1):
        found = np.int32(0)
        for k in range(starts[g], starts[g + 1]):
            if previous[k] == count:
                numbers[k] = -1
            elif previous[k] < 0:
                numbers[k] = found
                found += 1
            else:
                numbers[k] = numbers[previous[k]]
    return numbers


@kernel
def _come(counts: Counts, place: int, logs: Integers) -> Logs:
    """Count one more, and return by how much that raises the logs of its side, and of both."""
    own, both = counts[place], counts[place] + counts[place ^ 1]
    counts[place] = own + 1
    return logs[own + 1] - logs[own], logs[both + 1] - logs[both]


@kernel
def _gone(counts: Counts, place: int, logs: Integers) -> Logs:
    """Count one less, and return by how much that changes the logs."""
    own, both = counts[place], counts[place] + counts[place ^ 1]
    counts[place] = own - 1
    return logs[own - 1] - logs[own], logs[both - 1] - logs[both]


@kernel
def _counted(codes: Codes, low: int, high: int, side: int, counts: Counts, top: int) -> int:
    """Count the codes of ``low:high`` on one side, and return the largest, at least ``top``."""
    for e in range(low, high):
        counts[2 * codes[e] + side] += 1
        top = max(top, int(codes[e]))
    return top


@kernel
def _weighed(counts: Counts, top: int, logs: Integers) -> Logs:
    """Return the sums of logs of all counts: of each side by itself, and of both together."""
    apart = joined = 0
    for code in range(top + 1):
        past, recent = counts[2 * code], counts[2 * code + 1]
        apart += logs[past] + logs[recent]
        joined += logs[past + recent]
    return apart, joined


@kernel
def mix_shift_between(
    groups: Codes,
    low: Codes,
    middle: Codes,
    high: Codes,
    codes: Codes,
    count: int,
    logs: Integers,
) -> Floats:
    """Return the Jensen-Shannon divergence of the codes of ``low:middle`` and ``middle:high``.

    Each side weighs as many events as it has (Lin 1991, doi:10.1109/18.61115, eq. 5.1), and the
    result is divided by its largest possible value, the entropy of the two weights: 0 for the
    same shares, 1 for no code in common, NaN where a side is empty. ``logs[n]`` is ``n log2 n``
    in fixed point: sums of it are whole numbers, so no order of events can change a bit. Codes
    are below ``count``, and -1 is none; only those of the same group are compared.

    >>> logs = np.array([0, 0, 2, 5, 8])
    >>> mix_shift_between(np.array([0, 0], np.int32), np.array([0, 0]), np.array([1, 2]),
    ...     np.array([2, 4]), np.array([1, 1, 0, 0], np.int32), 2, logs)
    array([0., 1.])
    """
    shifts = np.full(len(groups), np.nan)
    # Of each code, how often it comes before the middle and after; in the end, those of none: -1.
    counts = np.zeros(2 * count + 2, np.int32)
    group, first, cut, last, top, asked = -1, 0, 0, 0, -1, 0
    before = now = apart = joined = 0
    for k in range(len(groups)):
        asked = fetch_ahead(groups, low, high, codes, asked, k)
        if groups[k] != group or low[k] >= last:
            counts[: 2 * top + 2] = 0
            counts[-2:] = 0
            group, first, cut, last = groups[k], low[k], middle[k], high[k]
            top = _counted(codes, first, cut, 0, counts, -1)
            top = _counted(codes, cut, last, 1, counts, top)
            before, now = cut - first - counts[-2], last - cut - counts[-1]
            apart, joined = _weighed(counts, top, logs)
        while last < high[k]:
            if codes[last] >= 0:
                own, both = _come(counts, 2 * codes[last] + 1, logs)
                now, apart, joined = now + 1, apart + own, joined + both
                top = max(top, int(codes[last]))
            last += 1
        while cut < middle[k]:
            if codes[cut] >= 0:
                own, both = _gone(counts, 2 * codes[cut] + 1, logs)
                now, apart, joined = now - 1, apart + own, joined + both
                own, both = _come(counts, 2 * codes[cut], logs)
                before, apart, joined = before + 1, apart + own, joined + both
            cut += 1
        while first < low[k]:
            if codes[first] >= 0:
                own, both = _gone(counts, 2 * codes[first], logs)
                before, apart, joined = before - 1, apart + own, joined + both
            first += 1
        if now and before:
            largest = logs[now + before] - logs[now] - logs[before]
            shifts[k] = max(0.0, (largest - joined + apart) / largest)
    return shifts
