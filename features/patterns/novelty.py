"""Payments between accounts that are strangers before and after."""

import numpy as np

from features.patterns.graph import Graph, Integers


def relations(graph: Graph, horizon: int, width: int) -> Integers:
    """Number the one-off relations, and return which of them each edge is part of; -1: of none.

    A relation is all that runs between two accounts from one pause of ``horizon`` microseconds or
    more to the next. It is one-off where that takes less than ``width`` and goes one way only: the
    two had no dealings before, and have none after, as far as the history goes. Who goes on paying
    an account is its customer, employee or friend more often than not; what is missed is a crime
    that uses the same path again.

    >>> times, one, other = np.array([1, 2, 5, 20]), np.array([0, 0, 1, 0]), np.array([1, 1, 2, 3])
    >>> graph = Graph.of(times, one.astype(np.int32), other.astype(np.int32), times, 4)
    >>> relations(graph, 10, 3)
    array([0, 0, 2, 1])
    >>> relations(graph, 10, 1)
    array([-1, -1,  2,  1])
    """
    low, high = np.minimum(graph.source, graph.target), np.maximum(graph.source, graph.target)
    pair = low.astype(np.int64) * graph.accounts + high
    order = np.argsort(pair, kind="stable")
    pair, times, payer = pair[order], graph.time[order], graph.source[order]
    opens = np.ones(len(order), np.bool_)
    opens[1:] = (pair[1:] != pair[:-1]) | (np.diff(times) >= horizon)
    starts = np.flatnonzero(opens)
    if not len(starts):
        return np.empty(0, np.int64)
    last = np.append(starts[1:], len(order)) - 1
    one_way = np.minimum.reduceat(payer, starts) == np.maximum.reduceat(payer, starts)
    once = one_way & (times[last] - times[starts] < width)
    number = np.cumsum(opens) - 1
    found = np.empty(len(order), np.int64)
    found[order] = np.where(once[number], number, -1)
    return found


def strangers(graph: Graph, horizon: int, width: int) -> Graph:
    """Return the graph of the edges that are part of a one-off relation; see `relations`."""
    return graph.part(relations(graph, horizon, width) >= 0)
