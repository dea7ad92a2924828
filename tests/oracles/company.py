"""How suspicious the other payments of a payment's accounts are, and which of them to name."""

from itertools import combinations
from math import nan

from features.statistics.company import NAMED_PERCENT, Expected


def _expected(statistic, world, row):
    if row.suspicion is None or not oracle.has_subject(statistic.lens, row):
        return nan
    if not oracle.knowable(statistic.window, world, row):
        return nan
    found = oracle.events(statistic, world, row)
    return sum(other.suspicion for other in found if other.id != row.id) / 1_000_000


def named(grades):
    """Try every choice: which are in the smallest that makes up the share, or tie with one that is.

    Equal ones can stand in for each other, so that each of them is in some smallest choice.
    """
    wanted = NAMED_PERCENT * sum(grades)
    for size in range(len(grades) + 1):
        enough = [
            chosen
            for chosen in combinations(range(len(grades)), size)
            if 100 * sum(grades[k] for k in chosen) >= wanted
        ]
        if enough:
            best = max(enough, key=lambda chosen: sum(grades[k] for k in chosen))
            told = {grades[k] for k in best}
            return [grade in told for grade in grades]
    return None


VALUES = {Expected: _expected}

# What this needs of them is there by the time it is called; they need the table above.
from oracles import statistics as oracle  # noqa: E402
