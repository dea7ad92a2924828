"""Two rankings of the same rows: differences, and how sure they are.

Every draw takes whole patterns, single honest rows and single honest account-weeks, the same ones
for both rankings: what is hard for both cancels. The lists of candidates stay as they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.arrays import Floats, Integers
from experiments.evaluation.bootstrap import REPLICATES, Interval, Steps, drawn_patterns
from experiments.evaluation.calibration import EDGES
from experiments.evaluation.capacity import Candidates, candidates
from experiments.evaluation.networks import network_rows
from experiments.evaluation.ranking import rank
from experiments.evaluation.truth import Scored, Truth

LOWER_IS_BETTER = ("brier", "calibration_error")


@dataclass(frozen=True)
class Paired:
    """One metric of two rankings; the interval is that of the difference B minus A.

    ``b_higher`` is the share of draws in which B's is higher, ties counting half.
    """

    name: str
    a: float
    b: float
    interval: Interval
    b_higher: float

    @property
    def difference(self) -> float:
        """B minus A."""
        return self.b - self.a

    @property
    def verdict(self) -> str:
        """Say which is better, if the interval leaves 0 out."""
        if not (self.interval.low > 0 or self.interval.high < 0):
            return "no clear difference"
        return (
            "B is better"
            if (self.interval.low > 0) != (self.name in LOWER_IS_BETTER)
            else "A is better"
        )


@dataclass(frozen=True)
class _Weights:
    """How often rows, account-weeks and patterns count in a draw."""

    rows: Floats
    weeks: Floats
    patterns: Floats


@dataclass(frozen=True)
class _Side:
    """What of one ranking no draw changes.

    ``illicit`` are the places of the illicit rows, whose ``caught`` and ``value`` follow;
    ``guilty`` those of the illicit account-weeks. ``best`` says by pattern how much of a network
    is shown, NaN for what is no network; ``error`` and ``bins`` are of all rows.
    """

    illicit: Integers
    guilty: Integers
    rows: Steps
    weeks: Steps
    chosen: Floats
    caught: Floats
    value: Floats
    best: Floats
    error: Floats
    bins: Integers
    probability: bool

    @classmethod
    def of(cls, scored: Scored, numbers: Integers, budget: int, *, probability: bool) -> "_Side":
        truth, grouped = scored.truth, candidates(scored.truth, scored.score)
        chosen = grouped.selected(budget)
        caught = grouped.caught(chosen)
        cuts = np.unique(np.quantile(scored.score, EDGES[1:-1]))
        return cls(
            illicit=np.flatnonzero(truth.illicit),
            guilty=np.flatnonzero(grouped.illicit),
            rows=Steps.of(rank(scored.score), truth.illicit),
            weeks=Steps.of(rank(grouped.score), grouped.illicit),
            chosen=chosen,
            caught=caught[truth.illicit],
            value=truth.capped_amount[truth.illicit],
            best=_best(truth, numbers, caught),
            error=scored.score - truth.illicit,
            bins=np.searchsorted(cuts, scored.score, side="left"),
            probability=probability,
        )

    def measures(self, weight: _Weights) -> dict[str, float]:
        """Return the metrics of a draw."""
        rows, weeks = weight.rows[self.illicit], weight.weeks[self.guilty]
        network = ~np.isnan(self.best)
        hits, patterns = weeks @ self.chosen[self.guilty], weight.patterns[network]
        value = rows * self.value
        found = {
            "average_precision": _average(self.rows, weight.rows, self.illicit),
            "account_week_average_precision": _average(self.weeks, weight.weeks, self.guilty),
            "precision_at_capacity": _ratio(hits, weight.weeks @ self.chosen),
            "recall_at_capacity": _ratio(hits, weeks.sum()),
            "row_recall_at_capacity": _ratio(rows @ self.caught, rows.sum()),
            "value_recall_at_capacity": _ratio(value @ self.caught, value.sum()),
            "network_recall_at_capacity": _ratio(patterns @ self.best[network], patterns.sum()),
        }
        return {**found, **self._calibration(weight.rows)} if self.probability else found

    def _calibration(self, rows: Floats) -> dict[str, float]:
        apart, total = rows * self.error, rows.sum()
        return {
            "brier": _ratio(apart @ self.error, total),
            "calibration_error": _ratio(np.abs(np.bincount(self.bins, apart)).sum(), total),
        }


def _average(steps: Steps, weight: Floats, illicit: Integers) -> float:
    guilty, everyone = steps.summed(weight, illicit), steps.summed(weight)
    return steps.average_precision(guilty, everyone - guilty)


def _best(truth: Truth, numbers: Integers, caught: Floats) -> Floats:
    best = np.full(_count(numbers), np.nan)
    rows = network_rows(truth)
    best[numbers[rows]] = 0.0
    np.maximum.at(best, numbers[rows], caught[rows])
    return best


def paired(a: Scored, b: Scored, *, budget: int, seed: int, probability: bool) -> list[Paired]:
    """Compare two rankings of the same labelled rows.

    ``probability`` says that both scores are probabilities, so that calibration means something.
    """
    truth = a.truth
    numbers = _numbered(truth)
    sides = [_Side.of(each, numbers, budget, probability=probability) for each in (a, b)]
    grouped = candidates(truth, a.score)
    whole = _Weights(np.ones(len(truth)), np.ones(len(grouped.score)), np.ones(_count(numbers)))
    points = [side.measures(whole) for side in sides]
    drawn = _draws(sides, numbers, _of_weeks(truth, numbers, grouped), seed)
    return [_metric(name, points[0][name], points[1][name], drawn[name]) for name in points[0]]


def _metric(name: str, a: float, b: float, drawn: Floats) -> Paired:
    known = drawn[~np.isnan(drawn)]
    higher = float(np.mean((known > 0) + 0.5 * (known == 0))) if len(known) else float("nan")
    return Paired(name, a, b, Interval.of(drawn), higher)


def _draws(
    sides: list[_Side], numbers: Integers, of_weeks: Integers, seed: int
) -> Mapping[str, Floats]:
    """Return the differences B minus A in every draw, by metric."""
    random, illicit, guilty = np.random.default_rng(seed), sides[0].illicit, sides[0].guilty
    found: dict[str, list[float]] = {}
    for _ in range(REPLICATES):
        patterns = drawn_patterns(random, _count(numbers))
        rows = random.poisson(1.0, len(numbers)).astype(np.float64)
        weeks = random.poisson(1.0, len(of_weeks)).astype(np.float64)
        rows[illicit] = patterns[numbers[illicit]]
        weeks[guilty] = patterns[of_weeks[guilty]]
        weight = _Weights(rows, weeks, patterns.astype(np.float64))
        a, b = (side.measures(weight) for side in sides)
        for name in a:
            found.setdefault(name, []).append(b[name] - a[name])
    return {name: np.array(values) for name, values in found.items()}


def _numbered(truth: Truth) -> Integers:
    """Number the patterns by their first rows, without a gap; -1 for honest rows."""
    numbers = np.full(len(truth), -1, np.int64)
    _, first, own = np.unique(truth.pattern[truth.illicit], return_index=True, return_inverse=True)
    numbers[truth.illicit] = np.argsort(np.argsort(first))[own]
    return numbers


def _of_weeks(truth: Truth, numbers: Integers, grouped: Candidates) -> Integers:
    """Return the number of each account-week's pattern; -1 for honest ones."""
    names = dict(
        zip(truth.pattern[truth.illicit].tolist(), numbers[truth.illicit].tolist(), strict=True)
    )
    return np.array([names.get(name, -1) for name in grouped.pattern.tolist()], np.int64)


def _count(numbers: Integers) -> int:
    return int(numbers.max(initial=-1)) + 1


def _ratio(part: Any, whole: Any) -> float:
    return float(part / whole) if whole else float("nan")
