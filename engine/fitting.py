"""Fitting an ensemble: detectors without labels, trees and calibration with them.

Rows come in canonical order (`engine.order`). Nothing here sees test rows. Only training imports
this module; what scores does not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engine.arrays import Floats, Integers, checked
from engine.booster import Trees
from engine.calibration import PercentileCurve, Platt
from engine.detectors.bank import DetectorBank
from engine.detectors.fitting import fit_bank
from engine.ensemble import Ensemble, Supervised, mean_logit
from engine.growth import Matrices, Part, Setting, booster_rows, grown
from engine.order import evenly_spaced
from engine.settings import EnsembleConfig
from engine.trials import Choose, Trial, best_trial, newest, refitted, untuned_trial
from features.errors import Fault, InputError

_LEAST_ROWS = 20
_FEW_DEPTH, _FEW_ROUNDS = 3, 80
_UNPLACED = PercentileCurve(np.zeros(1), np.zeros(1), np.ones(1))
Labels = NDArray[np.generic]


def fit_unsupervised(
    X: Floats, names: Sequence[str], config: EnsembleConfig, seed: int
) -> Ensemble:
    """Fit the detectors to rows of features and freeze where their mean stands among them.

    Raises
    ------
    InputError
        If there are too few rows, a value is infinite, or the columns are not those named.
    """
    X = checked(X, names)
    _refuse_few(X)
    bank = fit_bank(X, names, config, seed)
    sample = X[evenly_spaced(len(X), config.reference_rows)]
    unusual = mean_logit(bank.judge(sample).logit, bank.weights)
    standing = PercentileCurve.fit(unusual, config.reference_points)
    facts = {"rows": {"train": len(X)}, "notes": []}
    return Ensemble(tuple(names), bank, standing, None, config, facts)


@dataclass(frozen=True)
class Fitted:
    """An ensemble, and the same before its trees saw the rows that calibrate.

    Those rows can be judged by ``earlier`` alone; its calibration is that of ``ensemble`` too.
    """

    ensemble: Ensemble
    earlier: Ensemble


def fit_supervised(
    X: Floats,
    y: Labels,
    blocks: Labels | None,
    X_tune: Floats,
    y_tune: Labels,
    X_cal: Floats,
    y_cal: Labels,
    names: Sequence[str],
    config: EnsembleConfig,
    seed: int,
    choose: Choose = best_trial,
) -> Fitted:
    """Fit detectors to all rows, trees to the labelled ones, calibration to a part of its own.

    Once it is calibrated, the trees are grown anew on the rows that calibrated them too: the newest
    labels there are. The line that makes a probability of a margin stays that of rows unseen.

    A label is 1 or 0, anything else is unknown: such rows serve the detectors and the reference
    only. ``blocks`` numbers the folds (by time); trees learn from percentiles of detectors that
    were fitted to the other blocks; ``choose`` says which trees; with fewer positives than
    ``config.few_positives`` nothing is chosen. Where a part has no positives,
    something simpler is done in its place and noted in the facts; without a positive and a
    negative in training, the result is the unsupervised ensemble.

    Raises
    ------
    InputError
        If there are too few rows, a value is infinite, or the columns are not those named.
    """
    X, X_tune, X_cal = (checked(part, names) for part in (X, X_tune, X_cal))
    _refuse_few(X)
    counts = {"train": _count(y), "tune": _count(y_tune), "calibrate": _count(y_cal)}
    if not _both(y):
        note = "training rows lack positives or negatives: fitted without labels"
        fitted = fit_unsupervised(X, names, config, seed)
        fitted = replace(fitted, facts={"rows": counts, "notes": [note]})
        return Fitted(fitted, fitted)
    bank = fit_bank(X, names, config, seed)
    chosen = booster_rows(y, config.booster_rows)
    folds = _folds(blocks, len(X), config)
    logits = cross_fitted(X, names, folds, chosen, config, seed)
    train = Part.of(X[chosen], logits, mean_logit(logits, bank.weights), y[chosen])
    tune, calibrate = _served_part(bank, X_tune, y_tune), _served_part(bank, X_cal, y_cal)
    notes = [] if tune.both else ["tuning rows lack positives or negatives: trees not tuned"]
    if train.positives < config.few_positives:
        notes = [f"{train.positives} positives in training: too few to choose trees by"]
    trial = _grown(train, tune, calibrate, choose, config, seed)
    platt = _calibrated(trial, calibrate, tune, _share_kept(y, chosen), notes)
    served = (trial.trees, trial.setting.sees_detectors, trial.anomaly_weight, platt)
    model = Supervised(*served, calibrated=calibrate.both or tune.both)
    found = {"rows": counts, "trees_rows": len(chosen), "chosen": trial.facts()}
    facts = {**found, "rounds": trial.rounds, "trials": list(trial.tried), "notes": notes}
    earlier = _placed(Ensemble(tuple(names), bank, _UNPLACED, model, config, facts), X)
    trees = _newest(trial, train, tune, calibrate, config, seed)
    if trees is None:
        return Fitted(earlier, earlier)
    return Fitted(_placed(replace(earlier, supervised=replace(model, trees=trees)), X), earlier)


def cross_fitted(
    X: Floats,
    names: Sequence[str],
    folds: Integers,
    rows: Integers,
    config: EnsembleConfig,
    seed: int,
) -> Floats:
    """Return the detectors' log-odds of ``rows``, each by detectors that did not see its fold."""
    logits = np.empty((len(rows), len(config.detectors)))
    for fold in np.unique(folds[rows]):
        others = np.flatnonzero(folds != fold)
        limit = max(config.reference_rows, config.detector_rows)
        bank = fit_bank(X[others[evenly_spaced(len(others), limit)]], names, config, seed)
        mine = np.flatnonzero(folds[rows] == fold)
        for start in range(0, len(mine), 65_536):
            few = mine[start : start + 65_536]
            logits[few] = bank.judge(X[rows[few]]).logit
    return logits


