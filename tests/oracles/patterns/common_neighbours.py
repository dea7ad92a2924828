"""Scatter-gathers with their legs in any order: put the payments of the window into sets."""

SIZES = 29


def common_neighbours(edges, width):
    """Return the 29 counts of each edge, end to end."""
    return [count for row in edges for count in counts_of(edges, width, row)]


def counts_of(edges, width, row):
    """Return how many scatter-gathers of 2, 3 ... 30 and more intermediaries have a leg."""
    pairs = {(e.source, e.target) for e in edges if row.time - width < e.time <= row.time}
    names = {name for pair in pairs for name in pair}
    ends = {(s, row.target) for s in names if (s, row.source) in pairs}
    ends |= {(row.source, t) for t in names if (row.target, t) in pairs}
    counts = [0] * SIZES
    for source, sink in ends:
        between = sum((source, name) in pairs and (name, sink) in pairs for name in names)
        if source != sink and between > 1:
            counts[min(between, SIZES + 1) - 2] += 1
    return counts
