"""Growing trees: the rows they learn from, one setting, and the trees that come of both."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import xgboost as xgb
from numpy.typing import NDArray

from engine.arrays import Floats, Integers
from engine.booster import Singles, Trees, singles
from engine.order import evenly_spaced
from engine.settings import EnsembleConfig

Labels = NDArray[np.generic]


def booster_rows(y: Labels, limit: int) -> Integers:
    """Return the labelled rows the trees learn from: all positives, evenly spaced negatives.

    >>> booster_rows(np.array([0, 1, 0, -1, 0, 0]), 3)
    array([0, 1, 4])
    """
    positive, negative = np.flatnonzero(y == 1), np.flatnonzero(y == 0)
    room = max(limit - len(positive), min(len(positive), len(negative)))
    return np.sort(np.concatenate([positive, negative[evenly_spaced(len(negative), room)]]))


@dataclass(frozen=True)
class Part:
    """Labelled rows for one purpose: features, detectors' log-odds, labels 0 and 1."""

    columns: Singles
    features: int
    anomaly: Floats
    y: Floats

    @classmethod
    def of(cls, X: Floats, logits: Floats, anomaly: Floats, y: NDArray[np.generic]) -> Self:
        """Bring features and detectors' log-odds into the form the trees see."""
        return cls(singles(X, logits), X.shape[1], anomaly, y.astype(np.float64))

    @classmethod
    def bare(cls, X: Floats, y: NDArray[np.generic]) -> Self:
        """Bring features alone into the form the trees see; the detectors say nothing."""
        return cls(singles(X, None), X.shape[1], np.zeros(len(X)), y.astype(np.float64))

    def of_features(self, chosen: NDArray[np.int64]) -> "Part":
        """Return the rows with some of the features, and no detectors."""
        return Part(self.columns[:, chosen], len(chosen), self.anomaly, self.y)

    def seen(self, sees_detectors: bool) -> Singles:
        """Return the columns with or without those of the detectors."""
        return self.columns if sees_detectors else self.columns[:, : self.features]

    def joined(self, other: "Part") -> "Part":
        """Return the rows of both, these first."""
        return replace(
            self,
            columns=np.concatenate([self.columns, other.columns]),
            anomaly=np.concatenate([self.anomaly, other.anomaly]),
            y=np.concatenate([self.y, other.y]),
        )

    def take(self, rows: NDArray[np.int64]) -> "Part":
        """Return some of the rows."""
        own = (self.columns[rows], self.features, self.anomaly[rows], self.y[rows])
        return Part(*own)

    def at_most(self, limit: int) -> "Part":
        """Return so many rows at most, among them all positives: see `booster_rows`."""
        return self.take(booster_rows(self.y, limit))

    @property
    def positives(self) -> int:
        """How many rows are positive."""
        return int((self.y == 1).sum())

    @property
    def both(self) -> bool:
        """Say whether there are positives and negatives."""
        return bool((self.y == 0).any() and (self.y == 1).any())


@dataclass(frozen=True)
class Setting:
    """One way to grow trees; what the names mean stands in the documentation of XGBoost."""

    sees_detectors: bool
    depth: int
    positive_weight: float
    learning_rate: float
    min_child_weight: float
    l2: float
    gamma: float
    column_share: float
    row_share: float

    @classmethod
    def of(
        cls, config: EnsembleConfig, sees_detectors: bool, depth: int, positive_weight: float
    ) -> Self:
        """Take what a grid does not choose from the config."""
        return cls(
            sees_detectors,
            depth,
            positive_weight,
            config.learning_rate,
            config.min_child_weight,
            config.l2,
            config.gamma,
            config.column_share,
            config.row_share,
        )

    @classmethod
    def untuned(cls, config: EnsembleConfig) -> Self:
        """Take the last depth and the first weight of the config's grid, without the detectors."""
        return cls.of(config, False, config.tree_depths[-1], config.positive_weights[0])

    def parameters(self, threads: int, seed: int) -> dict[str, object]:
        """Return what XGBoost is told."""
        return {
            "objective": "binary:logistic",
            "tree_method": "hist",
            "eval_metric": "aucpr",
            "max_depth": self.depth,
            "scale_pos_weight": self.positive_weight,
            "learning_rate": self.learning_rate,
            "min_child_weight": self.min_child_weight,
            "reg_lambda": self.l2,
            "gamma": self.gamma,
            "colsample_bytree": self.column_share,
            "subsample": self.row_share,
            "seed": seed,
            "nthread": threads,
        }


@dataclass(frozen=True)
class Matrices:
    """Training and tuning rows in the booster's own form, binned once for all trials."""

    train: xgb.QuantileDMatrix
    tune: xgb.QuantileDMatrix | None

    @classmethod
    def of(cls, train: Part, tune: Part | None, sees_detectors: bool, threads: int) -> Self:
        """Bin the rows; those that tune by the bins of those that train."""
        data = xgb.QuantileDMatrix(train.seen(sees_detectors), train.y, nthread=threads)
        if tune is None:
            return cls(data, None)
        seen = tune.seen(sees_detectors)
        return cls(data, xgb.QuantileDMatrix(seen, tune.y, ref=data, nthread=threads))


def grown(
    matrices: Matrices,
    setting: Setting,
    config: EnsembleConfig,
    seed: int,
    rounds: int = 0,
    trees_a_round: int = 1,
) -> Trees:
    """Grow trees so many times; 0: until the tuning rows say stop, cut to the best number.

    The mean of ``trees_a_round`` counts, each grown on rows and columns of its own: what bagging
    does, in one booster.
    """
    parameters, data = setting.parameters(config.threads, seed), matrices.train
    if rounds or matrices.tune is None:
        rounds = rounds or config.rounds_untuned
        parameters["num_parallel_tree"] = trees_a_round
        return Trees(xgb.train(parameters, data, rounds, verbose_eval=False))
    made = xgb.train(
        parameters,
        data,
        config.rounds,
        evals=[(matrices.tune, "tune")],
        early_stopping_rounds=config.patience,
        verbose_eval=False,
    )
    return Trees(made[: made.best_iteration + 1])


def untuned_trees(part: Part, config: EnsembleConfig, seed: int) -> Trees:
    """Grow a set number of trees by the untuned setting."""
    matrices = Matrices.of(part, None, False, config.threads)
    return grown(matrices, Setting.untuned(config), config, seed, config.rounds_untuned)


def gains_of(trees: Trees, columns: int) -> Floats:
    """Return what each of so many columns gained in all splits together; 0: it is in none."""
    gains = np.zeros(columns)
    for name, gain in trees.booster.get_score(importance_type="total_gain").items():
        gains[int(name.removeprefix("f"))] = gain
    return gains
