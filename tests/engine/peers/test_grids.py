"""Small distributions of groups: counted right, and the same asked by rank or by value."""

import numpy as np
import pytest

from engine.peers.grids import Cells

LEVELS = 2
GROUPS = 6


@pytest.fixture(scope="module")
def world():
    """Rows in four groups of one level and in two of another; the last column is never known."""
    draw = np.random.default_rng(0)
    X = np.exp(draw.standard_normal((900, 4)) * 2)
    X[:, 1] = np.floor(X[:, 1])
    X[draw.random(900) < 0.3, 2] = np.nan
    X[:, 3] = np.nan
    fine = draw.integers(-1, 4, 900)
    return X, fine, np.where(fine >= 2, 5, 4)


@pytest.fixture(scope="module")
def cells(world):
    X, fine, coarse = world
    return Cells.fit(X, [fine, coarse], GROUPS, 33)


def mid_rank(column, value):
    known = column[~np.isnan(column)]
    return (known < value).mean() + 0.5 * (known == value).mean()


def test_a_value_is_ranked_among_its_own_group(world, cells):
    X, fine, coarse = world
    for groups in (fine, coarse):
        for column in range(3):
            found = cells.percentile(X[:, column], groups, column)
            for row in range(0, 900, 41):
                if groups[row] < 0 or np.isnan(X[row, column]):
                    assert np.isnan(found[row])
                else:
                    mine = X[groups == groups[row], column]
                    assert found[row] == pytest.approx(mid_rank(mine, X[row, column]), abs=0.03)


def test_few_distinct_values_are_ranked_exactly(world):
    X, fine, _ = world
    few = np.minimum(X[:, 1:2], 5.0)
    cells = Cells.fit(few, [fine], 4, 33)
    found = cells.percentile(few[:, 0], fine, 0)
    for row in np.flatnonzero(fine >= 0)[::17]:
        wanted = mid_rank(few[fine == fine[row], 0], few[row, 0])
        assert found[row] == pytest.approx(wanted, abs=1e-12)


def test_no_group_no_value_and_a_group_that_knows_none_have_no_rank(cells):
    assert np.isnan(cells.percentile(np.array([1.0]), np.array([-1]), 0))
    assert np.isnan(cells.percentile(np.array([np.nan]), np.array([0]), 0))
    assert np.isnan(cells.percentile(np.array([1.0]), np.array([0]), 3))
    assert cells.percentile(np.array([-1.0, 1e300]), np.array([0, 0]), 0).tolist() == [0.0, 1.0]


@pytest.mark.parametrize("share", [0.01, 0.25, 0.5, 0.95, 0.99])
@pytest.mark.parametrize("above", [True, False])
def test_a_cut_asks_the_same_as_the_percentile_bit_for_bit(world, cells, share, above):
    X, fine, _ = world
    for column in range(3):
        cut = cells.cut(column, share, above=above)
        steps = (np.nextafter(cut[:4], to) for to in (-np.inf, np.inf))
        near = np.concatenate([cut[:4], *steps])
        values = np.concatenate([X[fine >= 0, column], near])
        groups = np.concatenate([fine[fine >= 0], np.tile(np.arange(4), 3)])
        ranks = cells.percentile(values, groups, column)
        by_rank = ranks >= share if above else ranks <= share
        by_value = values >= cut[groups] if above else values <= cut[groups]
        assert np.array_equal(by_rank, by_value)
        assert by_rank.any()
        assert not by_rank.all()


def test_a_group_that_knows_none_has_no_cut(cells):
    assert np.isnan(cells.cut(3, 0.95, above=True)).all()


def test_the_order_of_rows_changes_no_bit(world, cells):
    X, fine, coarse = world
    order = np.random.default_rng(3).permutation(len(X))
    again = Cells.fit(X[order], [fine[order], coarse[order]], GROUPS, 33)
    for name, array in cells.arrays().items():
        assert np.array_equal(array, again.arrays()[name]), name


def test_the_frozen_state_comes_back(world, cells):
    X, fine, _ = world
    again = Cells.from_arrays(cells.arrays())
    for column in range(4):
        wanted = cells.percentile(X[:, column], fine, column)
        found = again.percentile(X[:, column], fine, column)
        assert np.array_equal(found, wanted, equal_nan=True)
