"""How many events of a window fall on its commonest codes."""

import numpy as np
from numpy.typing import NDArray

from features.kernels.compile import kernel

Integers = NDArray[np.int64]
Codes = NDArray[np.int32]


@kernel
def commonest_between(
    groups: Codes, low: Codes, high: Codes, codes: Codes, count: int, most: int
) -> Integers:
    """Count each anchor's events ``low:high`` that have one of its ``most`` commonest codes.

    Codes are below ``count``; -1 is none. No sorting: ``at_least[c]`` is how many codes occur
    ``c`` times or more. When a code's count rises to ``c`` it is the ``at_least[c]``-th highest
    count that rises, so the sum of the ``most`` highest changes by one or not at all.

    >>> commonest_between(np.array([0], np.int32), np.array([0]), np.array([5]),
    ...                   np.array([7, 3, 7, 1, 3], np.int32), 8, 1)
    array([2])
    """
    sums = np.zeros(len(groups), np.int64)
    counts = np.zeros(count, np.int64)
    longest = 0  # of what is in a window before what has left is taken out
    for k in range(len(groups)):
        onward = k > 0 and groups[k] == groups[k - 1]
        longest = max(longest, high[k] - low[k - 1 if onward else k])
    at_least = np.zeros(longest + 1, np.int64)
    group, left, right, total = -1, 0, 0, 0
    for k in range(len(groups)):
        if groups[k] < 0:
            continue
        if groups[k] != group:
            for e in range(left, right):
                if codes[e] >= 0:
                    at_least[counts[codes[e]]] = 0
                    counts[codes[e]] -= 1
            group, total = groups[k], 0
            left = right = low[k]
        while right < high[k]:
            code = codes[right]
            right += 1
            if code >= 0:
                counts[code] += 1
                at_least[counts[code]] += 1
                if at_least[counts[code]] <= most:
                    total += 1
        while left < low[k]:
            code = codes[left]
            left += 1
            if code >= 0:
                if at_least[counts[code]] <= most:
                    total -= 1
                at_least[counts[code]] -= 1
                counts[code] -= 1
        sums[k] = total
    return sums
