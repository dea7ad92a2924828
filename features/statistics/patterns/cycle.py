"""What cycles a payment closes, opens, or takes part in."""

from dataclasses import dataclass
from itertools import chain
from typing import Literal

import numpy as np

from features.history import Codes, Integers
from features.kernels.patterns.closing import could_close
from features.kernels.patterns.cycle import cycles_closed
from features.kernels.windows import first_after
from features.patterns import Graph
from features.patterns.cycle import CycleRule, Hops, conserving, cycles
from features.statistics.patterns.edges import AskedEdges, edge_of, graph_of
from features.statistics.patterns.part import PartOfPattern
from features.statistics.patterns.swept import Rows, swept
from features.windows import Window, facing, leading, span_label
from features.workspace import Floats, Workspace

Measure = Literal["hops", "count", "conserving_hops"]
_MEASURES = ("hops", "count", "conserving_hops")


@dataclass(frozen=True)
class _OfCycles(PartOfPattern):
    """What cycles of payments tell."""

    width: int
    rule: CycleRule

    def told(self, space: Workspace, *, ahead: bool) -> tuple[Integers, ...]:
        """Return the measures of each row; last, the shortest cycle it is part of, looking back."""
        what = f"cycle_{facing(self.width, ahead=ahead).label}"
        left_out = (
            f"{what}: accounts with too many payments",
            f"{what}: payments between two of them",
        )
        key = (_OfCycles, self.width, self.rule, ahead)
        return swept(space, key, lambda rows: self._sweep(rows, ahead=ahead), *left_out)

    def _sweep(self, rows: Rows, *, ahead: bool) -> tuple[Integers, ...]:
        asked, rule = AskedEdges.of(rows, "time", ahead=ahead), self.rule
        graph, columns = asked.graph, asked.columns
        # Looking back, also what can close a cycle that an edge asked about takes part in.
        after = 0 if ahead else self.width
        closing = could_close(asked.places, columns, graph.accounts, self.width, after)
        first = int(asked.places[0]) if len(asked.places) else 0
        *measures, skipped, hubs, member = cycles_closed(
            closing,
            columns,
            graph.amount,
            graph.accounts,
            first,
            self.width,
            rule.hops,
            rule.hub_payments,
            rule.share,
            ahead,
        )
        shortest = _spread(asked, first + np.arange(len(member)), member)
        told = (_spread(asked, closing, each) for each in (*measures, skipped, hubs))
        *measures, skipped, hubs = told
        return *measures, shortest, skipped, hubs


def _spread(asked: AskedEdges, edges: Integers, told: Integers | Codes) -> Integers:
    """Bring what is told of some edges, rising, to the rows asked about; of most it is 0."""
    some = np.flatnonzero(told)
    place = np.searchsorted(asked.places, edges[some])
    own = np.append(asked.places, -1)[place] == edges[some]
    numbers = np.zeros(asked.rows, np.min_scalar_type(told.max(initial=0)))
    numbers[asked.of_row[place[own]]] = told[some[own]]
    return numbers


@dataclass(frozen=True)
class Cycle(_OfCycles):
    """Measure the cycles that a payment closes; ``ahead``: those that it opens.

    Looking back, the cycle's payments lie in ``(t - width, t]`` and this is the last; ahead they
    lie in ``[t, t + width)`` and this is the first. A cycle is told by the accounts that it runs
    through: where several payments between two of them would do, it is one cycle.

    - ``hops``: of the shortest; 0 where there is none.
    - ``count``: how many.
    - ``conserving_hops``: of the longest that conserves money at every hop; 0 where none does.
    """

    measure: Measure
    ahead: bool

    @property
    def label(self) -> str:
        """The measure and the window."""
        return f"cycle_{self.measure}_{self.window.label}"

    def value(self, space: Workspace) -> Floats:
        """Return the measure."""
        told = self.told(space, ahead=self.ahead)
        return self.known(space, told[_MEASURES.index(self.measure)])

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return the payments that can be hops of the cycles meant: all that are as short or long.

        Of a conserving cycle, those on a way that conserves money.
        """
        edge = edge_of(space, at, ahead=self.ahead)
        if edge < 0:
            return np.empty(0, np.int64)
        graph, closing = graph_of(space.history, ahead=self.ahead), np.array([edge])
        every = list(cycles(graph, closing, self.width, self.rule.hops, self.rule.hub_payments))
        if self.measure == "conserving_hops":
            kept = (conserving(graph, hops, self.rule, turned=self.ahead) for hops in every)
            every = [hops for hops in kept if hops]
        if self.measure == "count" or not every:
            return _rows(graph, every)
        best = (min if self.measure == "hops" else max)(map(len, every))
        return _rows(graph, [hops for hops in every if len(hops) == best])


@dataclass(frozen=True)
class CycleMember(_OfCycles):
    """Tell the hops of the shortest cycle that a payment takes part in; 0 where there is none.

    The cycle fits the width, so it lies in ``(t - width, t + width)``; known once that is over.
    """

    @property
    def label(self) -> str:
        """The window, on both sides."""
        return f"cycle_member_hops_{span_label(self.width)}_and_{leading(self.width).label}"

    @property
    def window(self) -> Window:
        """The one ahead; as far back it sees, too."""
        return leading(self.width)

    @property
    def lookback(self) -> int:
        """The width."""
        return self.width

    def value(self, space: Workspace) -> Floats:
        """Return the hops."""
        return self.known(space, self.told(space, ahead=False)[-1])

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return the payments that can be hops of the shortest cycles with this one in them."""
        own, best = edge_of(space, at, ahead=False), int(self.told(space, ahead=False)[-1][at])
        if not best:
            return np.empty(0, np.int64)
        graph = space.history.graph
        closing = _reached(graph, own, self.width, best)
        every = cycles(graph, closing, self.width, best, self.rule.hub_payments)
        shortest = [hops for hops in every if any(own in edges for edges in hops)]
        return _rows(graph, shortest)


def _rows(graph: Graph, every: list[Hops]) -> Integers:
    """Return the history rows of all payments of some cycles."""
    edges = sorted(set(chain.from_iterable(chain.from_iterable(every))))
    return np.unique(graph.row[np.array(edges, np.int64)])


def _reached(graph: Graph, edge: int, width: int, hops: int) -> Integers:
    """Return the edge, and those that money can take after it: one of them closes its cycles."""
    outgoing, end = graph.outgoing, graph.time[edge] + width
    reached, accounts, since = [np.array([edge])], graph.target[[edge]], graph.time[[edge]]
    for _ in range(hops - 1):
        last = np.full(len(accounts), end - 1)
        low, high = (
            first_after(accounts, instants, outgoing.starts, outgoing.time)
            for instants in (since, last)
        )
        many = np.maximum(high - low, 0)
        onward = np.repeat(low - np.cumsum(many) + many, many) + np.arange(many.sum())
        onward = onward[np.argsort(outgoing.time[onward], kind="stable")]
        reached.append(outgoing.edge[onward])
        accounts, first = np.unique(outgoing.other[onward], return_index=True)
        since = outgoing.time[onward[first]]
    return np.unique(np.concatenate(reached))
