"""Cycles by trying all ways of payments, each strictly later than the one before."""

from dataclasses import dataclass
from itertools import pairwise
from math import nan

from features.statistics.patterns import cycle
from oracles.patterns.edges import Edge, edges_of, is_edge, told


@dataclass(frozen=True)
class Rule:
    """What the kernel is told; ``backwards``: time is turned round."""

    width: int
    limit: int
    hub: int
    low: int = 700
    high: int = 1050
    hold: int = 100
    backwards: bool = False


@dataclass(frozen=True)
class Found:
    """A cycle: the accounts it runs through, from the closing payment's receiver, and its ways."""

    accounts: tuple
    ways: tuple

    @property
    def hops(self):
        """How many payments."""
        return len(self.accounts)

    @property
    def members(self):
        """The numbers of the edges on any way."""
        return {k for way in self.ways for k in way}


def closed(edges: list[Edge], closing: int, width: int, limit: int) -> list[Found]:
    """Return the cycles of two to ``limit`` hops that an edge closes, whatever lies between."""
    last, ways = edges[closing], {}

    def extend(way):
        first = edges[way[0]]
        accounts = tuple(edges[k].source for k in way)
        if len(set(accounts)) < len(accounts):
            return
        if first.source == last.target:
            if len(way) > 1:
                ways.setdefault(accounts, []).append(tuple(way))
            return
        if len(way) < limit:
            for k, edge in enumerate(edges):
                if edge.target == first.source and last.time - width < edge.time < first.time:
                    extend([k, *way])

    extend([closing])
    return [Found(accounts, tuple(found)) for accounts, found in sorted(ways.items())]


def could_close(edges, asked, width, after):
    """Name the asked edges, and those soon after one, whose payer was paid, and receiver paid."""

    def considered(k):
        return k in asked or any(a < k and edges[k].time < edges[a].time + after for a in asked)

    def within(k):
        return [edge for edge in edges if edges[k].time - width < edge.time < edges[k].time]

    return [
        k
        for k, last in enumerate(edges)
        if considered(k)
        and any(edge.target == last.source for edge in within(k))
        and any(edge.source == last.target for edge in within(k))
    ]


def is_hub(edges, account, side, now, width, hub):
    """Whether an account has more payments on one side in the window than the bound."""
    return sum(getattr(e, side) == account and now - width < e.time < now for e in edges) > hub


def left_out(edges, closing, rule):
    """Return the side to count hubs by; None where both ends are hubs."""
    last = edges[closing]
    window = (last.time, rule.width, rule.hub)
    if not is_hub(edges, last.source, "target", *window):
        return "target"
    return None if is_hub(edges, last.target, "source", *window) else "source"


def bounded(edges, closing, rule):
    """Return the cycles that pass no hub between the two ends of the closing payment."""
    side, last = left_out(edges, closing, rule), edges[closing]
    if side is None:
        return []
    window = (last.time, rule.width, rule.hub)
    return [
        cycle
        for cycle in closed(edges, closing, rule.width, rule.limit)
        if not any(
            is_hub(edges, account, side, *window)
            for account in set(cycle.accounts) - {last.source, last.target}
        )
    ]


def conserves(edges, way, rule):
    """Whether each hop of a way is an allowed share of the one before, soon enough after it."""
    for one, other in pairwise(way):
        before, after = (other, one) if rule.backwards else (one, other)
        paid, passed = edges[before].amount, edges[after].amount
        if not (paid > 0 and rule.low * paid <= 1000 * passed <= rule.high * paid):
            return False
        if edges[other].time - edges[one].time > rule.hold:
            return False
    return True


def measures(edges, closing, rule):
    """Return hops of the shortest, how many, hops of the longest that conserves money."""
    found = bounded(edges, closing, rule)
    kept = [c.hops for c in found if any(conserves(edges, way, rule) for way in c.ways)]
    return min((c.hops for c in found), default=0), len(found), max(kept, default=0)


def member(edges, asked, rule):
    """Return for each edge the hops of the shortest cycle it takes part in that is closed."""
    found = [cycle for k in asked for cycle in bounded(edges, k, rule)]
    return [min((c.hops for c in found if k in c.members), default=0) for k in range(len(edges))]


def by_length(edges, limit, width):
    """Count, for each edge, the cycles it closes and those it takes part in, by their hops."""
    found = [closed(edges, k, width, limit) for k in range(len(edges))]
    columns = range(limit + 1)
    return (
        [[sum(c.hops == hops for c in own) for hops in columns] for own in found],
        [
            [
                sum(c.hops == hops and k in c.members for own in found for c in own)
                for hops in columns
            ]
            for k in range(len(edges))
        ],
    )


def _rule(statistic, *, backwards):
    low, high, hold = statistic.rule.share
    told_of = (statistic.width, statistic.rule.hops, statistic.rule.hub_payments)
    return Rule(*told_of, low, high, hold, backwards)


def _cycle(statistic, world, row):
    def answer(edges, own):
        edges = sorted(edges, key=lambda edge: edge.time)
        rule = _rule(statistic, backwards=statistic.ahead)
        place = ("hops", "count", "conserving_hops").index(statistic.measure)
        return measures(edges, edges.index(own), rule)[place]

    return told(statistic, world, row, answer)


def _member(statistic, world, row):
    if None in {row.sender, row.receiver} or row.time + statistic.width > world.as_of:
        return nan
    if not is_edge(row):
        return 0.0
    edges = edges_of(world)
    own = Edge(row.sender, row.receiver, row.time, row.amount)
    rule = _rule(statistic, backwards=False)
    return float(member(edges, range(len(edges)), rule)[edges.index(own)])


VALUES = {cycle.Cycle: _cycle, cycle.CycleMember: _member}
