"""How many events in a window have an amount in a range of the anchor's own."""

import numpy as np
from numpy.typing import NDArray

from features.kernels.ahead import fetch_ahead
from features.kernels.compile import kernel

Integers = NDArray[np.int64]
Codes = NDArray[np.int32]


@kernel
def _within(values: Integers, low: int, high: int, smallest: int, largest: int) -> int:
    """Count the values ``low:high`` in a range, one by one."""
    window = values[low:high]
    count = np.int64(0)
    for k in range(len(window)):
        count += np.int64((window[k] >= smallest) & (window[k] <= largest))
    return int(count)


@kernel
def _bin(value: int, bins: int) -> int:
    """Return a value's bin: a higher value never has a lower one.

    64 bins for each doubling, from the leading bits of the value as a float.
    """
    if value <= 0:
        return 0
    leading = np.float64(value).view(np.int64) >> 46
    return min(int(leading) - (1023 << 6) + 1, bins - 1)


@kernel
def _fill(values: Integers, low: int, high: int, begins: Codes, binned: Integers) -> None:
    """Lay the values ``low:high`` end to end by bin, each bin's in their order."""
    bins = len(begins) - 1
    begins[:] = 0
    for k in range(low, high):
        begins[_bin(values[k], bins) + 1] += 1
    for b in range(bins):
        begins[b + 1] += begins[b]
    for k in range(high - 1, low - 1, -1):
        b = _bin(values[k], bins) + 1
        begins[b] -= 1
        binned[begins[b]] = values[k]
    begins[:-1] = begins[1:]
    begins[bins] = high - low


@kernel
def _in_bins(
    heads: Codes, tails: Codes, binned: Integers, first: int, last: int, smallest: int, largest: int
) -> int:
    """Count what lies in a range: whole bins between its ends, the bins of its ends one by one."""
    count = _within(binned, heads[first], tails[first], smallest, largest)
    if last > first:
        count += _within(binned, heads[last], tails[last], smallest, largest)
    for b in range(first + 1, last):
        count += tails[b] - heads[b]
    return count


@kernel
def _long(low: Codes, high: Codes, first: int, last: int) -> bool:
    """Say whether the windows of a group's anchors are too long to count one by one."""
    total = 0
    for k in range(first, last):
        total += high[k] - low[k]
    least: int = 200 * (high[last - 1] - low[first]) + 750 * (last - first)
    return total > least


@kernel
def alike_ranges(amounts: Integers, low: int, high: int) -> tuple[Integers, Integers]:
    """Return the least whole amount, at least 1, that is ``low`` permille of each, and the most.

    Without passing int64: thousands and what is left of them are multiplied apart.

    >>> alike_ranges(np.array([1999, 0]), 800, 1020)
    (array([1600,    1]), array([2038,    0]))
    """
    smallest, largest = np.empty(len(amounts), np.int64), np.empty(len(amounts), np.int64)
    for k in range(len(amounts)):
        whole, rest = amounts[k] // 1000, amounts[k] % 1000
        smallest[k] = max(int(whole * low + (rest * low + 999) // 1000), 1)
        largest[k] = whole * high + rest * high // 1000
    return smallest, largest


@kernel
def alike_between(
    groups: Codes,
    low: Codes,
    high: Codes,
    values: Integers,
    smallest: Integers,
    largest: Integers,
) -> Integers:
    """Count each anchor's events ``low:high`` with ``smallest <= value <= largest``.

    One by one where windows are short. Of a hub, the values of the window are kept in bins of about
    1 %, so that only those in the bins of both ends of a range are looked at.

    >>> alike_between(np.array([0], np.int32), np.array([0]), np.array([3]),
    ...               np.array([10, 20, 30]), np.array([15]), np.array([30]))
    array([2])
    """
    counts = np.zeros(len(groups), np.int64)
    bins = 64 * 63 + 2
    begins = np.empty(bins + 1, np.int32)
    heads, tails = np.empty(bins, np.int32), np.empty(bins, np.int32)
    binned = np.empty(len(values), np.int64)
    first = asked = 0
    while first < len(groups):
        asked = fetch_ahead(groups, low, high, values, asked, first)
        last = first + 1
        while last < len(groups) and groups[last] == groups[first]:
            last += 1
        binning = groups[first] >= 0 and _long(low, high, first, last)
        left = right = low[first]
        if binning:
            _fill(values, low[first], high[last - 1], begins, binned)
            heads[:] = begins[:-1]
            tails[:] = begins[:-1]
        for k in range(first, last):
            if groups[k] < 0 or high[k] <= low[k] or largest[k] < smallest[k]:
                continue
            if not binning:
                counts[k] = _within(values, low[k], high[k], smallest[k], largest[k])
                continue
            while right < high[k]:
                tails[_bin(values[right], bins)] += 1
                right += 1
            while left < low[k]:
                heads[_bin(values[left], bins)] += 1
                left += 1
            one, other = _bin(smallest[k], bins), _bin(largest[k], bins)
            counts[k] = _in_bins(heads, tails, binned, one, other, smallest[k], largest[k])
        first = last
    return counts
