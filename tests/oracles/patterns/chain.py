"""Chains by trying all ways back from a payment."""

from dataclasses import dataclass
from itertools import product
from math import nan

from features.statistics.patterns import chain
from oracles.patterns.edges import Edge, edges_of, is_edge, told, turned


@dataclass(frozen=True)
class Rule:
    """What the kernel is told; ``backwards``: time is turned round."""

    width: int
    hops: int
    memory: int
    hold: int
    low: int = 800
    high: int = 1020
    backwards: bool = False


def follows(edges, one, other, rule):
    """Whether one payment can be passed on by another."""
    receipt, payment = edges[one], edges[other]
    since = [
        e for e in edges if e.target == payment.source and receipt.time <= e.time < payment.time
    ]
    return (
        receipt.target == payment.source
        and receipt.source != payment.target
        and 0 < payment.time - receipt.time <= rule.hold
        and len(since) <= rule.memory
    )


def conserves(edges, one, other, rule):
    """Whether the other amount is an allowed share of the one."""
    before, after = (other, one) if rule.backwards else (one, other)
    paid, passed = edges[before].amount, edges[after].amount
    return paid > 0 and rule.low * paid <= 1000 * passed <= rule.high * paid


def ending(edges, last, rule, *, conserving):
    """Return the chains of at most ``hops`` payments that a payment ends, in its window."""
    whole, grown = [(last,)], [(last,)]
    for _ in range(rule.hops - 1):
        grown = [
            (k, *way)
            for way in grown
            for k in range(len(edges))
            if edges[k].time > edges[last].time - rule.width
            and follows(edges, k, way[0], rule)
            and (not conserving or conserves(edges, k, way[0], rule))
        ]
        whole += grown
    return whole


def starts(edges, last, rule, *, conserving):
    """Return the latest start of the chains of 1, 2 and more payments, and its largest amount."""
    every = ending(edges, last, rule, conserving=conserving)
    longest = max(map(len, every))
    return [
        max((edges[way[0]].time, edges[way[0]].amount) for way in every if len(way) == hops)
        for hops in range(1, longest + 1)
    ]


def through(edges, own, rule, *, conserving):
    """Return the most payments of a chain through a payment that fits the window."""
    mirrored = [turned(edge) for edge in edges]
    other = Rule(**{**vars(rule), "backwards": not rule.backwards})
    both = product(
        ending(edges, own, rule, conserving=conserving),
        ending(mirrored, own, other, conserving=conserving),
    )
    return max(
        len(one) + len(two) - 1
        for one, two in both
        if edges[two[0]].time - edges[one[0]].time < rule.width
    )


def _rule(statistic, *, backwards):
    hops, memory, hold = statistic.rule.limits
    return Rule(statistic.width, hops, memory, hold, *statistic.rule.share, backwards)


def _chain(statistic, world, row):
    if statistic.measure == "kept" and None not in {row.sender, row.receiver} and not is_edge(row):
        return nan

    def answer(edges, own):
        rule = _rule(statistic, backwards=statistic.ahead)
        found = starts(edges, edges.index(own), rule, conserving=statistic.measure != "hops")
        if statistic.measure != "kept":
            return len(found)
        far = found[-1][1]
        last, first = (far, own.amount) if statistic.ahead else (own.amount, far)
        return last / first if len(found) > 1 else nan

    return told(statistic, world, row, answer)


def _member(statistic, world, row):
    if None in {row.sender, row.receiver} or row.time + statistic.width > world.as_of:
        return nan
    if not is_edge(row):
        return 0.0
    edges = edges_of(world)
    own = edges.index(Edge(row.sender, row.receiver, row.time, row.amount))
    rule = _rule(statistic, backwards=False)
    return float(through(edges, own, rule, conserving=statistic.conserving))


VALUES = {chain.Chain: _chain, chain.ChainMember: _member}
