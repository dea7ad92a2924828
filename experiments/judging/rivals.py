"""What a model has to beat beside its detectors and published rules: trees without a history."""

from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from engine.arrays import Flags, Floats, Integers
from engine.booster import singles
from engine.growth import Part
from engine.settings import EnsembleConfig
from engine.trials import Choose, Trial, best_trial, newest, refitted
from experiments.config import ExperimentConfig
from experiments.judging.model import Model
from experiments.judging.scoring import Table
from experiments.judging.span import Judged
from experiments.rows import Rows, micros
from features.catalogue import CATALOGUE, Feature
from features.dataset import Dataset
from features.slices import Means, compute_frame

_TUNES = 0.25


@dataclass(frozen=True)
class Columns:
    """What a rival's trees learn from, are tuned on, and are taught at last, if anything."""

    train: Part
    tuning: Part
    last: Part | None = None

    @classmethod
    def of(cls, *parts: tuple[Floats, Flags]) -> "Columns":
        """Take the rows of each, and which of them are illicit."""
        return cls(*(Part.bare(X, illicit.astype(np.int8)) for X, illicit in parts))

    def trained(self, choose: Choose, config: EnsembleConfig, seed: int) -> tuple[Trial, Trial]:
        """Choose trees and grow them anew on all rows, as the model does with its own.

        Return them as they are before they see the last rows, and since.
        """
        few = self.train.at_most(config.choice_rows)
        whole = self.train.joined(self.tuning) if config.refit else self.train
        rows = whole.at_most(config.booster_rows)
        trial = refitted(choose(few, self.tuning, config, seed), few, rows, config, seed)
        if not config.refit or self.last is None or not self.last.both:
            return trial, trial
        return trial, replace(trial, trees=newest(trial, whole, self.last, config, seed))


def scored(trial: Trial, X: Floats) -> Floats:
    """Return each row's log-odds."""
    return trial.trees.margins(singles(X, None))


def raw_features() -> tuple[Feature, ...]:
    """Return the facts of a payment itself: no history."""
    return tuple(feature for feature in CATALOGUE if feature.direction == "row")


def raw_scores(table: Table, model: Model, judged: Judged, means: Means) -> Floats | None:
    """Train on facts of the payments before those judged, and score these: `trained_before`."""
    span = (judged.start, judged.stop, judged.as_of)
    return trained_before(span, table.dataset, table.rows, table.at, model.config, means)


def trained_before(
    span: tuple[datetime, datetime, datetime],
    dataset: Dataset,
    rows: Rows,
    at: Integers,
    config: ExperimentConfig,
    means: Means | None = None,
) -> Floats | None:
    """Train XGBoost on facts of the payments before a span, and let it score rows ``at`` of it.

    ``span`` is from, to and as of. It learns from labels that were known by its start; the last
    quarter of the rows tunes it. None where that leaves nothing to learn from.
    """
    start, stop, as_of = span
    if rows.labels is None:
        return None
    begin = int(np.searchsorted(rows.time, micros(start)))
    label = rows.labels.known(micros(start))[:begin]
    known = np.flatnonzero(rows.evaluated[:begin] & (label >= 0))
    train, tuning = np.split(known, [round(len(known) * (1 - _TUNES))])
    illicit = label == 1
    if not all(illicit[own].any() and not illicit[own].all() for own in (train, tuning)):
        return None
    X = compute_frame(dataset, raw_features(), None, stop, as_of, means).values
    columns = Columns.of((X[train], illicit[train]), (X[tuning], illicit[tuning]))
    return scored(columns.trained(best_trial, config.ensemble, config.seed)[1], X[at])
