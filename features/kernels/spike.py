"""How far the last stretch of time is from the middle of those before, in usual differences."""

import numpy as np
from numpy.typing import NDArray

from features.kernels.compile import kernel

Integers = NDArray[np.int64]
Codes = NDArray[np.int32]
Floats = NDArray[np.float64]


@kernel
def _distance(row: Integers, count: int, value: int, floor: int) -> float:
    """Return ``(value - median) / max(MAD, floor)`` over ``count`` numbers, and sort them.

    ``count`` is odd: the median is one of them, and the median deviation one of theirs from it.
    """
    for j in range(1, count):
        # No branches: which of two is larger can't be foreseen.
        for place in range(j, 0, -1):
            one, other = row[place - 1], row[place]
            row[place - 1], row[place] = min(one, other), max(one, other)
    middle = count // 2
    median = row[middle]
    below, above, away = middle - 1, middle + 1, np.int64(0)
    for _ in range(middle):
        down = median - row[below]
        up = row[above] - median
        if down <= up:
            away, below = down, below - 1
        else:
            away, above = up, above + 1
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
    starts: Integers,
    times: Integers,
    cumulative: Integers,
    width: int,
    count: int,
    floor: int,
) -> Floats:
    """Return how far the sum over ``(t - width, t]`` is from those of the ``count`` before.

    The distance to their median, over their median absolute deviation, which is at least
    ``floor`` (Iglewicz and Hoaglin 1993, without their 0.6745). ``count`` is odd, so that both
    are whole numbers; ``cumulative`` are the cumulative sums of the events.

    >>> spikes_between(np.array([0], np.int32), np.array([40]), np.array([0, 4]),
    ...                np.array([5, 15, 25, 35]), np.array([0, 1, 4, 10, 19]), 10, 3, 1)
    array([3.])
    """
    scores = np.zeros(len(groups))
    cursors = np.zeros(count + 2, np.int64)
    row = np.empty(count, np.int64)
    group, stop = -1, 0
    for k in range(len(groups)):
        if groups[k] < 0:
            continue
        if groups[k] != group:
            group = groups[k]
            cursors[:] = starts[group]
            stop = starts[group + 1]
        for j in range(count + 2):
            cursors[j] = _later(times, cursors[j], stop, anchors[k] - j * width)
        for j in range(count):
            row[j] = cumulative[cursors[j + 1]] - cumulative[cursors[j + 2]]
        value = cumulative[cursors[0]] - cumulative[cursors[1]]
        scores[k] = _distance(row, count, value, floor)
    return scores
