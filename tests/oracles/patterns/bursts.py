"""Surprising windows again: try every one there is, by the definition."""

from math import log


def surprise(count, expected):
    """Return Chernoff's bound for so many Poisson events, as minus a logarithm."""
    return count * log(count / expected) - count + expected if count > expected else 0.0


def bursts(sides, mean, rule):
    """Return, by account and payment, where the window that begins there best ends, how surprising.

    ``sides`` are times by account, in order.
    """
    width, least, most = rule
    times = [time for side in sides for time in side]
    found = {}
    for account, side in enumerate(sides):
        for a, start in enumerate(side):
            if a and side[a - 1] == start:
                continue
            windows = []
            for end in range(a + least, min(a + most, len(side)) + 1):
                last = side[end - 1]
                if last - start < width and (end == len(side) or side[end] > last):
                    share = sum(start <= time <= last for time in times) / len(times)
                    expected = (len(side) - (end - a) + mean) * share
                    windows.append((surprise(end - a, expected), -end))
            if windows and max(windows)[0] > 0:
                found[account, a] = (-max(windows)[1], max(windows)[0])
    return found
