"""Chains: money that passes from account to account, each hop later than the one before."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import log

import numpy as np

from features.kernels.patterns.chain import chains_ending
from features.patterns.graph import Graph
from features.patterns.instance import Instance
from features.patterns.paths import Path, apart, first_payments, fresh_hops, span
from features.windows import DAY, HOUR

Start = tuple[int, int]
"""A first payment's time and amount."""


@dataclass(frozen=True)
class ChainRule:
    """What counts as passing on.

    A payment follows on a receipt of its payer at most ``pass_on_hours`` before it, from another
    account than it goes to, and forgotten once more than ``memory`` have come, those of one instant
    together. Conserving: it is ``low_permille`` to ``high_permille`` of the receipt. No chain is
    told longer than ``hops``. Instances are looked for in a window of their own.
    """

    hops: int
    memory: int
    pass_on_hours: int
    low_permille: int
    high_permille: int
    instance_days: int
    instance_least_hops: int

    @property
    def limits(self) -> tuple[int, int, int]:
        """What kernels are told: most hops, memory, and the time to pass on in microseconds."""
        return self.hops, self.memory, self.pass_on_hours * HOUR

    @property
    def share(self) -> tuple[int, int]:
        """The permille a hop is of the one before."""
        return self.low_permille, self.high_permille

    def conserves(self, before: int, after: int) -> bool:
        """Whether one amount is an allowed share of the one before."""
        low, high = self.share
        return before > 0 and before * low <= 1000 * after <= before * high


@dataclass(frozen=True)
class Behind:
    """The chains that end in one edge of a graph, and start at an instant or later.

    ``turned``: the graph is turned round, so that what is behind here lies ahead in truth.
    """

    graph: Graph
    edge: int
    since: int
    rule: ChainRule
    conserving: bool
    turned: bool = False
    _follows: dict[int, list[int]] = field(default_factory=dict, compare=False)
    _starts: dict[int, list[Start]] = field(default_factory=dict, compare=False)

    def follows(self, edge: int) -> list[int]:
        """Return the receipts that an edge follows on, in the window."""
        if edge not in self._follows:
            self._follows[edge] = list(self._receipts(edge))
        return self._follows[edge]

    def _receipts(self, edge: int) -> Iterator[int]:
        graph, incoming, payer = self.graph, self.graph.incoming, self.graph.source[edge]
        now = int(graph.time[edge])
        first, last = incoming.starts[payer], incoming.starts[payer + 1]
        times = incoming.time[first:last]
        since = max(now - self.rule.pass_on_hours * HOUR, self.since)
        low, high = (first + int(np.searchsorted(times, at)) for at in (since, now))
        if high - low > self.rule.memory:
            oldest = incoming.time[high - self.rule.memory - 1]
            low = first + int(np.searchsorted(times, oldest, side="right"))
        for k in incoming.edge[low:high].tolist():
            if graph.source[k] != graph.target[edge] and self._conserves(k, edge):
                yield k

    def _conserves(self, one: int, other: int) -> bool:
        before, after = (other, one) if self.turned else (one, other)
        amount = self.graph.amount
        return not self.conserving or self.rule.conserves(int(amount[before]), int(amount[after]))

    def _look_back(self, hops: int) -> None:
        """Find the latest starts of all payments that so many hops lead back to."""
        reached, frontier = {self.edge}, {self.edge}
        for _ in range(hops - 1):
            frontier = {k for edge in frontier for k in self.follows(edge)} - reached
            reached |= frontier
        for edge in sorted(reached, key=lambda k: int(self.graph.time[k])):
            self._starts[edge] = self._latest(edge)

    def _latest(self, edge: int) -> list[Start]:
        own = [(int(self.graph.time[edge]), int(self.graph.amount[edge]))]
        before = [self._starts[k] for k in self.follows(edge) if k in self._starts]
        longest = min(max(map(len, before), default=0), self.rule.hops - 1)
        return own + [max(s[d] for s in before if len(s) > d) for d in range(longest)]

    def way(self, hops: int) -> set[int]:
        """Return the edges of the chain of so many hops that starts last.

        At each hop back the latest receipt is taken that leads there, the largest of simultaneous
        ones; those that are equal in this, too, all belong.
        """
        self._look_back(hops)
        start = self._starts[self.edge][hops - 1]
        edges, front = {self.edge}, {self.edge}
        for left in range(hops - 1, 0, -1):
            before = {
                k
                for edge in front
                for k in self.follows(edge)
                if len(self._starts[k]) >= left and self._starts[k][left - 1] == start
            }
            best = max((self.graph.time[k], self.graph.amount[k]) for k in before)
            front = {k for k in before if (self.graph.time[k], self.graph.amount[k]) == best}
            edges |= front
        return edges


def instances(graph: Graph, rule: ChainRule) -> list[Instance]:
    """List the chains of a whole history that conserve money, the least likely chance first.

    Each is the longest that ends with its last payment. ``strength``: its hops, less one, by the
    share of them between accounts of which the payer had not paid the receiver before the chain
    began, less the logarithm of how many ways there were to go back along it. Of chains as strong,
    the shorter in time comes first. One is left out where half its payments stand in stronger ones.
    """
    width, every = rule.instance_days * DAY, np.arange(len(graph))
    columns = (graph.source, graph.target, graph.time)
    _, hops, _, _, _, starts = chains_ending(
        every, columns, graph.amount, graph.accounts, width, rule.limits, rule.share, False
    )
    last = np.cumsum(np.where(hops > 1, hops, 0)) - 1  # of no chain there are no starts
    latest = np.where(hops > 1, np.append(starts, 0)[last], graph.time)
    began, found = first_payments(graph), list[Path]()
    for edge in np.flatnonzero(hops >= rule.instance_least_hops).tolist():
        behind = Behind(graph, edge, int(latest[edge]), rule, conserving=True)
        way = sorted(behind.way(int(hops[edge])))
        fresh = fresh_hops(graph, began, way) / len(way)
        choices = sum(log(max(len(behind.follows(k)), 1)) for k in way)
        found.append(((len(way) - 1) * fresh - choices, -span(graph, way), way))
    return [_instance(graph, strength, way) for strength, way in apart(found)]


def _instance(graph: Graph, strength: float, way: list[int]) -> Instance:
    instants = np.unique(graph.time[way])
    hops = np.searchsorted(instants, graph.time[way]) + 1
    roles = tuple(f"hop {hop} of {len(instants)}" for hop in hops)
    return Instance("chain", tuple(int(graph.row[k]) for k in way), roles, strength)
