"""Small worlds of features: heavy tails, gaps, constants, and rows planted to be unusual."""

from dataclasses import dataclass

import numpy as np
import pytest

from engine.fitting import fit_supervised, fit_unsupervised
from engine.settings import EnsembleConfig

FEATURES = 12


@dataclass(frozen=True)
class World:
    X: np.ndarray
    y: np.ndarray

    @property
    def names(self):
        return tuple(f"feature_{j}" for j in range(self.X.shape[1]))


def make_world(rows, seed, share=0.03):
    draw = np.random.default_rng(seed)
    X = np.exp(draw.standard_normal((rows, FEATURES)) * np.linspace(0.5, 2.0, FEATURES))
    X[:, 3] = np.floor(X[:, 3])
    X[:, 4] *= draw.random(rows) < 0.1
    X[:, 7] = 5.0
    X[:, 8] = np.nan
    y = (draw.random(rows) < share).astype(np.float64)
    X[y == 1, :2] *= 12.0
    X[y == 1, 2] = X[y == 1, 5] * 1.01
    unknown = draw.random(rows) < 0.2
    X[np.ix_(unknown, [9, 10])] = np.nan
    X[draw.random(rows) < 0.1, 6] = np.nan
    return World(X, y)


def quick_config(**settings):
    return EnsembleConfig(
        **{
            "forest_trees": 40,
            "rounds": 60,
            "patience": 15,
            "rounds_untuned": 20,
            "tree_depths": (3,),
            "positive_weights": (1.0, 3.0),
            "folds": 3,
            "threads": 1,
        }
        | settings
    )


@pytest.fixture(scope="session")
def worlds():
    return make_world


@pytest.fixture(scope="session")
def config():
    return quick_config


@pytest.fixture(scope="session")
def train():
    return make_world(3000, 1)


@pytest.fixture(scope="session")
def unseen():
    return make_world(1500, 4)


@pytest.fixture(scope="session")
def unsupervised(train):
    return fit_unsupervised(train.X, train.names, quick_config(), 7)


@pytest.fixture(scope="session")
def supervised(train):
    """Forced to use every path: trees that see the detectors, and the detectors beside them."""
    tune, calibrate = make_world(1500, 2), make_world(1500, 3)
    return fit_supervised(
        train.X,
        train.y,
        np.arange(len(train.X)) * 3 // len(train.X),
        tune.X,
        tune.y,
        calibrate.X,
        calibrate.y,
        train.names,
        quick_config(anomaly_weights=(0.2,)),
        7,
    ).ensemble


@pytest.fixture(scope="session", params=["unsupervised", "supervised", "seeing"])
def ensemble(request, unsupervised, supervised, seeing):
    return {"unsupervised": unsupervised, "supervised": supervised, "seeing": seeing}[request.param]


@pytest.fixture(scope="session")
def seeing(train):
    """Not tuned, so that the trees see the detectors' percentiles whatever the grid says."""
    none = make_world(200, 5, share=0.0)
    calibrate = make_world(1500, 3)
    return fit_supervised(
        train.X,
        train.y,
        None,
        none.X,
        none.y,
        calibrate.X,
        calibrate.y,
        train.names,
        quick_config(anomaly_weights=(0.2,)),
        7,
    ).ensemble
