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


def conserving_runs(edges, width, most, low, high):
    """Return, for each edge, the best runs of edges into and out of its target: numbers, sorted.

    None where there is none, or another edge into the target is at its instant and after it.
    """
    return [_best_run(edges, number, width, most, low, high) for number in range(len(edges))]


def _best_run(edges, number, width, most, low, high):
    hub, now = edges[number].target, edges[number].time
    into = [k for k, e in enumerate(edges) if e.target == hub and e.time <= now]
    out = [k for k, e in enumerate(edges) if e.source == hub and e.time > now]
    later = [e.time for e in edges if e.target == hub and e.time > now]
    if number != into[-1] or not out or min(later, default=edges[out[0]].time) < edges[out[0]].time:
        return None
    runs = [(into[-k:], out[:m]) for k in _whole(into[::-1], edges) for m in _whole(out, edges)]
    runs = [run for run in runs if max(map(len, run)) <= most]
    runs = [
        (legs, passed)
        for legs, passed in runs
        if edges[passed[-1]].time - edges[legs[0]].time < width
        and low * _sum(edges, legs) <= 1000 * _sum(edges, passed) <= high * _sum(edges, legs)
    ]
    return min(runs, key=lambda run: _rank(edges, *run), default=None)


def _whole(numbers, edges):
    """Return how many of some edges can be taken without tearing an instant apart."""
    times = [edges[k].time for k in numbers]
    return [n for n in range(1, len(times) + 1) if n == len(times) or times[n - 1] != times[n]]


def _sum(edges, numbers):
    return sum(edges[k].amount for k in numbers)


def _rank(edges, legs, passed):
    return -len(legs) - len(passed), edges[passed[-1]].time - edges[legs[0]].time


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
