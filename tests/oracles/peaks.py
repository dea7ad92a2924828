"""How many events a span holds, and the most of some, event by event."""

from itertools import pairwise


def span_counts(starts, times, span):
    """Look at all events of each event's group."""
    counts = []
    for first, last in pairwise(starts):
        own = [int(time) for time in times[first:last]]
        counts += [sum(1 for other in own if time - span < other <= time) for time in own]
    return counts


def most_between(low, high, counts):
    """Take the maximum of each window."""
    windows = (range(a, b) for a, b in zip(low, high, strict=True))
    return [max((counts[k] for k in window), default=0) for window in windows]
