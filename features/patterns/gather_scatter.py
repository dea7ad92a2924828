"""A hub that many accounts pay, and that soon after pays many others."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.patterns.graph import Adjacency, Codes, Graph, Integers
from features.patterns.shares import between
from features.windows import HOUR


@dataclass(frozen=True)
class GatherScatterRule:
    """What counts as gathered and scattered again.

    The hub pays within ``within_hours``; conserving is what it paid, ``low_permille`` to
    ``high_permille`` of what it received in that time.
    """

    within_hours: int
    low_permille: int
    high_permille: int

    @property
    def within(self) -> int:
        """The time in microseconds."""
        return self.within_hours * HOUR

    def conserves(self, received: Integers, paid: Integers) -> NDArray[np.bool_]:
        """Return where ``paid`` is a conserving share of ``received``, exactly; never of 0."""
        least, most = between(received, self.low_permille, self.high_permille)
        conserving: NDArray[np.bool_] = (received > 0) & (least <= paid) & (paid <= most)
        return conserving


Side = tuple[Integers, Codes, Integers, Integers]


def sides_of(graph: Graph, *, ahead: bool) -> tuple[Side, Side]:
    """Return what hubs are paid and what they pay, as the kernel takes it; ``ahead``: swapped."""
    into, out = (
        (side.starts, side.other, side.time, side.amount)
        for side in (graph.incoming, graph.outgoing)
    )
    return (out, into) if ahead else (into, out)


@dataclass(frozen=True)
class HubSight:
    """What a payment sees of the hub that makes it: edges into the hub before, and out of it."""

    graph: Graph
    gather: Codes
    scatter: Codes
    edge: int

    @classmethod
    def of(cls, graph: Graph, edge: int, within: int) -> "HubSight":
        """Look back from an edge; on a graph turned round, ahead."""
        now, hub = int(graph.time[edge]), int(graph.source[edge])
        gather = _between(graph.incoming, hub, now - within, now - 1)
        return cls(graph, gather, _between(graph.outgoing, hub, now - within, now), edge)

    @property
    def all_rows(self) -> Integers:
        """The history rows of all of them, where there are any to gather from."""
        edges = np.concatenate((self.gather, self.scatter))
        return np.sort(self.graph.row[edges])

    @property
    def counted_rows(self) -> Integers:
        """The history rows of those whose other account is on one side only."""
        payers, payees = self.graph.source[self.gather], self.graph.target[self.scatter]
        both = np.intersect1d(payers, payees)
        gather = self.gather[~np.isin(payers, both)]
        scatter = self.scatter[~np.isin(payees, both)]
        if self.graph.target[self.edge] in both or not len(gather):
            return np.empty(0, np.int64)
        return np.sort(self.graph.row[np.concatenate((gather, scatter))])


def _between(side: Adjacency, account: int, after: int, until: int) -> Codes:
    """Return an account's edges in ``(after, until]``."""
    first, last = side.starts[account], side.starts[account + 1]
    low, high = np.searchsorted(side.time[first:last], [after, until], side="right")
    return side.edge[first + low : first + high]
