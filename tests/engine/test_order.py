import numpy as np

from engine.order import canonical_order, evenly_spaced


def test_any_order_of_the_same_rows_becomes_one_order(train):
    draw = np.random.default_rng(0)
    time = draw.integers(0, 20, len(train.X))
    order = canonical_order(time, train.X, train.y)
    shuffled = draw.permutation(len(train.X))
    again = shuffled[canonical_order(time[shuffled], train.X[shuffled], train.y[shuffled])]
    assert np.array_equal(train.X[order], train.X[again], equal_nan=True)
    assert np.array_equal(train.y[order], train.y[again])
    assert (np.diff(time[order]) >= 0).all()


def test_both_zeros_are_one_value_and_so_are_all_unknowns():
    odd = np.array([0x7FF8000000000001], np.uint64).view(np.float64)[0]
    X = np.array([[0.0, np.nan], [-0.0, odd]])
    first = canonical_order(np.zeros(2), X, np.array([1, 0]))
    second = canonical_order(np.zeros(2), X[::-1], np.array([0, 1]))
    assert first.tolist() == [1, 0]
    assert second.tolist() == [0, 1]


def test_samples_are_spread_over_all_rows():
    assert evenly_spaced(5, 9).tolist() == [0, 1, 2, 3, 4]
    positions = evenly_spaced(4_000_000, 100_000)
    assert len(np.unique(positions)) == 100_000
    assert positions[-1] >= 3_999_000
