import numpy as np
import pytest
import xgboost as xgb

from engine.booster import Trees
from engine.walking import FlatTrees
from tests.oracles import scoring as slow

ROWS = 3000


@pytest.fixture(scope="module")
def world():
    draw = np.random.default_rng(1)
    X = draw.standard_normal((ROWS, 9)).astype(np.float32)
    X[draw.random(X.shape) < 0.2] = np.nan
    X[:, 8] = np.round(X[:, 8])
    y = (np.nan_to_num(X[:, 0], nan=2.0) * np.nan_to_num(X[:, 1]) + X[:, 2] > 1).astype(float)
    return X, y


def grown(world, depth, **settings):
    X, y = world
    told = {"objective": "binary:logistic", "max_depth": depth, "nthread": 1, **settings}
    return xgb.train(told, xgb.DMatrix(X, y), 25)


@pytest.mark.parametrize("depth", [1, 3, 6])
def test_rows_reach_the_leaves_that_the_library_says(world, depth):
    booster = grown(world, depth, num_parallel_tree=2, subsample=0.5)
    flat = FlatTrees.of(booster)
    X = world[0].copy()
    X[0], X[1], X[2] = np.nan, np.finfo(np.float32).max, np.finfo(np.float32).min
    theirs = booster.inplace_predict(X, predict_type="margin")
    assert np.isnan(X).any()
    assert np.abs(flat.margins(X) - theirs).max() < 1e-5


@pytest.mark.parametrize("depth", [1, 2, 5, 6, 9])
def test_the_leaves_are_added_as_one_row_alone_would_add_them(world, depth):
    booster = grown(world, depth, min_child_weight=0, reg_lambda=0.0)
    X = world[0][:600].copy()
    X[0], X[1], X[2] = np.nan, np.finfo(np.float32).max, np.finfo(np.float32).min
    assert np.array_equal(FlatTrees.of(booster).margins(X), slow.margins(booster, X))


def test_a_tree_of_more_leaves_than_a_byte_counts_is_cut_into_several():
    draw = np.random.default_rng(2)
    X = draw.standard_normal((6000, 3)).astype(np.float32)
    X[draw.random(X.shape) < 0.1] = np.nan
    told = {"max_depth": 10, "min_child_weight": 0, "reg_lambda": 0, "nthread": 1, "max_bin": 2048}
    y = (draw.random(len(X)) < 0.5).astype(float)
    booster = xgb.train({"objective": "binary:logistic", **told}, xgb.DMatrix(X, y), 3)
    flat = FlatTrees.of(booster)
    assert len(flat.roots) > 3
    assert np.diff(flat.value_starts).max() <= 255
    assert len(flat.feature) > 6  # more cuts of a feature than a byte counts
    assert np.array_equal(flat.margins(X[:500]), slow.margins(booster, X[:500]))


def test_a_value_at_a_cut_goes_right(world):
    booster = grown(world, 4)
    flat = FlatTrees.of(booster)
    X = np.repeat(world[0][:1], len(flat.cuts), axis=0)
    X[np.arange(len(X)), np.repeat(flat.feature, np.diff(flat.cut_starts))] = flat.cuts
    assert np.array_equal(flat.margins(X), slow.margins(booster, X))
    theirs = booster.inplace_predict(X, predict_type="margin")
    assert np.abs(flat.margins(X) - theirs).max() < 1e-5


def test_a_row_walks_alone_as_in_a_block(world):
    flat = FlatTrees.of(grown(world, 5))
    together = flat.margins(world[0][:200])
    alone = np.concatenate([flat.margins(world[0][k : k + 1]) for k in range(200)])
    assert np.array_equal(alone, together)
    assert np.array_equal(flat.margins(np.asfortranarray(world[0][:200])), together)


def test_trees_too_deep_to_be_laid_out_are_left_to_the_library(world):
    deep = grown(world, 14, min_child_weight=0)
    assert FlatTrees.of(deep) is None
    theirs = deep.inplace_predict(world[0], predict_type="margin")
    assert np.array_equal(Trees(deep).margins(world[0]), theirs.astype(np.float64))


def test_trees_that_never_cut_say_the_base_alone(world):
    X, y = world
    booster = xgb.train(
        {"objective": "binary:logistic", "gamma": 1e9, "nthread": 1}, xgb.DMatrix(X, y), 3
    )
    flat = FlatTrees.of(booster)
    theirs = booster.inplace_predict(X, predict_type="margin")
    assert np.abs(flat.margins(X) - theirs).max() < 1e-6
