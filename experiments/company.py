"""Train the scout, and let the model see the company that payments are in.

The scout judges payments by themselves; what it says of the *other* payments around one becomes
features of that one (`features.catalogue.COMPANY`): stacked graphical learning (Kou and Cohen 2007,
"Stacked graphical models for efficient inference in Markov random fields", SIAM SDM). Training rows
learn from what scouts say who did not see them: of a scout's own rows it is too sure.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score

from engine.arrays import Flags, Floats, Integers
from engine.booster import Trees, singles
from engine.calibration import Platt
from engine.fitting import booster_rows
from engine.growth import Matrices, Part, Setting, grown
from engine.scout import Scout, in_millionths
from engine.settings import EnsembleConfig
from experiments.preparation import PartRows, Preparation
from features.catalogue import COMPANY, Feature

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
    wider = prepared.accompanied(
        company_features(prepared), prepared.first_look(scout), train.at, own
    )
    wide = wider.widened(train, "train"), wider.widened(tuning, "tuning")
    before, after = (_precision(*rows, config, seed) for rows in ((train, tuning), wide))
    facts = {"average_precision_without": before, "average_precision_with": after}
    if after < before + LEAST_GAIN:
        return Accompanied(prepared, train, tuning, None, facts)
    return Accompanied(wider, *wide, scout, facts)


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
    seen = trailing[_strongest(train.X[:, trailing], train, config, seed)]
    X = train.X[:, seen]
    trees = _grown(X, train, np.ones(len(X), np.bool_), config, seed)
    margins = np.empty(len(X))
    fold = np.arange(len(X)) * config.scout_folds // max(len(X), 1)
    for k in range(config.scout_folds):
        mine = fold == k
        margins[mine] = _grown(X, train, ~mine, config, seed).margins(singles(X[mine], None))
    known = train.label >= 0
    platt = Platt.fit(margins[known], train.label[known])
    names = tuple(catalogue[column].name for column in seen)
    return Scout(names, trees, platt), in_millionths(platt.margin(margins))


def _strongest(X: Floats, train: PartRows, config: EnsembleConfig, seed: int) -> Integers:
    """Return the columns that gain most in trees that see all, in rising order."""
    trees = _grown(X, train, np.ones(len(X), np.bool_), config, seed)
    gains = np.zeros(X.shape[1])
    for name, gain in trees.booster.get_score(importance_type="total_gain").items():
        gains[int(name.removeprefix("f"))] = gain
    return np.sort(np.argsort(-gains, kind="stable")[:SEEN])


def _grown(
    X: Floats,
    train: PartRows,
    among: Flags,
    config: EnsembleConfig,
    seed: int,
) -> Trees:
    """Grow a set number of trees on labelled rows."""
    rows = np.flatnonzero(among)
    rows = rows[booster_rows(train.label[rows], config.choice_rows)]
    return _trees(Part.bare(X[rows], train.label[rows]), config, seed)


def _trees(part: Part, config: EnsembleConfig, seed: int) -> Trees:
    setting = Setting.of(config, False, config.tree_depths[-1], config.positive_weights[0])
    matrices = Matrices.of(part, None, False, config.threads)
    return grown(matrices, setting, config, seed, config.rounds_untuned)


def _precision(train: PartRows, tuning: PartRows, config: EnsembleConfig, seed: int) -> float:
    """Return the average precision on tuning rows of trees grown on training rows."""
    chosen = booster_rows(train.label, config.choice_rows)
    trees = _trees(Part.bare(train.X[chosen], train.label[chosen]), config, seed)
    known = tuning.label >= 0
    margins = trees.margins(singles(tuning.X[known], None))
    return float(average_precision_score(tuning.label[known], margins))
