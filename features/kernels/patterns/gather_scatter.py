"""A hub that many accounts pay, and that then pays many others."""

import numpy as np
from numpy.typing import NDArray

from features.kernels.compile import kernel

Integers = NDArray[np.int64]
Codes = NDArray[np.int32]


@kernel
def _later(time: Integers, low: int, high: int, target: int) -> int:
    """Return the first of ``low:high`` that is later than ``target``."""
    while low < high:
        middle = (low + high) // 2
        if time[middle] > target:
            high = middle
        else:
            low = middle + 1
    return low


@kernel
def _change(counts: Codes, others: Codes, account: int, by: int) -> tuple[int, int]:
    """Count one payment more or less; return how many accounts more on the side, and on both."""
    before = counts[account]
    counts[account] += by
    change = 1 if before == 0 else 0
    if counts[account] == 0:
        change = -1
    return change, change if others[account] > 0 else 0


@kernel
def gather_scatter(
    asked: Integers,
    hubs: Codes,
    in_starts: Integers,
    in_other: Codes,
    in_time: Integers,
    in_amount: Integers,
    out_starts: Integers,
    out_other: Codes,
    out_time: Integers,
    out_amount: Integers,
    width: int,
) -> tuple[Integers, Integers, Integers, Integers]:
    """Return around each asked payment of a hub: payers, payees, money received, money paid.

    For a payment at ``t``: received in ``(t - width, t)``, paid in ``(t - width, t]``. Accounts
    on both sides count on neither, and where the payment's own payee is one, both counts are 0.
    ``asked`` are rising positions in outgoing adjacency, ``hubs`` the accounts that pay there.

    >>> gather_scatter(np.array([1]), np.array([1], np.int32), np.array([0, 0, 2, 2, 2]),
    ...     np.array([0, 2], np.int32), np.array([1, 2]), np.array([5, 6]), np.array([0, 1, 2, 3]),
    ...     np.array([1, 3, 1], np.int32), np.array([1, 4, 2]), np.array([5, 9, 6]), 10)
    (array([2]), array([1]), array([11]), array([9]))
    """
    payers, payees = np.zeros_like(asked), np.zeros_like(asked)
    received, paid = np.zeros_like(asked), np.zeros_like(asked)
    got, gave = np.zeros(len(in_starts), np.int32), np.zeros(len(in_starts), np.int32)
    a, b, c, d, hub, last, many, few, both, gain, loss = 0, 0, 0, 0, -1, 0, 0, 0, 0, 0, 0
    for k in range(len(asked)):
        now = out_time[asked[k]]
        if hubs[k] != hub or now - last >= width:
            for p in range(a, b):
                got[in_other[p]] = 0
            for p in range(c, d):
                gave[out_other[p]] = 0
            hub, many, few, both, gain, loss = hubs[k], 0, 0, 0, 0, 0
            a = b = _later(in_time, in_starts[hub], in_starts[hub + 1], now - width)
            c = d = _later(out_time, out_starts[hub], asked[k], now - width)
        while b < in_starts[hub + 1] and in_time[b] < now:
            more, shared = _change(got, gave, in_other[b], 1)
            many, both, gain, b = many + more, both + shared, gain + in_amount[b], b + 1
        while a < b and in_time[a] <= now - width:
            more, shared = _change(got, gave, in_other[a], -1)
            many, both, gain, a = many + more, both + shared, gain - in_amount[a], a + 1
        while d < out_starts[hub + 1] and out_time[d] <= now:
            more, shared = _change(gave, got, out_other[d], 1)
            few, both, loss, d = few + more, both + shared, loss + out_amount[d], d + 1
        while c < d and out_time[c] <= now - width:
            more, shared = _change(gave, got, out_other[c], -1)
            few, both, loss, c = few + more, both + shared, loss - out_amount[c], c + 1
        last, received[k], paid[k] = now, gain, loss
        if got[out_other[asked[k]]] == 0:
            payers[k], payees[k] = many - both, few - both
    return payers, payees, received, paid
