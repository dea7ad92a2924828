import numpy as np
import pytest

from engine.grid import Grid
from engine.reference import Reference


def mid_rank(column, value):
    known = column[~np.isnan(column)]
    return (known < value).mean() + 0.5 * (known == value).mean()


def test_percentiles_of_reference_values_are_counted_not_guessed(train):
    few = train.X[:400]
    reference = Reference.fit(few)
    shares = reference.percentile(few)
    for j in (0, 3, 4, 6, 7):
        for row in range(0, 400, 37):
            if np.isnan(few[row, j]):
                assert np.isnan(shares[row, j])
            else:
                assert shares[row, j] == pytest.approx(mid_rank(few[:, j], few[row, j]), abs=1e-12)


def test_a_coarse_grid_is_off_by_at_most_its_step():
    draw = np.random.default_rng(0)
    column = np.exp(2 * draw.standard_normal((20_000, 1)))
    values = np.exp(2 * draw.standard_normal((500, 1)))
    shares = Grid.fit(column, 101).percentile(values)[:, 0]
    counted = (column < values.T).mean(axis=0)
    assert np.abs(shares - counted).max() < 0.01


def test_the_far_tail_keeps_single_rows_apart():
    column = np.arange(20_000.0)[:, None]
    top = column[-5:]
    shares = Grid.fit(column, 101).percentile(top)[:, 0]
    assert np.allclose(1 - shares, np.array([4.5, 3.5, 2.5, 1.5, 0.5]) / 20_000, atol=1e-12)


def test_percentiles_never_fall_as_values_rise(train):
    reference = Reference.fit(train.X)
    values = np.sort(np.random.default_rng(1).lognormal(0, 3, (2000, 1)), axis=0)
    shares = reference.percentile(np.repeat(values, train.X.shape[1], axis=1))
    assert (np.diff(np.delete(shares, 8, axis=1), axis=0) >= 0).all()
    assert np.isnan(shares[:, 8]).all()


def test_outside_the_reference_is_0_or_1():
    grid = Grid.fit(np.array([[1.0], [2.0]]))
    assert grid.percentile(np.array([[-1e308], [1e308]])).ravel().tolist() == [0.0, 1.0]


def test_a_row_has_the_same_percentiles_in_any_batch(train, unseen):
    reference = Reference.fit(train.X)
    together = reference.percentile(unseen.X)
    alone = np.concatenate([reference.percentile(unseen.X[k : k + 1]) for k in range(50)])
    assert np.array_equal(alone, together[:50], equal_nan=True)


def test_the_frozen_reference_comes_back(train, unseen):
    reference = Reference.fit(train.X)
    again = Reference.from_arrays(reference.arrays())
    assert np.array_equal(
        again.percentile(unseen.X), reference.percentile(unseen.X), equal_nan=True
    )
    assert np.array_equal(again.median, reference.median, equal_nan=True)
    assert again.missing[8] == 1.0
