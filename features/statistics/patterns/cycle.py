"""What cycles a payment closes, opens, or takes part in."""

from dataclasses import dataclass
from itertools import chain
from typing import Literal

import numpy as np

from features.history import Integers
from features.kernels.patterns.cycle import cycles_closed
from features.kernels.windows import first_after
from features.patterns import Graph
from features.patterns.cycle import CycleRule, Hops, conserving, cycles
from features.statistics.patterns.edges import edge_of_rows, graph_of
from features.statistics.patterns.numbered import NumberedEdges
from features.windows import Window, leading, span_label, trailing
from features.workspace import Floats, Workspace

Measure = Literal["hops", "count", "conserving_hops"]
_MEASURES = ("hops", "count", "conserving_hops")
_MEMBER = 5


@dataclass(frozen=True)
class _OfCycles:
    """What cycles of payments tell: 0 for a self-payment, NaN where a side is unknown."""

    width: int
    rule: CycleRule

    @property
    def lens(self) -> None:
        """None: it is more than the two accounts' own payments."""
        return

    @property
    def null_rules(self) -> tuple[str, ...]:
        """Null without both sides, and until the window is over."""
        return ("side", "ahead") if self.lookahead else ("side",)

    @property
    def lookahead(self) -> int:
        """The width."""
        return self.width

    def earlier(self) -> None:
        """Return nothing: what a payment closes has no window before."""
        return


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

    @property
    def window(self) -> Window:
        """The window as it is named."""
        return leading(self.width) if self.ahead else trailing(self.width)

    @property
    def lookback(self) -> int:
        """The window's."""
        return self.window.lookback

    @property
    def lookahead(self) -> int:
        """The window's."""
        return self.window.lookahead

    def value(self, space: Workspace) -> Floats:
        """Return the measure."""
        found = _found(space, self.width, self.rule, ahead=self.ahead)
        edges = NumberedEdges.of(space, ahead=self.ahead)
        return space.known(edges.spread(space, found[_MEASURES.index(self.measure)]), self.window)

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return the payments that can be hops of the cycles meant: all that are as short or long.

        Of a conserving cycle, those on a way that conserves money.
        """
        edge, is_edge = edge_of_rows(space, ahead=self.ahead)
        if not is_edge[at]:
            return np.empty(0, np.int64)
        graph, closing = graph_of(space, ahead=self.ahead), edge[at : at + 1]
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
    def lookback(self) -> int:
        """The width."""
        return self.width

    def value(self, space: Workspace) -> Floats:
        """Return the hops."""
        found = _found(space, self.width, self.rule, ahead=False)
        edges = NumberedEdges.of(space, ahead=False)
        return space.known(edges.spread(space, found[_MEMBER]), leading(self.width))

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return the payments that can be hops of the shortest cycles with this one in them."""
        edge, is_edge = edge_of_rows(space, ahead=False)
        if not is_edge[at]:
            return np.empty(0, np.int64)
        graph, own = space.history.graph, int(edge[at])
        asked = NumberedEdges.of(space, ahead=False).edges
        found = _found(space, self.width, self.rule, ahead=False)[_MEMBER]
        best = int(found[np.searchsorted(asked, own)])
        if not best:
            return np.empty(0, np.int64)
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


def _found(space: Workspace, width: int, rule: CycleRule, *, ahead: bool) -> tuple[Integers, ...]:
    """Return the measures of each edge asked about; last, of the shortest cycle it is part of."""
    key = (_OfCycles, width, rule, ahead)
    return space.shared(key, lambda: _search(space, width, rule, ahead=ahead))


def _search(space: Workspace, width: int, rule: CycleRule, *, ahead: bool) -> tuple[Integers, ...]:
    asked = NumberedEdges.of(space, ahead=ahead)
    graph = asked.graph
    closing = asked.edges if ahead else _closing(graph, asked.edges, width)
    *measures, member = cycles_closed(
        closing,
        asked.columns,
        graph.amount,
        graph.accounts,
        width,
        rule.hops,
        rule.hub_payments,
        rule.share,
        ahead,
    )
    own = np.searchsorted(closing, asked.edges)
    found = tuple(measure[own] for measure in measures)
    what = f"cycle_{(leading(width) if ahead else trailing(width)).label}"
    space.leave_out(f"{what}: accounts with too many payments", int(found[3].sum()))
    space.leave_out(f"{what}: payments between two of them", int(found[4].sum()))
    return *found, member[asked.edges]


def _closing(graph: Graph, asked: Integers, width: int) -> Integers:
    """Return the edges asked about, and those that can close a cycle they take part in."""
    change = np.zeros(len(graph) + 1, np.int64)
    np.add.at(change, asked, 1)
    np.add.at(change, np.searchsorted(graph.time, graph.time[asked] + width), -1)
    return np.flatnonzero(np.cumsum(change[:-1]))
