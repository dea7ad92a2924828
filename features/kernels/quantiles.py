"""Smallest, median and largest of the values in a window.

A few values are put in order; more are only counted, which a processor does many at a time. Windows
that share an event are answered together. The median moves with them: how many values lie below it
is kept up with each value that comes or goes, and where it is the median no more, the next value
above or below is looked for, over all values of a short window. Of a long window that would be too
many: those of a *band* around the median, some hundred of them, are laid apart first, in their
order in time, so that the window is a stretch of the band too. Where a median leaves the band,
another and wider one is laid.
"""

import numpy as np
from numpy.typing import NDArray

from features.kernels.ahead import fetch_ahead
from features.kernels.compile import kernel

Integers = NDArray[np.int64]
Codes = NDArray[np.int32]
Floats = NDArray[np.float64]
Found = tuple[Floats, Floats, Floats]
Median = tuple[int, int, int]
Band = tuple[int, int, int, int]


@kernel
def _halfway(one: int, other: int) -> float:
    """Return the middle of two values that are not negative, rounded once."""
    return (np.uint64(one) + np.uint64(other)) * 0.5


@kernel
def _up_to(values: Integers, low: int, high: int, bound: int) -> int:
    """Count the values ``low:high`` that are at most ``bound``."""
    window, count = values[low:high], 0
    for k in range(len(window)):
        count += int(window[k] <= bound)
    return count


@kernel
def _equal(values: Integers, low: int, high: int, value: int) -> int:
    """Count the values ``low:high`` that are ``value``."""
    window, count = values[low:high], 0
    for k in range(len(window)):
        count += int(window[k] == value)
    return count


@kernel
def _above(values: Integers, low: int, high: int, value: int) -> int:
    """Return the least of ``low:high`` above ``value``, or -1: what is not above wraps around."""
    window = values[low:high]
    nearest = np.uint64(2**63)
    for k in range(len(window)):
        nearest = min(nearest, np.uint64(window[k] - value - 1))
    return -1 if nearest >> np.uint64(63) else value + 1 + int(np.int64(nearest))


@kernel
def _below(values: Integers, low: int, high: int, value: int) -> int:
    """Return the largest of ``low:high`` below ``value``, or -1."""
    window = values[low:high]
    nearest = np.uint64(2**63)
    for k in range(len(window)):
        nearest = min(nearest, np.uint64(value - 1 - window[k]))
    return -1 if nearest >> np.uint64(63) else value - 1 - int(np.int64(nearest))


@kernel
def _between(bottom: int, top: int) -> int:
    """Return a number to try next: amounts are many small ones and few large ones."""
    eighth = top >> 3
    return eighth if eighth > bottom else bottom + ((top - bottom) >> 1)


@kernel
def _bound(values: Integers, low: int, high: int, top: int, fewest: int, most: int) -> int:
    """Return a number up to which ``fewest`` to ``most`` of the values ``low:high`` lie.

    Where so many are equal that there is none, the least up to which more do. No value is above
    ``top``.
    """
    bottom = 0
    while bottom < top:
        middle = _between(bottom, top)
        count = _up_to(values, low, high, middle)
        if count < fewest:
            bottom = middle + 1
        elif count > most:
            top = middle
        else:
            return middle
    return bottom


@kernel
def _nth(values: Integers, low: int, high: int, top: int, nth: int) -> int:
    """Return the value that has ``nth`` others before it; no value is above ``top``."""
    bound = _bound(values, low, high, top, nth, nth + 1)
    count = _up_to(values, low, high, bound)
    if count == nth:
        return _above(values, low, high, bound)
    return _below(values, low, high, bound + 1)


@kernel
def _largest(values: Integers, low: int, high: int) -> int:
    """Return the largest of ``low:high``."""
    window, largest = values[low:high], 0
    for k in range(len(window)):
        largest = max(largest, int(window[k]))
    return largest


@kernel
def _gather(
    values: Integers, low: int, high: int, floor: int, span: int, band: Integers, count: int
) -> int:
    """Lay the values of ``low:high`` from ``floor`` to ``floor + span`` after ``count`` others."""
    width = np.uint64(span)
    for e in range(low, high):
        band[count] = values[e]
        count += int(np.uint64(values[e] - floor) <= width)  # no jump: it can't be foreseen
    return count


@kernel
def _banded(values: Integers, low: int, high: int, end: int, reach: int, band: Integers) -> Band:
    """Lay apart ``reach`` values or more of ``low:high`` on both sides of the middle.

    And those as large that come later, up to ``end``. Return the band's least value and its width,
    how many values of the window it holds, and how many are below it.
    """
    rank, top = (high - low - 1) // 2, _largest(values, low, high)
    floor, below, ceiling = 0, 0, 2**63 - 1
    if rank > reach:
        floor = _bound(values, low, high, top, rank - 4 * reach, rank - reach) + 1
        below = _up_to(values, low, high, floor - 1)
        if below > rank - reach:  # so many are equal
            floor -= 1
            below = _up_to(values, low, high, floor - 1)
    if rank + 2 + reach < high - low:
        ceiling = _bound(values, low, high, top, rank + 2 + reach, rank + 2 + 4 * reach)
    held = _gather(values, low, high, floor, ceiling - floor, band, 0)
    _gather(values, high, end, floor, ceiling - floor, band, held)
    return floor, ceiling - floor, held, below


@kernel
def _median(values: Integers, low: int, high: int, rank: int, below: int) -> Median:
    """Return the value of a rank, how many are less and how many the same.

    ``below`` others are less than all of ``low:high``.
    """
    value = _nth(values, low, high, _largest(values, low, high), rank - below)
    less = below + _up_to(values, low, high, value - 1)
    return value, less, _equal(values, low, high, value)


