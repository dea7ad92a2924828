"""Recall by pattern type, and how sure a number is when rows of one pattern go together."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.arrays import Floats
from experiments.evaluation.ranking import Ranking
from experiments.evaluation.truth import Truth

REPLICATES = 200


@dataclass(frozen=True)
class KindRecall:
    """How much of one pattern type is found; a pattern counts as far as its best row does."""

    kind: str
    rows: int
    rows_found: float
    row_recall: float
    patterns: int
    patterns_found: float
    pattern_recall: float


def recall_by_kind(truth: Truth, caught: Floats) -> list[KindRecall]:
    """Measure recall for each pattern type, "none" among them, and for all together.

    ``caught`` (n,) says how much of each row is shown, 0 to 1.
    """
    kinds = [str(kind) for kind in np.unique(truth.kind[truth.illicit])]
    return [_recall(truth, caught, kind) for kind in [*kinds, "all"]]


def _recall(truth: Truth, caught: Floats, kind: str) -> KindRecall:
    rows = truth.illicit if kind == "all" else truth.illicit & (truth.kind == kind)
    found = float(caught[rows].sum())
    patterns, number = np.unique(truth.pattern[rows], return_inverse=True)
    best = np.zeros(len(patterns))
    np.maximum.at(best, number, caught[rows])
    total, count = int(rows.sum()), len(patterns)
    return KindRecall(
        kind,
        total,
        found,
        found / total if total else float("nan"),
        count,
        float(best.sum()),
        float(best.sum()) / count if count else float("nan"),
    )


@dataclass(frozen=True)
class Interval:
    """A 95 % interval."""

    low: float
    high: float


def average_precision_interval(ranking: Ranking, truth: Truth, seed: int) -> Interval:
    """Bootstrap the average precision, drawing whole patterns and single honest rows.

    Rows of one pattern are found or missed together, so drawing them one by one would make the
    interval several times too narrow.
    """
    return _interval(truth, seed, lambda weight: ranking.average_precision(truth.illicit, weight))


def _interval(truth: Truth, seed: int, measure: Callable[[Floats], float]) -> Interval:
    if not truth.illicit.any():
        return Interval(float("nan"), float("nan"))
    random = np.random.default_rng(seed)
    patterns, number = np.unique(truth.pattern[truth.illicit], return_inverse=True)
    equal = np.full(len(patterns), 1 / len(patterns))
    weight = np.empty(len(truth))
    values = []
    for _ in range(REPLICATES):
        weight[~truth.illicit] = random.poisson(1.0, int((~truth.illicit).sum()))
        weight[truth.illicit] = random.multinomial(len(patterns), equal)[number]
        values.append(measure(weight))
    low, high = np.nanpercentile(values, [2.5, 97.5])
    return Interval(float(low), float(high))
