"""Scatter-gather by trying all pairs of legs."""

from dataclasses import dataclass, replace
from itertools import product

from features.statistics.patterns.scatter_gather import ScatterGather
from oracles.patterns.edges import told
from oracles.worlds import HOUR


@dataclass(frozen=True)
class Rule:
    """What the kernel is told: window, bound, time to pass on, share passed on in permille."""

    width: int
    memory: int
    pass_on: int
    low: int
    high: int
    backwards: bool = False


def conserves(rule, earlier, later):
    """Whether what was paid is an allowed share of what was received."""
    if rule.high == 0:
        return True
    received, paid = (later, earlier) if rule.backwards else (earlier, later)
    return rule.low * received <= 1000 * paid <= rule.high * received


def remembered(edges, rule, leg, now):
    """Whether the payee of a leg still remembers it."""
    since = [e for e in edges if e.target == leg.target and leg.time <= e.time < now]
    return now - rule.width < leg.time < now and len(since) <= rule.memory


def follows(rule, scatter, gather):
    """Whether one leg follows on the other."""
    return (
        scatter.target == gather.source
        and scatter.source != gather.target
        and 0 < gather.time - scatter.time <= rule.pass_on
        and conserves(rule, scatter.amount, gather.amount)
    )


def paths(edges, rule, sink, now):
    """Return the pairs of legs that lead into the sink and are remembered."""
    into = [e for e in edges if e.target == sink and e.time <= now]
    legs = [e for e in edges if remembered(edges, rule, e, now)]
    return [(s, g) for s, g in product(legs, into) if follows(rule, s, g)]


def completed(edges, rule, row):
    """Return the intermediaries of each source that a row's money may have come from."""
    pairs = paths(edges, rule, row.target, row.time)
    own = {
        s.source for s in edges if remembered(edges, rule, s, row.time) and follows(rule, s, row)
    }
    return {
        source: {scatter.target for scatter, _ in pairs if scatter.source == source}
        for source in own
    }


def scatter_gather(edges, rule):
    """Return the four answers about each edge, in their order."""
    return [_answer(edges, rule, row) for row in edges]


def _answer(edges, rule, row):
    sizes = [len(j) for j in completed(edges, loose(rule), row).values()]
    strict = [len(j) for j in completed(edges, rule, row).values()]
    window = [
        e for e in edges if e.target == row.source and row.time - rule.width < e.time < row.time
    ]
    return (
        max(sizes, default=0),
        sum(1 for size in sizes if size > 1),
        max(strict, default=0),
        int(len(window) > rule.memory),
    )


def loose(rule):
    """Return the rule without conservation: any amounts, at any time in the window."""
    return replace(rule, pass_on=rule.width, high=0)


def _value(statistic, world, row):
    told_rule = statistic.rule
    rule = Rule(
        statistic.width,
        told_rule.memory,
        told_rule.pass_on_hours * HOUR,
        told_rule.low_permille,
        told_rule.high_permille,
        statistic.ahead,
    )
    place = ("intermediaries", "sources", "conserving").index(statistic.measure)
    return told(statistic, world, row, lambda edges, own: _answer(edges, rule, own)[place])


VALUES = {ScatterGather: _value}
