"""Cycles: payments through distinct accounts back to the first, each later than the one before."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import log

import numpy as np

from features.kernels.patterns.closing import could_close
from features.kernels.patterns.cycle import cycles_listed
from features.patterns.graph import Graph, Integers
from features.patterns.instance import Instance
from features.patterns.paths import Path, apart, first_payments, fresh_hops, span
from features.windows import DAY, HOUR

Hops = list[list[int]]
"""The edges that can be each hop of one cycle, first hop first."""


@dataclass(frozen=True)
class CycleRule:
    """What cycles are looked for.

    No cycle is longer than ``hops``. The search goes back from the payer of the closing payment
    and passes no account that received more than ``hub_payments`` in the window; where the payer
    itself did, it goes on from the receiver and passes none that made more. A payment between two
    such hubs is left out. Conserving: each hop at most ``pass_on_hours`` after the one before, and
    ``low_permille`` to ``high_permille`` of it. Instances are looked for in a window and with a
    bound of their own; a payment that closes more than ``instance_closed`` closes them by chance.
    """

    hops: int
    hub_payments: int
    pass_on_hours: int
    low_permille: int
    high_permille: int
    instance_days: int
    instance_hub_payments: int
    instance_closed: int

    @property
    def share(self) -> tuple[int, int, int]:
        """What kernels are told of conserving: the range, and the longest gap in microseconds."""
        return self.low_permille, self.high_permille, self.pass_on_hours * HOUR

    def follows(self, graph: Graph, one: int, other: int, *, turned: bool) -> bool:
        """Whether one edge conserves the money of an earlier one; ``turned``: in a turned graph."""
        gap = int(graph.time[other] - graph.time[one])
        before, after = (other, one) if turned else (one, other)
        paid, passed = int(graph.amount[before]), int(graph.amount[after])
        fits = paid * self.low_permille <= 1000 * passed <= paid * self.high_permille
        return 0 < gap <= self.pass_on_hours * HOUR and paid > 0 and fits


def cycles(
    graph: Graph, closing: Integers, width: int, limit: int, hub: int, most: int | None = None
) -> Iterator[Hops]:
    """Yield the cycles that some edges close, each as the payments that can be each of its hops.

    ``most``: none of an edge that closes more than so many.
    """
    columns = (graph.source, graph.target, graph.time)
    closing = could_close(closing, columns, graph.accounts, width, 0)
    cycle, edge, hop = cycles_listed(closing, columns, graph.accounts, width, limit, hub)
    heads = np.flatnonzero(np.diff(cycle, prepend=-1))
    ends = np.append(heads[1:], len(cycle))[: len(heads)]
    if most is not None:
        few = np.bincount(edge[heads], minlength=1)[edge[heads]] <= most
        heads, ends = heads[few], ends[few]
    for head, end in zip(heads.tolist(), ends.tolist(), strict=True):
        hops: Hops = [[] for _ in range(hop[head])]
        for k, at in zip(edge[head:end].tolist(), hop[head:end].tolist(), strict=True):
            hops[at - 1].append(k)
        yield hops


def conserving(graph: Graph, hops: Hops, rule: CycleRule, *, turned: bool = False) -> Hops:
    """Keep the payments on ways that conserve money; nothing where there is no such way."""
    onward = [hops[0]]
    for later in hops[1:]:
        onward.append(
            [k for k in later if any(rule.follows(graph, j, k, turned=turned) for j in onward[-1])]
        )
    kept = [onward[-1]]
    for sooner in onward[-2::-1]:
        kept.append(
            [j for j in sooner if any(rule.follows(graph, j, k, turned=turned) for k in kept[-1])]
        )
    return kept[::-1] if kept[-1] else []


def instances(graph: Graph, rule: CycleRule) -> list[Instance]:
    """List the cycles of a whole history, the least likely to be chance first.

    ``strength``: the logarithm of how many accounts the money could have ended at, less that of
    how many ways it could have gone: at each hop but the first, the payments that the payer made
    from its receipt until the cycle closed (only those that conserve money, where the cycle does).
    Below 0 a cycle is what chance brings about. It is no more than the logarithm of how seldom
    payments of this history close a cycle of so many hops: money back between two accounts is
    commonplace. This is taken by the share of hops, but the first, whose payer had not paid the
    receiver before the cycle began; half as much again where money is conserved. Of cycles as
    strong, the shorter in time comes first. One is left out where half its payments stand in
    stronger ones.
    """
    width, limit, hub = rule.instance_days * DAY, rule.hops, rule.instance_hub_payments
    closing = np.arange(len(graph))
    every = list(cycles(graph, closing, width, limit, hub, rule.instance_closed))
    closers = {(len(hops), hops[-1][0]) for hops in every}
    many = np.bincount([hops for hops, _ in closers], minlength=1)
    began, found = first_payments(graph), list[Path]()
    for hops in every:
        kept = conserving(graph, hops, rule)
        way = _way(graph, kept or hops, rule if kept else None)
        surprise = min(
            _surprise(graph, way, rule if kept else None), log(len(graph) / many[len(way)])
        )
        share = max(fresh_hops(graph, began, way) - 1, 0) / len(way)
        strength = max(surprise, 0.0) * share * (1.5 if kept else 1.0)
        found.append((strength, -span(graph, way), way))
    return [_instance(graph, strength, way) for strength, way in apart(found)]


def _surprise(graph: Graph, way: list[int], rule: CycleRule | None) -> float:
    """Return the logarithm of accounts over ways that the money could have gone."""
    end = int(graph.time[way[-1]])
    return log(graph.accounts) - sum(log(_choices(graph, k, end, rule)) for k in way[:-1])


def _choices(graph: Graph, receipt: int, end: int, rule: CycleRule | None) -> int:
    """Count the payments that a receipt could have been passed on by until the end."""
    outgoing, account = graph.outgoing, graph.target[receipt]
    first, last = outgoing.starts[account], outgoing.starts[account + 1]
    times = outgoing.time[first:last]
    low, high = first + np.searchsorted(times, [graph.time[receipt], end], side="right")
    onward = outgoing.edge[low:high].tolist()
    if rule is None:
        return len(onward)
    return sum(rule.follows(graph, receipt, k, turned=False) for k in onward)


def _way(graph: Graph, hops: Hops, rule: CycleRule | None) -> list[int]:
    """Take for each hop the latest payment that the next can follow on, of several the largest."""
    way = [hops[-1][0]]
    for edges in hops[-2::-1]:
        before = [k for k in edges if _leads(graph, k, way[-1], rule)]
        way.append(max(before, key=lambda k: (graph.time[k], graph.amount[k], -k)))
    return way[::-1]


def _leads(graph: Graph, one: int, other: int, rule: CycleRule | None) -> bool:
    if rule is None:
        return bool(graph.time[one] < graph.time[other])
    return rule.follows(graph, one, other, turned=False)


def _instance(graph: Graph, strength: float, way: list[int]) -> Instance:
    rows = tuple(int(graph.row[k]) for k in way)
    roles = tuple(f"hop {n} of {len(way)}" for n in range(1, len(way) + 1))
    return Instance("cycle", rows, roles, strength)