@kernel
def _moved(values: Integers, low: int, high: int, rank: int, old: Median) -> Median:
    """Return the value of a rank from that of another near by; -1: it isn't in ``low:high``."""
    value, less, same = old
    while less > rank:
        value = _below(values, low, high, value)
        if value < 0:
            return value, less, same
        same = _equal(values, low, high, value)
        less -= same
    while less + same <= rank:
        less += same
        value = _above(values, low, high, value)
        if value < 0:
            return value, less, same
        same = _equal(values, low, high, value)
    return value, less, same


@kernel
def _medians(
    low: Codes,
    high: Codes,
    values: Integers,
    first: int,
    last: int,
    crowd: int,
    median: Floats,
) -> None:
    """Answer the anchors ``first:last``, whose windows share an event, with the median."""
    end, reach = high[last - 1], crowd // 4 + 1
    left, right = low[first], high[first]
    long = end - left > crowd
    band = np.empty(end - left + 1 if long else 0, np.int64)
    near, begin, stop = (band if long else values), left, right
    floor, span, below = 0, 2**63 - 1, 0
    value, less, same = -1, 0, 0
    for k in range(first, last):
        while right < high[k]:
            come = values[right]
            less += int(come < value)
            same += int(come == value)
            stop += int(np.uint64(come - floor) <= np.uint64(span))
            right += 1
        while left < low[k]:
            gone = values[left]
            less -= int(gone < value)
            same -= int(gone == value)
            begin += int(np.uint64(gone - floor) <= np.uint64(span))
            left += 1
        rank, upper = (right - left - 1) // 2, -1
        while upper < 0:
            if value >= 0:
                value, less, same = _moved(near, begin, stop, rank, (value, less, same))
            if value < 0:
                if long:
                    floor, span, stop, below = _banded(values, left, right, end, reach, band)
                    begin, reach = 0, 2 * reach
                value, less, same = _median(near, begin, stop, rank, below)
            upper = value
            if (right - left) % 2 == 0 and less + same == rank + 1:
                upper = _above(near, begin, stop, value)
                value = value if upper >= 0 else upper
        median[k] = _halfway(value, upper)


@kernel
def _extremes(
    low: Codes,
    high: Codes,
    values: Integers,
    first: int,
    last: int,
    smallest: Floats,
    largest: Floats,
) -> None:
    """Answer the anchors ``first:last``, whose windows share an event, with both extremes.

    What all of them share is looked at once; then what comes before it, and what after.
    """
    core = values[low[last - 1] : high[first]]
    least, most = core[0], core[0]
    for e in range(1, len(core)):
        least, most = min(least, core[e]), max(most, core[e])
    left, bottom, top = low[last - 1], least, most
    for k in range(last - 1, first - 1, -1):
        while left > low[k]:
            left -= 1
            bottom, top = min(bottom, values[left]), max(top, values[left])
        smallest[k], largest[k] = bottom, top
    right, bottom, top = high[first], least, most
    for k in range(first, last):
        while right < high[k]:
            bottom, top = min(bottom, values[right]), max(top, values[right])
            right += 1
        smallest[k], largest[k] = min(smallest[k], bottom), max(largest[k], top)


@kernel
def _of_few(values: Integers, low: int, high: int, held: Integers) -> tuple[float, float, float]:
    """Return smallest, median and largest of ``low:high``, at most as many as ``held`` holds."""
    size = high - low
    for j in range(size):
        value, place = values[low + j], j
        while place > 0 and held[place - 1] > value:
            held[place] = held[place - 1]
            place -= 1
        held[place] = value
    middle = _halfway(held[(size - 1) // 2], held[size // 2])
    return float(held[0]), middle, float(held[size - 1])


@kernel
def _together(groups: Codes, low: Codes, high: Codes, first: int) -> int:
    """Return where the anchors whose windows share an event of the first one's end."""
    last = first + 1
    while last < len(groups) and groups[last] == groups[first] and low[last] < high[first]:
        last += 1
    return last


@kernel
def order_between(
    groups: Codes, low: Codes, high: Codes, values: Integers, few: int, crowd: int
) -> Found:
    """Return smallest, median and largest value of each anchor's events ``low:high``.

    NaN where there are none. Values are 0 or more; the median of an even number is the middle of
    the two in the middle. Up to ``few`` values are put in order; a band is laid where there are
    more than ``crowd``. Neither changes any answer.

    >>> found = order_between(np.array([0, 0], np.int32), np.array([0, 1]), np.array([2, 4]),
    ...                       np.array([7, 2, 3, 9]), 1, 256)
    >>> [values.tolist() for values in found]
    [[2.0, 2.0], [4.5, 3.0], [7.0, 9.0]]
    """
    count = len(groups)
    smallest, median, largest = np.empty(count), np.empty(count), np.empty(count)
    held = np.empty(few, np.int64)
    first = asked = 0
    while first < count:
        asked = fetch_ahead(groups, low, high, values, asked, first)
        size = high[first] - low[first]
        if size > few:
            last = _together(groups, low, high, first)
            _extremes(low, high, values, first, last, smallest, largest)
            _medians(low, high, values, first, last, crowd, median)
            first = last
            continue
        found = (np.nan, np.nan, np.nan)
        if size > 0:
            found = _of_few(values, low[first], high[first], held)
        smallest[first], median[first], largest[first] = found
        first += 1
    return smallest, median, largest
