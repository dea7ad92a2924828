"""Whether the payers of an account that fell silent now pay another.

An account is *silent* that was paid by ``least`` or more others in ``(t - silent - span,
t - silent]`` and by none in ``(t - silent, t]``; a payer *now pays* the account asked about if it
did in ``(t - span, t]``. An account with more than ``hub`` payments in the time looked at is left
out, and a payer with more than ``busy``: who pays many tells nothing by paying one.
"""

import numpy as np
from numpy.typing import NDArray

from features.kernels.compile import kernel

Integers = NDArray[np.int64]
Codes = NDArray[np.int32]
Floats = NDArray[np.float64]


@kernel
def _between(times: Integers, low: int, high: int, after: int, until: int) -> tuple[int, int]:
    """Return where ascending times of ``low:high`` are in ``(after, until]``."""
    stop, end = high, high
    while low < stop:
        middle = (low + stop) // 2
        if times[middle] <= after:
            low = middle + 1
        else:
            stop = middle
    first = low
    while low < end:
        middle = (low + end) // 2
        if times[middle] <= until:
            low = middle + 1
        else:
            end = middle
    return first, low


@kernel
def _distinct(
    codes: Codes, first: int, last: int, but: int, stamps: Integers, mark: int, found: Integers
) -> int:
    """Write the distinct codes of ``first:last`` but one to ``found``; return how many."""
    size = 0
    for e in range(first, last):
        if codes[e] != but and stamps[codes[e]] != mark:
            stamps[codes[e]] = mark
            found[size] = codes[e]
            size += 1
    return size


@kernel
def successor_shares(
    accounts: Codes,
    anchors: Integers,
    in_starts: Integers,
    in_time: Integers,
    payers: Codes,
    out_starts: Integers,
    out_time: Integers,
    payees: Codes,
    span: int,
    silent: int,
    least: int,
    hub: int,
    busy: int,
    moving: int,
) -> tuple[Floats, Integers]:
    """Return the largest share of a silent account's payers that now pay each account asked about.

    0 where fewer than ``moving`` of them do; NaN where that one was paid more than ``hub`` times.
    The second array is how many were left out for each.
    """
    shares, left_out = np.zeros(len(accounts)), np.zeros(len(accounts), np.int64)
    stamps, moved = np.full(len(in_starts), -1, np.int64), np.zeros(len(in_starts), np.int64)
    now, then = np.empty(hub, np.int64), np.empty(max(hub, busy), np.int64)
    gone = np.empty(len(in_starts), np.int64)
    mark = 0
    for k in range(len(accounts)):
        b, t, size = accounts[k], anchors[k], 0
        low, high = _between(in_time, in_starts[b], in_starts[b + 1], t - span, t)
        if high - low > hub:
            shares[k], left_out[k] = np.nan, 1
            continue
        mark += 1
        for p in range(_distinct(payers, low, high, -1, stamps, mark, now)):
            first, last = out_starts[now[p]], out_starts[now[p] + 1]
            first, last = _between(out_time, first, last, t - silent - span, t - silent)
            if last - first > busy:
                left_out[k] += 1
                continue
            mark += 1
            for q in range(_distinct(payees, first, last, b, stamps, mark, then)):
                if moved[then[q]] == 0:
                    gone[size] = then[q]
                    size += 1
                moved[then[q]] += 1
        for c in range(size):
            a, same = gone[c], moved[gone[c]]
            moved[a] = 0
            if same < moving:
                continue
            first, last = in_starts[a], in_starts[a + 1]
            first, last = _between(in_time, first, last, t - silent - span, t)
            if last - first > hub:
                left_out[k] += 1
            elif last == first or in_time[last - 1] <= t - silent:
                mark += 1
                before = _distinct(payers, first, last, b, stamps, mark, then)
                if before >= least:
                    shares[k] = max(shares[k], same / before)
    return shares, left_out
