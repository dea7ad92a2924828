"""What a model has to beat beside its detectors and published rules: trees without a history."""

from dataclasses import dataclass

import numpy as np

from engine.arrays import Flags, Floats
from engine.booster import singles
from engine.fitting import booster_rows
from engine.growth import Part
from engine.settings import EnsembleConfig
from engine.trials import Choose, Trial, best_trial, refitted
from experiments.judging.model import Model
from experiments.judging.scoring import Table, first_row
from experiments.judging.span import Judged
from experiments.rows import micros
from features.catalogue import CATALOGUE, Feature
from features.slices import Means, compute_frame

_TUNES = 0.25


@dataclass(frozen=True)
class Columns:
    """What a rival's trees learn from and are tuned on: rows of columns, and which are illicit."""

    train: Floats
    train_illicit: Flags
    tuning: Floats
    tuning_illicit: Flags

    def trained(self, choose: Choose, config: EnsembleConfig, seed: int) -> Trial:
        """Choose trees and grow them anew on all rows, as the model does with its own."""
        train, tune = (
            Part.bare(X, illicit.astype(np.int8))
            for X, illicit in ((self.train, self.train_illicit), (self.tuning, self.tuning_illicit))
        )
        few = train.take(booster_rows(train.y, config.choice_rows))
        whole = train.joined(tune) if config.refit else train
        whole = whole.take(booster_rows(whole.y, config.booster_rows))
        return refitted(choose(few, tune, config, seed), few, whole, config, seed)


def scored(trial: Trial, X: Floats) -> Floats:
    """Return each row's log-odds."""
    return trial.trees.margins(singles(X, None))


def raw_features() -> tuple[Feature, ...]:
    """Return the facts of a payment itself: no history."""
    return tuple(feature for feature in CATALOGUE if feature.direction == "row")


def raw_scores(table: Table, model: Model, judged: Judged, means: Means) -> Floats | None:
    """Train XGBoost on facts of the payments before those judged, and let it score these.

    It learns from labels that were known by then; the last quarter of the rows tunes it. None
    where that leaves nothing to learn from.
    """
    rows, begin = table.rows, first_row(table, judged)
    if rows.labels is None:
        return None
    label = rows.labels.known(micros(judged.start))[:begin]
    at = np.flatnonzero(rows.evaluated[:begin] & (label >= 0))
    edge = round(len(at) * (1 - _TUNES))
    illicit = label[at] == 1
    if not all(part.any() and not part.all() for part in (illicit[:edge], illicit[edge:])):
        return None
    found = compute_frame(table.dataset, raw_features(), None, judged.stop, judged.as_of, means)
    X = found.values
    columns = Columns(X[at[:edge]], illicit[:edge], X[at[edge:]], illicit[edge:])
    trial = columns.trained(best_trial, model.config.ensemble, model.config.seed)
    return scored(trial, X[table.at])
