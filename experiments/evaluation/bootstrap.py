"""How sure a number is when rows of one pattern go together: whole patterns are drawn again.

Rows of one pattern are found or missed together, so drawing them one by one would make every
interval several times too narrow. Honest rows are drawn one by one: each counts as often as a
Poisson variable of mean 1 says, and a sum of these is Poisson again, so that the honest rows
between two illicit ones can be drawn at once.
"""

from dataclasses import dataclass

import numpy as np

from engine.arrays import Flags, Floats, Integers
from experiments.evaluation.ranking import Ranking

REPLICATES = 200


@dataclass(frozen=True)
class Interval:
    """A 95 % interval."""

    low: float
    high: float

    @classmethod
    def of(cls, values: Floats) -> "Interval":
        """Return the middle 95 % of some values; NaN where none is a number."""
        known = values[~np.isnan(values)]
        if not len(known):
            return cls(float("nan"), float("nan"))
        low, high = np.percentile(known, [2.5, 97.5])
        return cls(float(low), float(high))


@dataclass(frozen=True)
class Steps:
    """Where average precision is decided: the groups of ties that hold illicit rows.

    ``step`` (n,) is the first of these groups, from 0, at or after each row; honest rows after
    the last have the number ``count``.
    """

    step: Integers
    count: int

    @classmethod
    def of(cls, ranking: Ranking, illicit: Flags) -> "Steps":
        """Find the steps of a ranking."""
        group = np.empty(len(illicit), np.int64)
        sizes = np.diff(ranking.ends, prepend=0)
        group[ranking.order] = np.repeat(np.arange(len(ranking.ends)), sizes)
        steps = np.unique(group[illicit])
        return cls(np.searchsorted(steps, group), len(steps))

    def summed(self, weight: Floats, rows: Integers | None = None) -> Floats:
        """Add up the weights of some rows, or of all, step by step."""
        step, weight = (self.step, weight) if rows is None else (self.step[rows], weight[rows])
        sums = np.bincount(step, weight, self.count + 1)
        return np.asarray(sums[: self.count], np.float64)

    def average_precision(self, guilty: Floats, honest: Floats) -> float:
        """Return the average precision from the weights of illicit and honest rows by step."""
        found = np.cumsum(guilty)
        if not len(found) or found[-1] == 0:
            return float("nan")
        seen = found + np.cumsum(honest)
        precision = np.divide(found, seen, out=np.zeros_like(found), where=seen > 0)
        return float(np.sum(guilty * precision) / found[-1])


def average_precision_interval(
    ranking: Ranking, illicit: Flags, pattern: Integers, seed: int
) -> Interval:
    """Bootstrap the average precision; neither the order of rows nor names of patterns matter."""
    random, steps = np.random.default_rng(seed), Steps.of(ranking, illicit)
    guilty = steps.step[illicit]
    number = _numbered(guilty, pattern[illicit])
    patterns = int(number.max(initial=-1)) + 1
    honest = steps.summed((~illicit).astype(np.float64))
    values = np.full(REPLICATES, np.nan)
    for k in range(REPLICATES):
        drawn = drawn_patterns(random, patterns)[number].astype(np.float64)
        weight = np.bincount(guilty, drawn, steps.count).astype(np.float64)
        values[k] = steps.average_precision(weight, random.poisson(honest).astype(np.float64))
    return Interval.of(values)


def drawn_patterns(random: np.random.Generator, patterns: int) -> Integers:
    """Draw as many patterns as there are, with replacement; return how often each is drawn."""
    if not patterns:
        return np.zeros(0, np.int64)
    return random.multinomial(patterns, np.full(patterns, 1 / patterns))


def _numbered(step: Integers, pattern: Integers) -> Integers:
    """Number the patterns by the places of their rows in the ranking, whatever they are called."""
    _, own = np.unique(pattern, return_inverse=True)
    order = np.lexsort((step, own))
    starts = np.flatnonzero(np.diff(own[order], prepend=-1))
    places = [tuple(rows.tolist()) for rows in np.split(step[order], starts[1:])]
    ranks = sorted(range(len(starts)), key=places.__getitem__)
    rank = np.empty(len(starts), np.int64)
    rank[ranks] = np.arange(len(starts))
    return rank[own]
