"""The kernels of the published red flags again, as slow and plain as their definitions."""

from collections import Counter
from itertools import pairwise
from math import log2, nan
from statistics import median


def _windows(low, high):
    return [range(a, b) for a, b in zip(low, high, strict=True)]


def commonest_between(low, high, codes, most):
    """Count each window's codes, and add up the highest counts."""
    counts = [Counter(codes[k] for k in window if codes[k] >= 0) for window in _windows(low, high)]
    return [sum(count for _, count in found.most_common(most)) for found in counts]


def numbered_apart(codes, starts):
    """Number the known codes of each group as they come up."""
    numbers = []
    for first, last in pairwise(starts):
        own = [code for code in codes[first:last].tolist() if code >= 0]
        order = list(dict.fromkeys(own))
        numbers += [order.index(code) if code >= 0 else -1 for code in codes[first:last].tolist()]
    return numbers


def mix_shift_between(low, middle, high, codes):
    """Take the divergence by its definition: the entropy of the mixture less the mean entropy."""
    shifts = []
    for a, b, c in zip(low, middle, high, strict=True):
        past = Counter(codes[k] for k in range(a, b) if codes[k] >= 0)
        recent = Counter(codes[k] for k in range(b, c) if codes[k] >= 0)
        sizes = [past.total(), recent.total()]
        if 0 in sizes:
            shifts.append(nan)
            continue
        weights = [size / sum(sizes) for size in sizes]
        apart = weights[0] * entropy(past.values()) + weights[1] * entropy(recent.values())
        shifts.append((entropy((past + recent).values()) - apart) / entropy(sizes))
    return shifts


def entropy(counts):
    """Return the entropy of shares, in bits."""
    shares = [count / sum(counts) for count in counts]
    return -sum(share * log2(share) for share in shares)


def fifo_pieces(lots, outs, period, odd):
    """Take each payment out from what is left of the payments in, oldest first.

    ``lots`` and ``outs`` are one account's (time, amount) in order; gives (lot, out, amount).
    """
    left, pieces = [amount for _, amount in lots], []
    for out, (time, wanted) in enumerate(outs):
        run = (time // period + odd) // 2
        for lot, (came, _) in enumerate(lots):
            same_run = (came // period + odd) // 2 == run
            piece = min(wanted, left[lot]) if came < time and same_run else 0
            if piece:
                pieces.append((lot, out, piece))
                left[lot] -= piece
                wanted -= piece  # noqa: PLW2901
    return pieces


def pieces_kept(pieces, rows, within):
    """Look at the (time, kept as lot, kept as out) of both rows of each (lot, out, amount)."""
    return [
        (rows[lot][0], rows[out][0], amount)
        for lot, out, amount in pieces
        if rows[lot][1] and rows[out][2] and rows[out][0] - rows[lot][0] <= within
    ]


def quantile_between(low, high, steps, weights, tenths):
    """Try the steps from below."""
    found = []
    for window in _windows(low, high):
        total = sum(weights[k] for k in window)
        below = (
            step
            for step in sorted(set(steps))
            if sum(int(weights[k]) for k in window if steps[k] <= step) * 10 >= total * tenths
        )
        found.append(next(below) if total else -1)
    return found


def moved_between(groups, anchors, starts, came, left, values, width):
    """Look at each event of each anchor's group."""
    return [
        sum(
            int(values[e])
            for e in range(starts[group], starts[group + 1])
            if came[e] > anchor - width and left[e] <= anchor
        )
        if group >= 0
        else 0
        for group, anchor in zip(groups, anchors, strict=True)
    ]


def smallest_between(low, high, values, smallest, largest):
    """Look at each event of each window."""
    return [
        min((values[k] for k in window if bottom <= values[k] <= top), default=-1)
        for window, bottom, top in zip(_windows(low, high), smallest, largest, strict=True)
    ]


def spikes_between(groups, anchors, starts, times, values, width, count, floor):
    """Add up each stretch event by event."""
    scores = []
    for group, anchor in zip(groups, anchors, strict=True):
        if group < 0:
            scores.append(0.0)
            continue
        events = range(starts[group], starts[group + 1])
        sums = [
            sum(int(values[e]) for e in events if 0 <= anchor - j * width - times[e] < width)
            for j in range(count + 1)
        ]
        middle = median(sums[1:])
        usual = median(abs(value - middle) for value in sums[1:])
        scores.append((sums[0] - middle) / max(usual, floor))
    return scores


def successor_shares(accounts, anchors, edges, span, silent, least, hub, busy, moving):
    """Look at every pair of accounts; ``edges`` are (time, payer, payee)."""
    everyone = {payee for _, _, payee in edges}
    return [
        _share(b, t, edges, everyone, (span, silent, least, hub, busy, moving))
        for b, t in zip(accounts, anchors, strict=True)
    ]


def _share(b, t, edges, everyone, numbers):
    span, silent, least, hub, busy, moving = numbers

    def payers(account, after, until):
        return [payer for time, payer, payee in edges if payee == account and after < time <= until]

    def made(account):
        before = (t - silent - span < time <= t - silent for time, s, _ in edges if s == account)
        return sum(before)

    mine, shares = payers(b, t - span, t), [0.0]
    if len(mine) > hub:
        return nan
    for a in everyone - {b}:
        theirs = payers(a, t - silent - span, t - silent)
        strangers = set(theirs) - {b}
        moved = {s for s in strangers & set(mine) if made(s) <= busy}
        heard = payers(a, t - silent, t)
        if len(theirs) <= hub and len(strangers) >= least and len(moved) >= moving and not heard:
            shares.append(len(moved) / len(strangers))
    return max(shares)
