from itertools import combinations
from math import factorial

import numpy as np
import pytest
from sklearn.ensemble import IsolationForest as Library

from engine.detectors.fitting import Sample, fit_iforest, usual_path
from engine.settings import EnsembleConfig

COLUMNS = 5


def forest_of(rows, config, seed):
    return fit_iforest(Sample(rows, rows, (), config, seed))


@pytest.fixture(scope="module")
def rows():
    draw = np.random.default_rng(2)
    return draw.standard_normal((300, COLUMNS)).astype(np.float32).astype(np.float64)


def expectation(tree, row, known, node=0):
    """A tree's path length with only some columns known: the definition, by recursion."""
    left, right = tree.children_left[node], tree.children_right[node]
    if left < 0:
        return usual_path(tree.n_node_samples[[node]])[0]
    if tree.feature[node] in known:
        side = left if row[tree.feature[node]] <= tree.threshold[node] else right
        return 1.0 + expectation(tree, row, known, side)
    sizes = tree.n_node_samples
    return (
        1.0
        + sizes[left] / sizes[node] * expectation(tree, row, known, left)
        + sizes[right] / sizes[node] * expectation(tree, row, known, right)
    )


def shapley_by_definition(trees, row):
    values = np.zeros(COLUMNS)
    for j in range(COLUMNS):
        others = [k for k in range(COLUMNS) if k != j]
        for size in range(COLUMNS):
            weight = factorial(size) * factorial(COLUMNS - 1 - size) / factorial(COLUMNS)
            for known in combinations(others, size):
                values[j] += weight * sum(
                    expectation(tree, row, {*known, j}) - expectation(tree, row, set(known))
                    for tree in trees
                )
    return values


def test_values_are_those_of_the_definition(rows):
    config = EnsembleConfig(forest_trees=4, forest_sample=24)
    forest = forest_of(rows, config, 5)
    library = Library(n_estimators=4, max_samples=24, random_state=5).fit(rows)
    trees = [grown.tree_ for grown in library.estimators_]
    _, parts = forest.attribute(rows[:4])
    for row, found in zip(rows[:4], parts, strict=True):
        wanted = -shapley_by_definition(trees, row) / forest.expected[0]
        assert np.allclose(found, wanted, rtol=0, atol=1e-12)


def test_the_base_is_the_expectation_with_nothing_known(rows):
    config = EnsembleConfig(forest_trees=4, forest_sample=24)
    forest = forest_of(rows, config, 5)
    library = Library(n_estimators=4, max_samples=24, random_state=5).fit(rows)
    nothing = sum(expectation(grown.tree_, rows[0], set()) for grown in library.estimators_)
    assert forest.attribute(rows[:1])[0] == pytest.approx(-nothing / forest.expected[0])


def test_a_forest_of_equal_rows_has_nothing_to_attribute():
    rows = np.zeros((50, 3))
    forest = forest_of(rows, EnsembleConfig(forest_trees=3), 1)
    base, parts = forest.attribute(rows[:2])
    assert not parts.any()
    assert np.allclose(forest.score(rows[:2]), base)
