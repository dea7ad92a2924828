"""How far the counterparties of a window are from those of the window before it."""

import numpy as np
from numpy.typing import NDArray

from features.kernels.compile import kernel

Integers = NDArray[np.int64]
Codes = NDArray[np.int32]
Floats = NDArray[np.float64]


@kernel
def mix_shift_between(
    groups: Codes,
    low: Integers,
    middle: Integers,
    high: Integers,
    codes: Codes,
    count: int,
    logs: Integers,
) -> Floats:
    """Return the Jensen-Shannon divergence of the codes of ``low:middle`` and ``middle:high``.

    Each side weighs as many events as it has (Lin 1991, doi:10.1109/18.61115, eq. 5.1), and the
    result is divided by its largest possible value, the entropy of the two weights: 0 for the
    same shares, 1 for no code in common, NaN where a side is empty. ``logs[n]`` is ``n log2 n``
    in fixed point: sums of it are whole numbers, so no order of events can change a bit.

    >>> logs = np.array([0, 0, 2, 5, 8])
    >>> mix_shift_between(np.array([0, 0], np.int32), np.array([0, 0]), np.array([1, 2]),
    ...     np.array([2, 4]), np.array([3, 3, 5, 5], np.int32), 6, logs)
    array([0., 1.])
    """
    shifts = np.full(len(groups), np.nan)
    past = np.zeros(count, np.int64)
    recent = np.zeros(count, np.int64)
    group, first, cut, last, before, now = -1, 0, 0, 0, 0, 0
    apart = joined = 0
    for k in range(len(groups)):
        if groups[k] < 0:
            continue
        if groups[k] != group:
            for e in range(first, last):
                if codes[e] >= 0:
                    past[codes[e]] = recent[codes[e]] = 0
            group, before, now, apart, joined = groups[k], 0, 0, 0, 0
            first = cut = last = low[k]
        while last < high[k]:
            code = codes[last]
            last += 1
            if code >= 0:
                both = past[code] + recent[code]
                joined += logs[both + 1] - logs[both]
                apart += logs[recent[code] + 1] - logs[recent[code]]
                recent[code] += 1
                now += 1
        while cut < middle[k]:
            code = codes[cut]
            cut += 1
            if code >= 0:
                apart += logs[recent[code] - 1] - logs[recent[code]]
                apart += logs[past[code] + 1] - logs[past[code]]
                recent[code] -= 1
                past[code] += 1
                now -= 1
                before += 1
        while first < low[k]:
            code = codes[first]
            first += 1
            if code >= 0:
                both = past[code] + recent[code]
                joined += logs[both - 1] - logs[both]
                apart += logs[past[code] - 1] - logs[past[code]]
                past[code] -= 1
                before -= 1
        if now and before:
            largest = logs[now + before] - logs[now] - logs[before]
            shifts[k] = max(0.0, (largest - joined + apart) / largest)
    return shifts
