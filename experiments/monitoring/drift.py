"""Drift of features, family by family, and of the score, week by week."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.arrays import Floats, Integers
from engine.order import evenly_spaced
from experiments.monitoring.stability import LARGE, LITTLE, Usual, missing
from experiments.split import instant
from features.catalogue import Feature
from features.windows import DAY, FIRST_MONDAY

_ROWS = 100_000
_WEEK = 7 * DAY
_QUANTILES = {"median_score": 0.5, "score_95pct": 0.95, "score_99pct": 0.99}
_TOP = 0.99


@dataclass(frozen=True)
class FeatureDrift:
    """How one feature differs from the training rows: the index, and how often it is unknown."""

    feature: str
    family: str
    psi: float
    missing_train: float
    missing: float


@dataclass(frozen=True)
class FamilyDrift:
    """The features of a family: how far they moved, the furthest, how often they are unknown."""

    family: str
    features: int
    psi_median: float
    psi_highest: float
    moved_most: str
    moved: int
    moved_far: int
    missing_train: float
    missing: float


@dataclass(frozen=True)
class ScoreWeek:
    """The scores of a week, those of a part that has its own line in a week of two.

    ``share_high`` is the share of rows above what 1 % of the calibration part's rows exceed;
    ``psi`` compares with the whole of that part.
    """

    week_from: str
    part: str
    rows: int
    mean_score: float
    median_score: float
    score_95pct: float
    score_99pct: float
    share_high: float
    psi: float


def usual_values(X: Floats, rows: Integers) -> tuple[Usual, ...]:
    """Keep how each feature's values lie in some of the training rows: at most 100,000 of them."""
    chosen = rows[evenly_spaced(len(rows), _ROWS)]
    return tuple(Usual.of(X[chosen, column]) for column in range(X.shape[1]))


def feature_drift(
    features: Sequence[Feature], usual: Sequence[Usual], X: Floats
) -> list[FeatureDrift]:
    """Compare rows with those of training, the feature that moved furthest first."""
    rows = evenly_spaced(len(X), _ROWS)
    found = [
        FeatureDrift(
            feature.name,
            feature.family,
            before.index(X[rows, column]),
            before.missing,
            missing(X[rows, column]),
        )
        for column, (feature, before) in enumerate(zip(features, usual, strict=True))
    ]
    return sorted(found, key=lambda each: (-np.nan_to_num(each.psi), each.feature))


def family_drift(drift: Sequence[FeatureDrift]) -> list[FamilyDrift]:
    """Sum up by family, the family whose median feature moved furthest first."""
    families: dict[str, list[FeatureDrift]] = {}
    for each in drift:
        families.setdefault(each.family, []).append(each)
    found = [_family(name, own) for name, own in families.items()]
    return sorted(found, key=lambda each: (-np.nan_to_num(each.psi_median), each.family))


def _family(name: str, own: Sequence[FeatureDrift]) -> FamilyDrift:
    psi = np.array([each.psi for each in own])
    return FamilyDrift(
        family=name,
        features=len(own),
        psi_median=float(np.median(psi)),
        psi_highest=float(psi.max()),
        moved_most=own[int(psi.argmax())].feature,
        moved=int((psi > LITTLE).sum()),
        moved_far=int((psi > LARGE).sum()),
        missing_train=float(np.mean([each.missing_train for each in own])),
        missing=float(np.mean([each.missing for each in own])),
    )


def score_weeks(
    times: Mapping[str, Integers], scores: Mapping[str, Floats], reference: str
) -> list[ScoreWeek]:
    """Follow the score from week to week (ISO, UTC) through the parts, in order of time.

    ``times`` are microseconds since 1970; ``reference`` is the part to compare with.
    """
    usual = Usual.of(scores[reference])
    high = float(np.quantile(scores[reference], _TOP)) if len(scores[reference]) else np.nan
    found = []
    for part in sorted(scores, key=lambda name: int(times[name].min(initial=0))):
        monday = times[part] - (times[part] - FIRST_MONDAY) % _WEEK
        for begins in np.unique(monday).tolist():
            day = instant(begins).date().isoformat()
            found.append(_week(day, part, scores[part][monday == begins], usual, high))
    return found


def _week(begins: str, part: str, own: Floats, usual: Usual, high: float) -> ScoreWeek:
    quantiles = np.quantile(own, list(_QUANTILES.values()))
    named = dict(zip(_QUANTILES, map(float, quantiles), strict=True))
    return ScoreWeek(
        week_from=begins,
        part=part,
        rows=len(own),
        mean_score=float(own.mean()),
        share_high=float((own > high).mean()),
        psi=usual.index(own),
        **named,
    )