def _folds(blocks: Labels | None, rows: int, config: EnsembleConfig) -> Integers:
    """Return the given blocks, or where these are fewer than two, equal runs of rows."""
    if blocks is not None and len(np.unique(blocks)) > 1:
        return np.unique(blocks, return_inverse=True)[1].astype(np.int64)
    return np.arange(rows) * config.folds // rows


def _grown(
    train: Part, tune: Part, calibrate: Part, choose: Choose, config: EnsembleConfig, seed: int
) -> Trial:
    """Choose the trees on few rows, and grow them anew on all that nothing is calibrated on."""
    if train.positives < config.few_positives:
        joined = train.joined(tune) if config.refit and calibrate.both else train
        return _few_trial(joined, config, seed)
    if not tune.both:
        return untuned_trial(train, config, seed)
    few = train.at_most(config.choice_rows)
    whole = train.joined(tune) if config.refit and calibrate.both else train
    whole = whole.at_most(config.booster_rows)
    return refitted(choose(few, tune, config, seed), few, whole, config, seed)


def _newest(
    trial: Trial, train: Part, tune: Part, calibrate: Part, config: EnsembleConfig, seed: int
) -> Trees | None:
    """Grow the trees anew on all labelled rows; None where they saw no others, or must not."""
    if not (config.refit and calibrate.both):
        return None
    before = train.joined(tune)
    if train.positives < config.few_positives:
        return _few_trial(before.joined(calibrate), config, seed).trees
    return newest(trial, before, calibrate, config, seed) if tune.both else None


def _few_trial(train: Part, config: EnsembleConfig, seed: int) -> Trial:
    """Grow few, flat, strongly regularised trees, and let the detectors keep a weight of their own.

    A handful of positives to tune on would choose by chance: nothing is chosen here.
    """
    flat = replace(config, learning_rate=0.05, l2=10.0, min_child_weight=1.0)
    setting = Setting.of(flat, False, _FEW_DEPTH, 1.0)
    matrices = Matrices.of(train, None, False, config.threads)
    trees = grown(matrices, setting, config, seed, _FEW_ROUNDS)
    return Trial(setting, trees, config.few_anomaly_weight)


def _served_part(bank: DetectorBank, X: Floats, y: Labels) -> Part:
    rows = np.flatnonzero((y == 0) | (y == 1))
    logits = bank.judge(X[rows]).logit
    return Part.of(X[rows], logits, mean_logit(logits, bank.weights), y[rows])


def _calibrated(trial: Trial, calibrate: Part, tune: Part, share: float, notes: list[str]) -> Platt:
    """Fit Platt's line on calibration rows; on tuning rows, or not at all, where it can't be."""
    if calibrate.both:
        part = calibrate
    elif tune.both:
        notes.append("calibration rows lack positives or negatives: calibrated on tuning rows")
        part = tune
    else:
        notes.append("no part has positives and negatives to calibrate on: the trees' own log-odds")
        return Platt(1.0, float(np.log(share) - np.log(trial.setting.positive_weight)))
    platt = Platt.fit(trial.margins(part), part.y)
    if platt.at_bound:
        notes.append("calibration rows do not rank positives higher: the scores say little")
    return platt


def _share_kept(y: Labels, rows: Integers) -> float:
    """Return the share of the labelled negatives that the trees saw."""
    return float((y[rows] == 0).sum() / (y == 0).sum())


def _both(y: Labels) -> bool:
    return bool((y == 0).any() and (y == 1).any())


def _count(y: Labels) -> Mapping[str, int]:
    positive, negative = int((y == 1).sum()), int((y == 0).sum())
    return {"positive": positive, "negative": negative, "unknown": len(y) - positive - negative}


def _refuse_few(X: Floats) -> None:
    if len(X) < _LEAST_ROWS:
        fault = Fault("training rows", None, f"{len(X)} rows", f"at least {_LEAST_ROWS}")
        raise InputError("too little to train on", (fault,))


def _placed(fitted: Ensemble, X: Floats) -> Ensemble:
    """Freeze where a margin stands among those of the training rows."""
    sample = X[evenly_spaced(len(X), fitted.config.reference_rows)]
    margins = fitted.score(sample).margin
    return replace(fitted, standing=PercentileCurve.fit(margins, fitted.config.reference_points))
