"""Gather-scatter by looking at every payment of the hub."""

from math import nan

from features.statistics.patterns.gather_scatter import GatherScatter
from oracles.patterns.edges import is_edge, told
from oracles.worlds import HOUR


def gather_scatter(edges, width):
    """Return payers, payees, received and paid around each edge, in their order."""
    return [around(edges, width, row) for row in edges]


def around(edges, width, row):
    """Return payers, payees, received and paid around an edge, whose source is the hub."""
    hub, now = row.source, row.time
    gather = [e for e in edges if e.target == hub and now - width < e.time < now]
    scatter = [e for e in edges if e.source == hub and now - width < e.time <= now]
    payers, payees = {e.source for e in gather}, {e.target for e in scatter}
    counted = row.target not in payers
    return (
        len(payers - payees) * counted,
        len(payees - payers) * counted,
        sum(e.amount for e in gather),
        sum(e.amount for e in scatter),
    )


def _value(statistic, world, row):
    if statistic.measure == "passed_on" and not is_edge(row):
        return nan
    return told(statistic, world, row, lambda edges, own: _measure(statistic, edges, own))


def _measure(statistic, edges, own):
    rule = statistic.rule
    payers, payees, earlier, later = around(edges, rule.within_hours * HOUR, own)
    received, paid = (later, earlier) if statistic.ahead else (earlier, later)
    if statistic.measure == "passed_on":
        return paid / received if received else nan
    size = min(payers, payees)
    low, high = rule.low_permille * received, rule.high_permille * received
    if statistic.measure == "conserving" and not (received and low <= 1000 * paid <= high):
        return 0
    return size


VALUES = {GatherScatter: _value}
