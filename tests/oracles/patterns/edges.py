"""Small graphs drawn so that paths, ties and window edges really occur."""

from math import nan
from typing import NamedTuple

import numpy as np
from hypothesis import strategies as st

from features.patterns import Graph
from oracles.strategies import CHANCE


class Edge(NamedTuple):
    """One payment between two different accounts."""

    source: int
    target: int
    time: int
    amount: int


_AMOUNTS = (1000, 1000, 799, 800, 801, 1019, 1020, 1021, 1250, 500, 2040)


@st.composite
def edges(draw, most=24, accounts=(3, 4, 5, 6, 8), times=(8, 12, 20)):
    """Edges in time order among few accounts, at few instants."""
    size = draw(st.sampled_from((most, most, most, most // 2, 2, 0)))
    chance = draw(CHANCE)
    names, last = range(chance.choice(accounts)), chance.choice(times)
    found = [
        Edge(*chance.sample(names, 2), chance.randrange(last), chance.choice(_AMOUNTS))
        for _ in range(size)
    ]
    return sorted(found, key=lambda edge: edge.time)


def graph(found, accounts=8):
    """Make a graph of edges in time order; each is the history row of its number."""
    columns = np.array(found, np.int64).reshape(-1, 4)
    source, target = columns[:, 0].astype(np.int32), columns[:, 1].astype(np.int32)
    time, amount = columns[:, 2].copy(), columns[:, 3].copy()
    return Graph.of(time, source, target, amount, accounts)


def edges_of(world):
    """Return a world's payments between two different known accounts as edges, in its order."""
    return [
        Edge(row.sender, row.receiver, row.time, row.amount)
        for row in world.visible
        if is_edge(row)
    ]


def is_edge(row):
    """Whether a payment is between two different known accounts."""
    return None not in {row.sender, row.receiver} and row.sender != row.receiver


def turned(edge):
    """Turn time and direction round."""
    return Edge(edge.target, edge.source, -edge.time, edge.amount)


def seen(statistic, world, row):
    """Return the edges and the edge that a statistic looks back at; nothing where there are none.

    Looking ahead is looking back at a world turned round.
    """
    found = edges_of(world)
    own = Edge(row.sender, row.receiver, row.time, row.amount)
    return ([turned(e) for e in found], turned(own)) if statistic.ahead else (found, own)


def told(statistic, world, row, answer):
    """Return what is known of a row before any pattern: no edge, or too early to say."""
    if None in {row.sender, row.receiver}:
        return nan
    if statistic.ahead and row.time + statistic.lookahead > world.as_of:
        return nan
    return float(answer(*seen(statistic, world, row))) if is_edge(row) else 0.0
