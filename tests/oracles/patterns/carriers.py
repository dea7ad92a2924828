"""Runs of receipts and payments again: try every one there is, by the definition."""

from itertools import product


def carried(received, paid, rule):
    """Return, by payment, the best run: its payments' numbers on both sides, and its time.

    ``received`` and ``paid`` are lists by account of (time, amount), in time order.
    """
    width, least, most, reach = rule
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
                    runs.append((-len(ins) - len(outs), span, a, past[-1] + 1, c + 1))
            if runs:
                found[account, s] = min(runs)[1:]
    return found


def _splits(side, cut):
    return 0 < cut < len(side) and side[cut - 1][0] == side[cut][0]
