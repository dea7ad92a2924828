"""What investigators with room for k candidates a week would see.

A candidate is an account in an ISO week; its score is the highest of its rows, each row counting
for both of its known sides. A row is caught as far as one of its two candidates is selected.
"""

from dataclasses import dataclass

import numpy as np

from engine.arrays import Flags, Floats, Integers
from experiments.evaluation.networks import networks_shown
from experiments.evaluation.ranking import share_selected
from experiments.evaluation.truth import Truth, week_begins

STEPS = 20


@dataclass(frozen=True)
class Candidates:
    """The account-weeks of some rows; ``sender`` and ``receiver`` point each row to its own.

    ``pattern`` is that of an illicit account-week's rows, the smallest number where it has
    several; -1 for an honest one.
    """

    score: Floats
    illicit: Flags
    pattern: Integers
    account: Integers
    week: Integers
    sender: Integers
    receiver: Integers

    @property
    def begins(self) -> Integers:
        """The first instant of each one's week, in microseconds since 1970."""
        return week_begins(self.week)

    def ranks(self) -> Integers:
        """Return each one's rank in its week, from 1; equal scores share the better rank."""
        ranks = np.empty(len(self.score), np.int64)
        for week in np.unique(self.week):
            rows = np.flatnonzero(self.week == week)
            better = np.sort(-self.score[rows])
            ranks[rows] = 1 + np.searchsorted(better, -self.score[rows], side="left")
        return ranks

    def selected(self, budget: int) -> Floats:
        """Return how much of each candidate the ``budget`` best of every week hold."""
        chosen = np.zeros(len(self.score))
        for week in np.unique(self.week):
            rows = np.flatnonzero(self.week == week)
            chosen[rows] = share_selected(self.score[rows], budget)
        return chosen

    def caught(self, chosen: Floats) -> Floats:
        """Return how much of each row the chosen candidates show."""
        padded = np.append(chosen, 0.0)
        shown: Floats = np.maximum(padded[self.sender], padded[self.receiver])
        return shown


def candidates(truth: Truth, score: Floats) -> Candidates:
    """Group rows into account-weeks; a row points to -1 where its side is the world outside."""
    side = np.concatenate([truth.sender, truth.receiver])
    known = side >= 0
    keys = np.stack([np.tile(truth.week, 2)[known], side[known]])
    found, inverse = np.unique(keys, axis=1, return_inverse=True)
    number = np.full(len(side), -1, dtype=np.int64)
    number[known] = inverse.reshape(-1)
    best = np.full(found.shape[1], -np.inf)
    np.maximum.at(best, number[known], np.tile(score, 2)[known])
    guilty, none = known & np.tile(truth.illicit, 2), np.iinfo(np.int64).max
    pattern = np.full(found.shape[1], none)
    np.minimum.at(pattern, number[guilty], np.tile(truth.pattern, 2)[guilty])
    illicit, rows = np.zeros(found.shape[1], dtype=bool), len(truth)
    illicit[number[guilty]] = True
    pattern[~illicit] = -1
    return Candidates(best, illicit, pattern, found[1], found[0], number[:rows], number[rows:])


@dataclass(frozen=True)
class Point:
    """One operating point: so many candidates a week, and what they would show.

    ``networks`` are the patterns of several rows or of a named type; ``value`` is in minor units;
    ``lift`` is precision over the share of illicit candidates. Every share comes with its numerator
    and denominator; ``threshold`` is the lowest score listed.
    """

    budget: int
    listed: float
    listed_illicit: float
    precision: float
    candidates: int
    candidates_illicit: int
    lift: float
    recall: float
    rows_caught: float
    rows_illicit: int
    row_recall: float
    value_caught: float
    value_illicit: float
    value_recall: float
    networks_shown: float
    networks: int
    threshold: float


def operating_point(truth: Truth, grouped: Candidates, budget: int) -> Point:
    """Measure one budget of candidates a week."""
    chosen = grouped.selected(budget)
    caught = grouped.caught(chosen)
    value = truth.capped_amount
    listed, hits = float(chosen.sum()), float(chosen[grouped.illicit].sum())
    rows, guilty = float(caught[truth.illicit].sum()), int(truth.illicit.sum())
    shown, networks = networks_shown(truth, caught)
    return Point(
        budget=budget,
        listed=listed,
        listed_illicit=hits,
        precision=_ratio(hits, listed),
        candidates=len(grouped.illicit),
        candidates_illicit=int(grouped.illicit.sum()),
        lift=_ratio(hits * len(grouped.illicit), listed * float(grouped.illicit.sum())),
        recall=_ratio(hits, float(grouped.illicit.sum())),
        rows_caught=rows,
        rows_illicit=guilty,
        row_recall=_ratio(rows, guilty),
        value_caught=float((caught * value).sum()),
        value_illicit=float(value.sum()),
        value_recall=_ratio(float((caught * value).sum()), float(value.sum())),
        networks_shown=shown,
        networks=networks,
        threshold=float(grouped.score[chosen > 0].min()) if listed else float("nan"),
    )


def capacity_curve(truth: Truth, grouped: Candidates, budget: int) -> list[Point]:
    """Measure about twenty budgets from a tenth of the budget to ten times it, itself among them.

    >>> budgets(200)[:3], 200 in budgets(200), budgets(200)[-1]
    ([20, 25, 32], True, 2000)
    """
    return [operating_point(truth, grouped, size) for size in budgets(budget)]


@dataclass(frozen=True)
class PaymentPoint:
    """One operating point in payments: the ``budget`` highest of every week, read one by one.

    Shares are as in `Point`; a network is shown as far as its best row is.
    """

    budget: int
    listed: float
    listed_illicit: float
    precision: float
    rows: int
    rows_illicit: int
    lift: float
    recall: float
    value_caught: float
    value_illicit: float
    value_recall: float
    networks_shown: float
    networks: int
    threshold: float


def payment_point(truth: Truth, score: Floats, budget: int) -> PaymentPoint:
    """Measure one budget of payments a week."""
    chosen = np.zeros(len(score))
    for week in np.unique(truth.week):
        rows = np.flatnonzero(truth.week == week)
        chosen[rows] = share_selected(score[rows], budget)
    listed, found = float(chosen.sum()), float(chosen[truth.illicit].sum())
    guilty, value = int(truth.illicit.sum()), truth.capped_amount
    shown, networks = networks_shown(truth, chosen)
    return PaymentPoint(
        budget=budget,
        listed=listed,
        listed_illicit=found,
        precision=_ratio(found, listed),
        rows=len(truth),
        rows_illicit=guilty,
        lift=_ratio(found * len(truth), listed * guilty),
        recall=_ratio(found, guilty),
        value_caught=float((chosen * value).sum()),
        value_illicit=float(value.sum()),
        value_recall=_ratio(float((chosen * value).sum()), float(value.sum())),
        networks_shown=shown,
        networks=networks,
        threshold=float(score[chosen > 0].min()) if listed else float("nan"),
    )


def payment_curve(truth: Truth, score: Floats, budget: int) -> list[PaymentPoint]:
    """Measure the same budgets in payments."""
    return [payment_point(truth, score, size) for size in budgets(budget)]


def budgets(budget: int) -> list[int]:
    """Return the budgets of a capacity curve."""
    powers = 10.0 ** (np.arange(-STEPS // 2, STEPS // 2 + 1) / (STEPS // 2))
    return sorted({max(1, round(budget * power)) for power in powers})


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")
