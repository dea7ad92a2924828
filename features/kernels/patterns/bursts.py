"""Windows in which an account has surprisingly many payments."""

import numpy as np
from numpy.typing import NDArray

from features.kernels.compile import kernel

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]


@kernel
def _surprise(count: int, expected: float) -> float:
    """Return minus the logarithm of Chernoff's bound for a Poisson process; see `Rates`."""
    return count * np.log(count / expected) - count + expected if count > expected else 0.0


@kernel
def bursts(
    starts: Integers,
    time: Integers,
    before: Integers,
    until: Integers,
    mean: float,
    rule: tuple[int, int, int],
) -> tuple[Integers, Floats, Integers]:
    """Return, for the window that begins with each payment, where it best ends, and how surprising.

    Payments lie end to end by account; of all there are, ``before`` are before each and ``until``
    up to its time. A window holds whole instants, takes less than ``width`` and holds ``least`` to
    ``most`` payments (``rule``); the most surprising counts, the shortest of several. Expected are,
    of the account's other payments and ``mean`` more, the share of all payments in the window. The
    end is 0 where no window has more than expected, or the instant has begun before. The third
    answer is 1 where the window that begins here could hold more than ``most``.

    >>> one = np.array([0, 3])
    >>> stop, value, more = bursts(one, np.array([1, 2, 9]), np.array([0, 1, 2]),
    ...                            np.array([1, 2, 3]), 0.5, (5, 2, 4))
    >>> stop, value.round(2), more
    (array([2, 0, 0]), array([0.39, 0.  , 0.  ]), array([0, 0, 0]))
    """
    width, least, most = rule
    stop, value = np.zeros(len(time), np.int64), np.zeros(len(time))
    more = np.zeros(len(time), np.int64)
    for g in range(len(starts) - 1):
        own = starts[g + 1] - starts[g]
        if own < least:
            continue
        for a in range(starts[g], starts[g + 1]):
            if a > starts[g] and time[a - 1] == time[a]:
                continue
            for b in range(a, starts[g + 1]):
                count = b + 1 - a
                if time[b] - time[a] >= width:
                    break
                if count > most:
                    more[a] = 1
                    break
                if count < least or (b + 1 < starts[g + 1] and time[b + 1] == time[b]):
                    continue
                share = (until[b] - before[a]) / len(time)
                found = _surprise(count, (own - count + mean) * share)
                if found > value[a]:
                    stop[a], value[a] = b + 1, found
    return stop, value, more
