"""Split and re-converge: one source pays several accounts, and these then pay one sink."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.patterns.graph import Adjacency, Codes, Graph, Integers
from features.patterns.shares import between
from features.windows import HOUR

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class ScatterGatherRule:
    """What counts as split and joined again.

    An intermediary passes on what it was last paid: a payment to it is forgotten once more than
    ``memory`` have come, its own instant included. Conserving is a pair of legs at most
    ``pass_on_hours`` apart, the gather leg ``low_permille`` to ``high_permille`` of the scatter
    leg; then what the sink receives by all pairs is such a share of what the source paid, too.
    """

    memory: int
    pass_on_hours: int
    low_permille: int
    high_permille: int

    @property
    def pass_on(self) -> int:
        """The time to pass money on, in microseconds."""
        return self.pass_on_hours * HOUR

    def conserves(self, received: Integers, paid: Integers) -> Mask:
        """Return where ``paid`` is a conserving share of ``received``, exactly."""
        least, most = between(received, self.low_permille, self.high_permille)
        conserving: Mask = (least <= paid) & (paid <= most)
        return conserving


Edges = tuple[Codes, Codes, Integers]
Legs = tuple[Integers, Codes, Integers, Integers, Codes]


def legs_of(graph: Graph, *, ahead: bool) -> tuple[Edges, Legs]:
    """Return the edges as the kernel takes them: in time order, and by who is paid.

    ``ahead``: who pays and who is paid have changed places.
    """
    ends = (graph.target, graph.source) if ahead else (graph.source, graph.target)
    side = graph.outgoing if ahead else graph.incoming
    return (*ends, graph.time), (side.starts, side.other, side.time, side.amount, side.places)


@dataclass(frozen=True)
class Paths:
    """Pairs of a scatter leg and a later gather leg, as positions in incoming adjacency."""

    scatter: Integers
    gather: Integers
    source: Integers
    through: Integers

    def of(self, chosen: Mask) -> "Paths":
        """Return some of them."""
        return Paths(
            self.scatter[chosen], self.gather[chosen], self.source[chosen], self.through[chosen]
        )

    def sizes(self) -> dict[int, int]:
        """Return how many intermediaries each source has."""
        pairs = np.unique(np.stack((self.source, self.through)), axis=1)
        sources, counts = np.unique(pairs[0], return_counts=True)
        return dict(zip(sources.tolist(), counts.tolist(), strict=True))


@dataclass(frozen=True)
class Sight:
    """What a gather leg sees: a graph (turned round, to look ahead), a window and a rule."""

    graph: Graph
    width: int
    rule: ScatterGatherRule
    conserving: bool
    ahead: bool

    def completed(self, edge: int) -> Paths:
        """Return the paths into an edge's sink from the sources whose money the edge may be."""
        legs, sink = self.graph.incoming, self.graph.target[edge]
        first, last = legs.starts[sink], legs.starts[sink + 1]
        now, times = self.graph.time[edge], legs.time[first:last]
        low, high = first + np.searchsorted(times, [now - self.width, now], side="right")
        order = low + np.argsort(legs.other[low:high], kind="stable")
        cuts = np.flatnonzero(np.diff(legs.other[order])) + 1
        pairs = [self._through(legs, gathers, sink, now) for gathers in np.split(order, cuts)]
        scatter, gather = np.concatenate(pairs, axis=1)
        found = Paths(scatter, gather, legs.other[scatter], legs.other[gather])
        own = np.unique(found.source[legs.edge[found.gather] == edge])
        return found.of(np.isin(found.source, own))

    def _through(self, legs: Adjacency, gathers: Integers, sink: int, now: int) -> Integers:
        """Return the pairs through the one account that pays the gather legs given."""
        scatters = self._remembered(legs, int(legs.other[gathers[0]]), now)
        scatters = scatters[legs.other[scatters] != sink]
        scatter, gather = (grid.ravel() for grid in np.meshgrid(scatters, gathers))
        apart = legs.time[gather] - legs.time[scatter]
        follows = apart > 0
        if self.conserving:
            ways = (gather, scatter) if self.ahead else (scatter, gather)
            received, paid = (legs.amount[way] for way in ways)
            follows &= (apart <= self.rule.pass_on) & self.rule.conserves(received, paid)
        return np.stack((scatter[follows], gather[follows]))

    def _remembered(self, legs: Adjacency, account: int, now: int) -> Integers:
        first, last = legs.starts[account], legs.starts[account + 1]
        times = legs.time[first:last]
        past = int(np.searchsorted(times, now))
        seen = np.arange(np.searchsorted(times, now - self.width, side="right"), past)
        since = past - np.searchsorted(times, times[seen])
        kept: Integers = first + seen[since <= self.rule.memory]
        return kept

    def evidence(self, edge: int) -> Integers:
        """Return the payments of the largest scatter-gather that an edge completes.

        Of several as large, the one that most money was scattered by, then the one whose last
        scatter leg is the latest; all that are equal in this, too.
        """
        paths, legs = self.completed(edge), self.graph.incoming
        if not len(paths.source):
            return np.empty(0, np.int64)
        ranks = {}
        for source, size in paths.sizes().items():
            scattered = np.unique(paths.scatter[paths.source == source])
            money, latest = int(legs.amount[scattered].sum()), int(legs.time[scattered].max())
            ranks[source] = (size, money, latest)
        best = max(ranks.values())
        return self.rows(paths, [source for source, rank in ranks.items() if rank == best])

    def several(self, edge: int) -> Integers:
        """Return the payments of all scatter-gathers of two or more intermediaries."""
        paths = self.completed(edge)
        return self.rows(paths, [source for source, size in paths.sizes().items() if size > 1])

    def rows(self, paths: Paths, sources: list[int]) -> Integers:
        """Return the history rows of the paths of some sources, in time order."""
        kept = paths.of(np.isin(paths.source, sources))
        legs = self.graph.incoming
        return np.unique(self.graph.row[legs.edge[np.concatenate((kept.scatter, kept.gather))]])
