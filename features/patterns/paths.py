"""Paths of payments, hop by hop, as instances: which are new, and which stand apart."""

from collections.abc import Iterator

import numpy as np

from features.patterns.graph import Graph, Integers

Path = tuple[float, int, list[int]]
"""A strength, the time it takes turned negative, and its edges in time order."""


def first_payments(graph: Graph) -> Integers:
    """Return for each edge when its payer first paid its receiver."""
    pair = graph.source.astype(np.int64) * graph.accounts + graph.target
    _, first, at = np.unique(pair, return_index=True, return_inverse=True)
    began: Integers = graph.time[first[at]]
    return began


def fresh_hops(graph: Graph, began: Integers, way: list[int]) -> int:
    """Count the hops between accounts of which one had not paid the other before it all began."""
    return sum(bool(began[k] >= graph.time[way[0]]) for k in way)


def span(graph: Graph, way: list[int]) -> int:
    """Return how long a path takes."""
    return int(graph.time[way[-1]] - graph.time[way[0]])


def apart(found: list[Path]) -> Iterator[tuple[float, list[int]]]:
    """Yield the strengths and edges of paths, the strongest first, of those as strong the shortest.

    One is left out where half its payments stand in stronger ones.

    >>> list(apart([(1.0, -5, [1, 2, 3]), (2.0, -9, [2, 3, 4]), (1.0, -4, [5, 6])]))
    [(2.0, [2, 3, 4]), (1.0, [5, 6])]
    """
    taken: set[int] = set()
    for strength, _, way in sorted(found, key=lambda path: (-path[0], -path[1], path[2])):
        if 2 * len(taken.intersection(way)) < len(way):
            taken.update(way)
            yield strength, way
