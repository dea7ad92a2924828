"""One ranking, measured again and again under different weights of the same rows.

Every draw takes whole patterns, single honest rows and single honest account-weeks. The lists of
candidates and the threshold stay as they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.arrays import Flags, Floats, Integers
from experiments.evaluation.bootstrap import Steps, drawn_patterns
from experiments.evaluation.calibration import EDGES
from experiments.evaluation.capacity import Candidates, candidates
from experiments.evaluation.networks import network_rows
from experiments.evaluation.ranking import rank
from experiments.evaluation.truth import Truth


@dataclass(frozen=True)
class Weights:
    """How often rows, account-weeks and patterns count in a draw."""

    rows: Floats
    weeks: Floats
    patterns: Floats


@dataclass(frozen=True)
class Draws:
    """What goes together in a draw: each row's pattern and each account-week's; -1: honest."""

    numbers: Integers
    of_weeks: Integers

    @classmethod
    def of(cls, truth: Truth) -> "Draws":
        """Number the patterns by their first rows."""
        numbers = _numbered(truth)
        grouped = candidates(truth, np.zeros(len(truth)))
        return cls(numbers, _of_weeks(truth, numbers, grouped))

    @property
    def patterns(self) -> int:
        """How many patterns there are."""
        return int(self.numbers.max(initial=-1)) + 1

    @property
    def whole(self) -> Weights:
        """Everything once."""
        counts = (len(self.numbers), len(self.of_weeks), self.patterns)
        return Weights(*(np.ones(count) for count in counts))

    def weights(self, random: np.random.Generator) -> Weights:
        """Draw once."""
        patterns = drawn_patterns(random, self.patterns)
        rows = random.poisson(1.0, len(self.numbers)).astype(np.float64)
        weeks = random.poisson(1.0, len(self.of_weeks)).astype(np.float64)
        for weight, own in ((rows, self.numbers), (weeks, self.of_weeks)):
            illicit = own >= 0
            weight[illicit] = patterns[own[illicit]]
        return Weights(rows, weeks, patterns.astype(np.float64))


@dataclass(frozen=True)
class Side:
    """What of one ranking no draw changes.

    ``illicit`` are the places of the illicit rows, whose ``caught``, ``value`` and ``kinds``
    follow; ``guilty`` those of the illicit account-weeks. ``flagged`` are the rows at or above a
    threshold, None without one. ``best`` says by pattern how much of a network is shown, NaN for
    what is no network; ``error`` and ``bins`` are of all rows, for probabilities only.
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
    kinds: Mapping[str, Flags]
    flagged: Flags | None
    probability: bool

    @classmethod
    def of(
        cls,
        truth: Truth,
        score: Floats,
        draws: Draws,
        budget: int,
        *,
        probability: bool,
        threshold: float | None = None,
    ) -> "Side":
        """Prepare a ranking; with a threshold it is measured row by row and by pattern too."""
        grouped = candidates(truth, score)
        chosen = grouped.selected(budget)
        caught = grouped.caught(chosen)
        error = score - truth.illicit if probability else np.empty(0)
        kinds = truth.kind[truth.illicit]
        return cls(
            illicit=np.flatnonzero(truth.illicit),
            guilty=np.flatnonzero(grouped.illicit),
            rows=Steps.of(rank(score), truth.illicit),
            weeks=Steps.of(rank(grouped.score), grouped.illicit),
            chosen=chosen,
            caught=caught[truth.illicit],
            value=truth.capped_amount[truth.illicit],
            best=_best(truth, draws, caught),
            error=error,
            bins=_bins(score) if probability else np.empty(0, np.int64),
            kinds={str(kind): kinds == kind for kind in np.unique(kinds)},
            flagged=None if threshold is None else score >= threshold,
            probability=probability,
        )

    def measures(self, weight: Weights) -> dict[str, float]:
        """Return the metrics of a draw."""
        rows, weeks = weight.rows[self.illicit], weight.weeks[self.guilty]
        network = ~np.isnan(self.best)
        hits, patterns = weeks @ self.chosen[self.guilty], weight.patterns[network]
        value = rows * self.value
        return {
            "average_precision": _average(self.rows, weight.rows, self.illicit),
            "account_week_average_precision": _average(self.weeks, weight.weeks, self.guilty),
            "precision_at_capacity": ratio(hits, weight.weeks @ self.chosen),
            "recall_at_capacity": ratio(hits, weeks.sum()),
            "row_recall_at_capacity": ratio(rows @ self.caught, rows.sum()),
            "value_recall_at_capacity": ratio(value @ self.caught, value.sum()),
            "network_recall_at_capacity": ratio(patterns @ self.best[network], patterns.sum()),
            **(self._calibration(weight.rows) if self.probability else {}),
            **self._at_threshold(weight.rows, rows),
        }

    def _calibration(self, rows: Floats) -> dict[str, float]:
        apart, total = rows * self.error, rows.sum()
        return {
            "brier": ratio(apart @ self.error, total),
            "calibration_error": ratio(np.abs(np.bincount(self.bins, apart)).sum(), total),
        }

    def _at_threshold(self, everyone: Floats, rows: Floats) -> dict[str, float]:
        """Measure what is flagged row by row, and the recall of each pattern type."""
        if self.flagged is None:
            return {}
        flagged = self.flagged[self.illicit]
        found, said = rows[flagged].sum(), everyone[self.flagged].sum()
        by_kind = {
            kind: (rows[own & flagged].sum(), rows[own] @ self.caught[own], rows[own].sum())
            for kind, own in self.kinds.items()
        }
        return {
            "f1": ratio(2 * found, said + rows.sum()),
            "precision": ratio(found, said),
            "recall": ratio(found, rows.sum()),
            **{f"recall of {kind}": ratio(own[0], own[2]) for kind, own in by_kind.items()},
            **{
                f"recall at capacity of {kind}": ratio(own[1], own[2])
                for kind, own in by_kind.items()
            },
        }


def ratio(part: Any, whole: Any) -> float:
    """Return a share; NaN of nothing."""
    return float(part / whole) if whole else float("nan")


def _bins(score: Floats) -> Integers:
    """Number the bins of a calibration table."""
    cuts = np.unique(np.quantile(score, EDGES[1:-1]))
    numbers: Integers = np.searchsorted(cuts, score, side="left")
    return numbers


def _average(steps: Steps, weight: Floats, illicit: Integers) -> float:
    guilty, everyone = steps.summed(weight, illicit), steps.summed(weight)
    return steps.average_precision(guilty, everyone - guilty)


def _best(truth: Truth, draws: Draws, caught: Floats) -> Floats:
    best = np.full(draws.patterns, np.nan)
    rows = network_rows(truth)
    best[draws.numbers[rows]] = 0.0
    np.maximum.at(best, draws.numbers[rows], caught[rows])
    return best


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
