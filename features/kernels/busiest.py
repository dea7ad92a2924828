"""How many events a span of time holds, and the most that any span of a window does."""

import numpy as np
from numpy.typing import NDArray

from features.kernels.ahead import fetch_ahead
from features.kernels.compile import kernel

Integers = NDArray[np.int64]
Codes = NDArray[np.int32]
Counts = NDArray[np.int32]


@kernel
def span_counts(starts: Integers, times: Integers, span: int) -> Counts:
    """Count, for each event at ``t``, the events of its group in ``(t - span, t]``.

    >>> span_counts(np.array([0, 3, 4]), np.array([1, 5, 5, 5]), 4)
    array([1, 2, 2, 1], dtype=int32)
    """
    counts = np.empty(len(times), np.int32)
    for g in range(len(starts) - 1):
        low = high = starts[g]
        for k in range(starts[g], starts[g + 1]):
            while high < starts[g + 1] and times[high] <= times[k]:
                high += 1
            while times[low] <= times[k] - span:
                low += 1
            counts[k] = high - low
    return counts


@kernel
def _most(counts: Counts, low: int, high: int) -> int:
    """Return the largest of ``low:high``, at least 0."""
    window = counts[low:high]
    most = np.int32(0)
    for k in range(len(window)):
        most = max(most, window[k])
    return int(most)


@kernel
def most_between(groups: Codes, low: Codes, high: Codes, counts: Counts) -> Integers:
    """Return the largest count among each anchor's events ``low:high``, or 0 where none is.

    Of a long window, the largest of each run of 64 events is found once and kept.

    >>> most_between(np.array([0, 0], np.int32), np.array([0, 1]), np.array([2, 3]),
    ...              np.array([7, 2, 3], np.int32))
    array([7, 3])
    """
    most = np.empty(len(groups), np.int64)
    peaks = np.empty(len(counts) // 64 + 1, np.int32)
    ready_from = ready_to = asked = 0
    for k in range(len(groups)):
        asked = fetch_ahead(groups, low, high, counts, asked, k)
        first, last = (low[k] + 63) // 64, high[k] // 64
        if last <= first:
            most[k] = _most(counts, low[k], high[k])
            continue
        if first < ready_from or first > ready_to:
            ready_from, ready_to = first, first
        while ready_to < last:
            peaks[ready_to] = _most(counts, 64 * ready_to, 64 * ready_to + 64)
            ready_to += 1
        ends = max(_most(counts, low[k], 64 * first), _most(counts, 64 * last, high[k]))
        most[k] = max(ends, _most(peaks, first, last))
    return most
