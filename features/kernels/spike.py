"""How far the last stretch of time is from the middle of those before, in usual differences."""

import numpy as np
from numpy.typing import NDArray

from features.kernels.ahead import fetch_ahead
from features.kernels.compile import kernel

Integers = NDArray[np.int64]
Codes = NDArray[np.int32]
Floats = NDArray[np.float64]


@kernel
def _distance(row: Integers, order: Codes, value: int, floor: int) -> float:
    """Return ``(value - median) / max(MAD, floor)`` over the numbers of a row.

    ``order`` is left as it sorts the row: the next one, of the same account, is nearly sorted by
    it. There is an odd number: the median is one of them, and the median deviation one of theirs
    from it.
    """
    for j in range(1, len(order)):
        mine, place = order[j], j
        while place > 0 and row[order[place - 1]] > row[mine]:
            order[place] = order[place - 1]
            place -= 1
        order[place] = mine
    middle = len(order) // 2
    median = row[order[middle]]
    below, above, away = middle - 1, middle + 1, 0
    for _ in range(middle):
        down, up = median - row[order[below]], row[order[above]] - median
        nearer = int(down <= up)  # no jump: it can't be foreseen
        away = min(down, up)
        below -= nearer
        above += 1 - nearer
    distance: float = (value - median) / max(away, floor)
    return distance


@kernel
def _later(times: Integers, low: int, stop: int, target: int) -> int:
    """Return the first of ``low:stop`` later than ``target``, near ``low`` in few steps."""
    step = 1
    while low < stop and times[low] <= target:
        ahead = low + step
        if ahead < stop and times[ahead] <= target:
            low = ahead + 1
            step *= 2
            continue
        low, high = low + 1, min(ahead, stop)
        while low < high:
            middle = (low + high) // 2
            if times[middle] <= target:
                low = middle + 1
            else:
                high = middle
        return low
    return low


@kernel
def spikes_between(
    groups: Codes,
    anchors: Integers,
    low: Codes,
    middle: Codes,
    high: Codes,
    times: Integers,
    cumulative: Integers,
    width: int,
    count: int,
    floor: int,
) -> Floats:
    """Return how far the sum of ``middle:high`` is from those of the ``count`` stretches before.

    ``low:middle`` are the events of these stretches, each ``width`` long, the last of which ends
    ``width`` before the anchor. The distance to their median, over their median absolute deviation,
    which is at least ``floor`` (Iglewicz and Hoaglin 1993, without their 0.6745). ``count`` is odd,
    so that both are whole numbers; ``cumulative`` are the cumulative sums of the events.

    >>> spikes_between(np.array([0], np.int32), np.array([40]), np.array([0]), np.array([3]),
    ...                np.array([4]), np.array([5, 15, 25, 35]), np.array([0, 1, 4, 10, 19]),
    ...                10, 3, 1)
    array([3.])
    """
    scores = np.zeros(len(groups))
    # Where the stretches begin, the oldest first; where the last of them ends.
    begins = np.zeros(count + 1, np.int64)
    row, order = np.empty(count, np.int64), np.arange(count).astype(np.int32)
    group, asked, summed = -1, 0, 0
    for k in range(len(groups)):
        asked = fetch_ahead(groups, low, middle, times, asked, k)
        summed = fetch_ahead(groups, low, high, cumulative, summed, k)
        value = cumulative[high[k]] - cumulative[middle[k]]
        if middle[k] - low[k] <= count // 2:  # most stretches are empty: 0 is the median, and MAD
            scores[k] = value / floor
            continue
        if groups[k] != group:
            group = groups[k]
            begins[:] = low[k]
        begins[0], begins[count] = low[k], middle[k]
        for j in range(1, count):
            least = max(begins[j], begins[j - 1])
            begins[j] = _later(times, least, middle[k], anchors[k] - (count + 1 - j) * width)
        for j in range(count):
            row[j] = cumulative[begins[j + 1]] - cumulative[begins[j]]
        scores[k] = _distance(row, order, value, floor)
    return scores
