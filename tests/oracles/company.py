"""How suspicious the other payments of a payment's accounts are."""

from math import nan

from features.statistics.company import Expected


def _expected(statistic, world, row):
    if row.suspicion is None or not oracle.has_subject(statistic.lens, row):
        return nan
    if not oracle.knowable(statistic.window, world, row):
        return nan
    found = oracle.events(statistic, world, row)
    return sum(other.suspicion for other in found if other.id != row.id) / 1_000_000


VALUES = {Expected: _expected}

# What this needs of them is there by the time it is called; they need the table above.
from oracles import statistics as oracle  # noqa: E402
