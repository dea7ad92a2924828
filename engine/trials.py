"""Which trees: a small declared grid, chosen by average precision on tuning rows."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import product
from typing import Self

import numpy as np
import xgboost as xgb
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score

from engine.arrays import Floats
from engine.booster import Singles, Trees, singles
from engine.ensemble import mean_logit
from engine.settings import EnsembleConfig


@dataclass(frozen=True)
class Part:
    """Labelled rows for one purpose: features, detectors' log-odds, labels 0 and 1."""

    columns: Singles
    features: int
    anomaly: Floats
    y: Floats

    @classmethod
    def of(cls, X: Floats, logits: Floats, y: NDArray[np.generic]) -> Self:
        """Bring features and detectors' log-odds into the form the trees see."""
        return cls(singles(X, logits), X.shape[1], mean_logit(logits), y.astype(np.float64))

    def seen(self, sees_detectors: bool) -> Singles:
        """Return the columns with or without those of the detectors."""
        return self.columns if sees_detectors else self.columns[:, : self.features]

    @property
    def both(self) -> bool:
        """Say whether there are positives and negatives."""
        return bool((self.y == 0).any() and (self.y == 1).any())


@dataclass(frozen=True)
class Setting:
    """One point of the grid of trees."""

    sees_detectors: bool
    depth: int
    positive_weight: float


@dataclass(frozen=True)
class Trial:
    """One setting, its trees, the detectors' weight beside them, and how well these rank."""

    setting: Setting
    trees: Trees
    anomaly_weight: float
    average_precision: float | None = None
    tried: tuple[dict[str, object], ...] = ()

    def margins(self, part: Part) -> Floats:
        """Return the margins before calibration."""
        trees = self.trees.margins(part.seen(self.setting.sees_detectors))
        return trees + self.anomaly_weight * part.anomaly

    def facts(self) -> dict[str, object]:
        """Return the setting and its result as plain values."""
        return {
            **asdict(self.setting),
            "anomaly_weight": self.anomaly_weight,
            "rounds": self.trees.booster.num_boosted_rounds(),
            "average_precision": self.average_precision,
        }


def best_trial(train: Part, tune: Part, config: EnsembleConfig, seed: int) -> Trial:
    """Return the trial that ranks the tuning rows best; of equals, the first.

    The grid is grown without the detectors' columns; its best point is tried with them too.
    """
    grid = [
        Setting(False, *point) for point in product(config.tree_depths, config.positive_weights)
    ]
    trials = list(_trials(_Matrices.of(train, tune, False), tune, grid, config, seed))
    seeing = [replace(_best(trials).setting, sees_detectors=True)]
    trials += _trials(_Matrices.of(train, tune, True), tune, seeing, config, seed)
    return replace(_best(trials), tried=tuple(trial.facts() for trial in trials))


def _best(trials: Sequence[Trial]) -> Trial:
    return max(trials, key=lambda trial: trial.average_precision or 0.0)


def untuned_trial(train: Part, config: EnsembleConfig, seed: int) -> Trial:
    """Grow a set number of trees by the grid's first setting, seeing the detectors."""
    setting = Setting(True, config.tree_depths[0], config.positive_weights[0])
    trees = _grown(_Matrices.of(train, None, True), setting, config, seed)
    return Trial(setting, trees, config.anomaly_weights[0])


@dataclass(frozen=True)
class _Matrices:
    """Training and tuning rows in the booster's own form, binned once for all trials."""

    train: xgb.QuantileDMatrix
    tune: xgb.QuantileDMatrix | None

    @classmethod
    def of(cls, train: Part, tune: Part | None, sees_detectors: bool) -> Self:
        data = xgb.QuantileDMatrix(train.seen(sees_detectors), train.y)
        if tune is None:
            return cls(data, None)
        return cls(data, xgb.QuantileDMatrix(tune.seen(sees_detectors), tune.y, ref=data))


def _trials(
    matrices: _Matrices,
    tune: Part,
    settings: Sequence[Setting],
    config: EnsembleConfig,
    seed: int,
) -> Iterator[Trial]:
    """Yield every setting with every weight of the detectors beside its trees."""
    for setting in settings:
        trees = _grown(matrices, setting, config, seed)
        for anomaly_weight in config.anomaly_weights:
            trial = Trial(setting, trees, anomaly_weight)
            precision = average_precision_score(tune.y, trial.margins(tune))
            yield replace(trial, average_precision=float(precision))


def _grown(matrices: _Matrices, setting: Setting, config: EnsembleConfig, seed: int) -> Trees:
    """Grow trees until the tuning rows say stop, and cut them to the best number."""
    parameters, data = _parameters(setting, config, seed), matrices.train
    if matrices.tune is None:
        return Trees(xgb.train(parameters, data, config.rounds_untuned, verbose_eval=False))
    grown = xgb.train(
        parameters,
        data,
        config.rounds,
        evals=[(matrices.tune, "tune")],
        early_stopping_rounds=config.patience,
        verbose_eval=False,
    )
    return Trees(grown[: grown.best_iteration + 1])


def _parameters(setting: Setting, config: EnsembleConfig, seed: int) -> dict[str, object]:
    return {
        "objective": "binary:logistic",
        "tree_method": "hist",
        "eval_metric": "aucpr",
        "max_depth": setting.depth,
        "scale_pos_weight": setting.positive_weight,
        "learning_rate": config.learning_rate,
        "min_child_weight": config.min_child_weight,
        "reg_lambda": config.l2,
        "colsample_bytree": config.column_share,
        "subsample": config.row_share,
        "seed": seed,
        "nthread": config.threads,
    }
