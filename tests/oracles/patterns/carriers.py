"""Runs of receipts and payments again: try every one there is, by the definition."""

from itertools import product

from oracles.patterns.bursts import surprise


def carried(received, paid, mean, rule):
    """Return, by payment, the best run: its payments' numbers on both sides, and its surprise.

    ``received`` and ``paid`` are lists by account of (time, amount), in time order. All the
    payments there are are those that are paid.
    """
    width, least, most, reach = rule
    times = [time for side in paid for time, _ in side]
    found = {}
    for account, payments in enumerate(paid):
        receipts = received[account]
        for s, (start, _) in enumerate(payments):
            if s and payments[s - 1][0] == start:
                continue
            past = [n for n, (time, _) in enumerate(receipts) if time < start]
            runs = []
            for a, c in product(past[-reach:], range(s, min(s + reach, len(payments)))):
                if _splits(receipts, a) or _splits(payments, c + 1):
                    continue
                ins, outs = receipts[a : past[-1] + 1], payments[s : c + 1]
                came, left = sum(x for _, x in ins), sum(x for _, x in outs)
                span = outs[-1][0] - ins[0][0]
                if span < width and least * came <= 1000 * left <= most * came:
                    near = sum(ins[0][0] <= t < start for t in times) / len(times)
                    far = sum(ins[-1][0] < t <= outs[-1][0] for t in times) / len(times)
                    value = surprise(len(ins), (len(receipts) - len(ins) + mean) * near)
                    value += surprise(len(outs), (len(payments) - len(outs) + mean) * far)
                    runs.append((value, -span, a, past[-1] + 1, c + 1))
            if runs and max(runs)[0] > 0:
                found[account, s] = (*max(runs)[2:], max(runs)[0])
    return found


def _splits(side, cut):
    return 0 < cut < len(side) and side[cut - 1][0] == side[cut][0]
