"""Everything that is measured on one part of the data."""

from dataclasses import asdict, dataclass
from math import isnan
from typing import Any

import numpy as np

from engine.arrays import Flags, Floats
from experiments.evaluation.bootstrap import Interval, average_precision_interval
from experiments.evaluation.calibration import Bin, brier, calibration_error, calibration_table
from experiments.evaluation.capacity import (
    Candidates,
    PaymentPoint,
    Point,
    candidates,
    capacity_curve,
    operating_point,
    payment_curve,
)
from experiments.evaluation.networks import Lateness, NetworkFound, lateness, networks
from experiments.evaluation.patterns import KindRecall, recall_by_kind
from experiments.evaluation.ranking import rank, share_selected, top_count
from experiments.evaluation.truth import Scored, Truth

TOPS = (0.001, 0.005, 0.01, 0.05)
KIND_TOP = 0.01


@dataclass(frozen=True)
class Top:
    """The highest-scored share of the rows; ``lift`` is precision over the base rate."""

    share: float
    rows: int
    illicit_found: float
    illicit: int
    precision: float
    recall: float
    lift: float


@dataclass(frozen=True)
class Single:
    """How far one column alone gets: a detector, or the amount."""

    name: str
    average_precision: float
    roc_auc: float
    recall_top_1pct: float


@dataclass(frozen=True)
class AccountWeeks:
    """How well account-weeks are ranked, each by its highest row: what a list is made of."""

    count: int
    illicit: int
    base_rate: float
    average_precision: float
    interval: Interval


@dataclass(frozen=True)
class Judgement:
    """The measurements of one part; ``curve`` holds about twenty budgets around ``capacity``.

    ``payments`` holds the same budgets in payments, ``late`` how late networks are shown at
    capacity. ``expected_illicit`` is the sum of the scores: how many illicit rows they say there
    are.
    """

    part: str
    rows: int
    illicit: int
    patterns: int
    base_rate: float
    average_precision: float
    interval: Interval
    roc_auc: float
    account_weeks: AccountWeeks
    brier: float
    calibration_error: float
    expected_illicit: float
    tops: list[Top]
    capacity: Point
    curve: list[Point]
    payments: list[PaymentPoint]
    kinds_top_1pct: list[KindRecall]
    kinds_at_capacity: list[KindRecall]
    networks: list[NetworkFound]
    late: list[Lateness]
    bins: list[Bin]
    singles: list[Single]

    def headline(self) -> dict[str, float]:
        """Return the few numbers that stand at the top of a run, named by part."""
        top = next(top for top in self.tops if top.share == KIND_TOP)
        numbers = {
            "average_precision": self.average_precision,
            "average_precision_low": self.interval.low,
            "average_precision_high": self.interval.high,
            "base_rate": self.base_rate,
            "roc_auc": self.roc_auc,
            "recall_top_1pct": top.recall,
            "precision_top_1pct": top.precision,
            "precision_at_capacity": self.capacity.precision,
            "recall_at_capacity": self.capacity.recall,
            "value_recall_at_capacity": self.capacity.value_recall,
            "networks_at_capacity": self.capacity.networks_shown,
            "account_week_average_precision": self.account_weeks.average_precision,
            "account_week_base_rate": self.account_weeks.base_rate,
            "brier": self.brier,
            "calibration_error": self.calibration_error,
        }
        return {f"{self.part}_{name}": value for name, value in numbers.items() if not isnan(value)}

    def tables(self) -> dict[str, list[dict[str, Any]]]:
        """Return the tables of this part as plain rows, by name."""
        named: dict[str, list[Any]] = {
            "top_shares": self.tops,
            "capacity": self.curve,
            "capacity_in_payments": self.payments,
            "pattern_recall_top_1pct": self.kinds_top_1pct,
            "pattern_recall_at_capacity": self.kinds_at_capacity,
            "networks_at_capacity": self.networks,
            "lateness_at_capacity": self.late,
            "calibration": self.bins,
            "columns_alone": self.singles,
        }
        return {name: [asdict(row) for row in rows] for name, rows in named.items()}


def judge(part: str, scored: Scored, *, budget: int, seed: int) -> Judgement:
    """Measure scores against the truth; ``budget`` is how many candidates can be read a week."""
    truth, score = scored.truth, scored.score
    ranking, grouped = rank(score), candidates(truth, score)
    capacity = operating_point(truth, grouped, budget)
    caught = grouped.caught(grouped.selected(budget))
    top = share_selected(score, top_count(len(score), KIND_TOP))
    found = networks(truth, caught, scored.names)
    bins = calibration_table(score, truth.illicit)
    return Judgement(
        part=part,
        rows=len(truth),
        illicit=int(truth.illicit.sum()),
        patterns=len(np.unique(truth.pattern[truth.illicit])),
        base_rate=float(truth.illicit.mean()),
        average_precision=ranking.average_precision(truth.illicit),
        interval=average_precision_interval(ranking, truth.illicit, truth.pattern, seed),
        roc_auc=ranking.roc_auc(truth.illicit),
        account_weeks=_account_weeks(grouped, seed),
        brier=brier(score, truth.illicit),
        calibration_error=calibration_error(bins),
        expected_illicit=float(score.sum()),
        tops=[_top(truth.illicit, score, share) for share in TOPS],
        capacity=capacity,
        curve=capacity_curve(truth, grouped, budget),
        payments=payment_curve(truth, score, budget),
        kinds_top_1pct=recall_by_kind(truth, top),
        kinds_at_capacity=recall_by_kind(truth, caught),
        networks=found,
        late=lateness(found),
        bins=bins,
        singles=[_single(name, column, truth) for name, column in scored.singles.items()],
    )


def _account_weeks(grouped: Candidates, seed: int) -> AccountWeeks:
    illicit, ranking = grouped.illicit, rank(grouped.score)
    return AccountWeeks(
        count=len(illicit),
        illicit=int(illicit.sum()),
        base_rate=float(illicit.mean()) if len(illicit) else float("nan"),
        average_precision=ranking.average_precision(illicit),
        interval=average_precision_interval(ranking, illicit, grouped.pattern, seed),
    )


def _top(illicit: Flags, score: Floats, share: float) -> Top:
    rows, total = top_count(len(score), share), int(illicit.sum())
    found = float(share_selected(score, rows)[illicit].sum())
    base = float(illicit.mean())
    return Top(
        share=share,
        rows=rows,
        illicit_found=found,
        illicit=total,
        precision=found / rows,
        recall=found / total if total else float("nan"),
        lift=found / rows / base if base else float("nan"),
    )


def _single(name: str, column: Floats, truth: Truth) -> Single:
    known = np.where(np.isnan(column), -np.inf, column)
    ranking = rank(known)
    return Single(
        name,
        ranking.average_precision(truth.illicit),
        ranking.roc_auc(truth.illicit),
        _top(truth.illicit, known, KIND_TOP).recall,
    )
