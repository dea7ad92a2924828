"""Our scatter-gathers and cycles, counted as the Graph Feature Preprocessor counts them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.benchmarks.data import Payments
from experiments.benchmarks.ours import HOW, THREADS, anew, computed, history_of
from experiments.benchmarks.outcome import OURS
from experiments.benchmarks.race import Contestant
from features.catalogue.patterns import FEATURES
from features.kernels.ledger import linked
from features.kernels.patterns.closing import could_close
from features.kernels.patterns.common_neighbours import common_neighbours
from features.kernels.patterns.cycle import cycles_by_length
from features.patterns.graph import Graph

Counts = NDArray[Any]
SIZES = 29
BOUNDED = "moneytrail, as in its catalogue"


def _each_block(graph: Graph, work: Callable[[int, int], Counts]) -> list[Counts]:
    """Do as many parts of the edges as there are threads, side by side."""
    edges = [len(graph) * k // THREADS for k in range(THREADS + 1)]
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(work, edges[:-1], edges[1:]))


def scatter_gathers(payments: Payments, width: int) -> Contestant:
    """Count for each edge the scatter-gathers of each size that it is a leg of.

    The last leg is at most ``width`` after the first, where our features ask for less.
    """
    columns = history_of(payments)

    def run() -> Counts:
        graph = anew(columns).graph
        into, out = graph.incoming, graph.outgoing
        links = [linked(side.other, side.starts, graph.accounts) for side in (into, out)]
        follows = [following.astype(np.int64) for _, following in links]
        paid = links[1][0]

        def work(first: int, last: int) -> Counts:
            return common_neighbours(
                first,
                last,
                graph.source,
                graph.target,
                graph.time,
                into.starts,
                into.other,
                follows[0],
                out.starts,
                out.other,
                follows[1],
                paid.astype(np.int64),
                width + 1,
            )

        parts = _each_block(graph, work)
        return np.concatenate(parts).reshape(-1, SIZES)

    return Contestant(OURS, HOW, len(payments), run)


def cycles(payments: Payments, width: int, longest: int) -> Contestant:
    """Count for each edge the cycles of each length that it is part of, no account left out.

    A column a number of hops, from 2 to ``longest``. The last payment is at most ``width`` after
    the first, where our features ask for less.
    """
    columns = history_of(payments)

    def run() -> Counts:
        graph = anew(columns).graph
        edges = (graph.source, graph.target, graph.time)

        def work(first: int, last: int) -> Counts:
            asked = np.arange(first, last)
            closing = could_close(asked, edges, graph.accounts, width + 1, 0)
            return cycles_by_length(closing, edges, graph.accounts, width + 1, longest)[1]

        part: Counts = np.sum(_each_block(graph, work), axis=0)
        return part.reshape(-1, longest + 1)[:, 2:]

    return Contestant(OURS, HOW, len(payments), run)


def catalogue_cycles(payments: Payments) -> Contestant:
    """Compute the catalogue's features of cycles, with its bounds."""
    features = [feature for feature in FEATURES if feature.name.startswith("cycle_")]
    return Contestant(BOUNDED, HOW, len(payments), computed(payments, features))
