"""Train the scout, and let the model see the company that payments are in.

The scout judges payments by themselves; what it says of the *other* payments around one becomes
features of that one (`features.catalogue.COMPANY`): stacked graphical learning (Kou and Cohen 2007,
"Stacked graphical models for efficient inference in Markov random fields", SIAM SDM). The model
learns from what scouts say of rows that they did not learn from: of its own rows a scout is too
sure. The scout that is kept has learned from all rows with labels, as the model has: the newest
tell most.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score

from engine.arrays import Flags, Floats, Integers
from engine.booster import Trees, singles
from engine.calibration import Platt
from engine.growth import Part, booster_rows, gains_of, untuned_trees
from engine.scout import Scout, in_millionths
from engine.settings import EnsembleConfig
from experiments.config import ExperimentConfig
from experiments.preparation import PartRows, Preparation
from experiments.rows import UNKNOWN
from features.catalogue import COMPANY, Feature
from features.slices import Suspicion

_Labels = NDArray[np.int8]
SEEN = 40
"""Features a scout sees: with 40 its company was worth as much as with all 291 (decision 0018)."""
LEAST_GAIN = 0.01
"""In average precision on tuning rows: less is not worth a second pass."""


@dataclass(frozen=True)
class Accompanied:
    """What a scout came to; ``prepared`` and the rows see company features if it helps.

    ``scout`` is None where it helps too little. ``facts`` are the average precision on tuning rows
    without and with company.
    """

    prepared: Preparation
    train: PartRows
    tuning: PartRows
    scout: Scout | None
    facts: dict[str, float]


def accompanied(prepared: Preparation, train: PartRows, tuning: PartRows) -> Accompanied:
    """Fit a scout, and add company features to the rows where that helps tuning rows.

    There must be enough labels in both parts; whoever calls has made sure.
    """
    config, seed = prepared.config.ensemble, prepared.config.seed
    scout, own = fit_scout(prepared.catalogue, train, config, seed)
    suspicion = prepared.first_look(scout)
    cross_fitted = _told_instead(suspicion, train.at, own, prepared.rows.evaluated)
    wider = prepared.accompanied(company_features(prepared), suspicion, cross_fitted)
    wide = wider.widened(train, "train"), wider.widened(tuning, "tuning")
    before, after = (_precision(*rows, config, seed) for rows in ((train, tuning), wide))
    facts = {"average_precision_without": before, "average_precision_with": after}
    if after < before + LEAST_GAIN:
        return Accompanied(prepared, train, tuning, None, facts)
    if config.refit and prepared.knows_both("calibration"):
        wider, scout = _taught_all(prepared, wider, scout, train, tuning)
    return Accompanied(wider, *wide, scout, facts)


def _taught_all(
    prepared: Preparation, wider: Preparation, scout: Scout, train: PartRows, tuning: PartRows
) -> tuple[Preparation, Scout]:
    """Teach a scout the later parts too, one after the other: each sees the scout before."""
    own = prepared.seeing(scout.features())
    known = [own.narrowed(train, prepared, beside=False)]
    later = {"tuning": own.narrowed(tuning, prepared, beside=False)}
    for name, part in {**later, "calibration": own.judged("calibration")}.items():
        known.append(part)
        scout = taught_anew(scout, known, prepared.config)
        wider = wider.looking_anew(name, prepared.first_look(scout))
    return wider, scout


def _told_instead(
    suspicion: Suspicion, at: Integers, own: NDArray[np.int32], evaluated: Flags
) -> Suspicion:
    """Return the suspicion of all rows of a dataset, with rows ``at`` told their ``own`` instead.

    Rows that are not evaluated have none.
    """
    values = suspicion.values.copy()
    values[at] = np.where(evaluated[at], own, np.int32(0))
    return replace(suspicion, values=values)


def company_features(prepared: Preparation) -> tuple[Feature, ...]:
    """Return the company features a config allows."""
    leads = prepared.config.features.leading
    return tuple(feature for feature in COMPANY if leads or feature.direction != "leading")


def fit_scout(
    catalogue: tuple[Feature, ...], train: PartRows, config: EnsembleConfig, seed: int
) -> tuple[Scout, NDArray[np.int32]]:
    """Fit a scout; return it, and the suspicion of each training row by one that did not see it.

    It sees the trailing features that gain most: what it says of a payment never changes later.
    Training rows are cut into runs of time; those without a label are never learned from.
    """
    trailing = np.array([k for k, f in enumerate(catalogue) if f.direction != "leading"])
    label = train.label
    seen = trailing[_strongest(train.X[:, trailing], label, config, seed)]
    X = train.X[:, seen]
    trees = _grown(X, label, config, seed)
    margins = np.empty(len(X))
    fold = np.arange(len(X)) * config.scout_folds // max(len(X), 1)
    for k in range(config.scout_folds):
        mine = fold == k
        others = _grown(X, np.where(mine, np.int8(UNKNOWN), label), config, seed)
        margins[mine] = others.margins(singles(X[mine], None))
    known = label >= 0
    platt = Platt.fit(margins[known], label[known])
    names = tuple(catalogue[column].name for column in seen)
    return Scout(names, trees, platt), in_millionths(platt.margin(margins))


def taught_anew(scout: Scout, parts: Sequence[PartRows], config: ExperimentConfig) -> Scout:
    """Return a scout whose trees are grown anew on the rows of several parts.

    These have the features it sees. Its calibration stays: that is of rows it had not learned from.
    """
    X = np.concatenate([part.X for part in parts])
    label = np.concatenate([part.label for part in parts])
    return replace(scout, trees=_grown(X, label, config.ensemble, config.seed))


def _strongest(X: Floats, label: _Labels, config: EnsembleConfig, seed: int) -> Integers:
    """Return the columns that gain most in trees that see all, in rising order."""
    gains = gains_of(_grown(X, label, config, seed), X.shape[1])
    return np.sort(np.argsort(-gains, kind="stable")[:SEEN])


def _grown(X: Floats, label: _Labels, config: EnsembleConfig, seed: int) -> Trees:
    """Grow a set number of trees on labelled rows."""
    rows = booster_rows(label, config.choice_rows)
    return untuned_trees(Part.bare(X[rows], label[rows]), config, seed)


def _precision(train: PartRows, tuning: PartRows, config: EnsembleConfig, seed: int) -> float:
    """Return the average precision on tuning rows of trees grown on training rows."""
    trees = _grown(train.X, train.label, config, seed)
    known = tuning.label >= 0
    margins = trees.margins(singles(tuning.X[known], None))
    return float(average_precision_score(tuning.label[known], margins))
