"""Blocks as they are listed: several accounts that each pay most of several others."""

import numpy as np

from features.kernels.patterns.blocks import blocks_through
from features.patterns.blocks import BlockRule, Flows, Sight, dense_part, sides_of
from features.patterns.graph import Graph, Integers
from features.patterns.instance import Instance


def blocks(graph: Graph, rule: BlockRule, width: int) -> list[Instance]:
    """List the blocks among a graph's edges, strongest first; give it those of `strangers`.

    Each payment that completes a block with those less than ``width`` before shows one; the one
    with most pairs counts, the latest of several, and then others as long as at least half of
    their payments are in none yet. The strength is the number of pairs.
    """
    flows = Flows.of(graph, ahead=False)
    limits = (-width, 0, rule.hub_edges, rule.least_accounts, rule.density_permille)
    receivers = graph.target[graph.incoming.edge]
    *_, pairs, _ = blocks_through(np.arange(len(graph)), receivers, *sides_of(graph), limits)
    inside = np.flatnonzero(pairs)
    edges = graph.incoming.edge[inside]
    order = np.lexsort((-graph.amount[edges], -graph.time[edges], -pairs[inside]))
    taken, found = np.zeros(len(graph), np.bool_), []
    for k in order:
        if taken[edges[k]]:
            continue
        members = _members(graph, flows, int(edges[k]), rule, width)
        if 2 * np.count_nonzero(taken[members]) <= len(members):
            taken[members] = True
            found.append(_instance(graph, members, float(pairs[inside[k]])))
    return found


def _members(graph: Graph, flows: Flows, edge: int, rule: BlockRule, width: int) -> Integers:
    """Return the edges of the block that a payment completes."""
    now, sender, receiver = (int(c[edge]) for c in (graph.time, graph.source, graph.target))
    sight = Sight(flows, now - width, now, now, rule.hub_edges)
    senders, receivers = dense_part(sight.shared_receivers(sender, receiver), rule)
    return sight.between(senders | {sender}, receivers | {receiver})


def _instance(graph: Graph, edges: Integers, pairs: float) -> Instance:
    rows = np.sort(graph.row[edges])
    return Instance(
        "bipartite", tuple(rows.tolist()), ("originator to beneficiary",) * len(rows), pairs
    )
