import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from oracles import kernels

from features.kernels.arithmetic import chosen, met, quotient, turnover

NUMBER = st.sampled_from((np.nan, 0.0, 0.1, 1.0, 3.0, 7.0, 2.0**60))
PAIRS = st.lists(st.tuples(NUMBER, NUMBER), max_size=8)


def columns(pairs):
    one, other = np.array(pairs, np.float64).reshape(-1, 2).T
    return np.ascontiguousarray(one), np.ascontiguousarray(other)


@given(PAIRS, st.sampled_from((1.0, 4.0)))
def test_quotient_equals_its_oracle(pairs, scale):
    one, other = columns(pairs)
    np.testing.assert_array_equal(quotient(one, other, scale), kernels.quotient(one, other, scale))


@given(PAIRS)
def test_turnover_equals_its_oracle(pairs):
    one, other = columns(pairs)
    np.testing.assert_array_equal(turnover(one, other), kernels.turnover(one, other))


def test_numbers_are_not_changed():
    one, other = columns([(3.0, 2.0)])
    quotient(one, other, 2.0)
    turnover(one, other)
    assert (one[0], other[0]) == (3.0, 2.0)


FLAGS = st.lists(st.tuples(NUMBER, st.booleans(), st.booleans()), max_size=8)


@given(FLAGS, NUMBER, NUMBER)
def test_met_and_chosen_equal_their_oracles(rows, low, high):
    values = np.array([row[0] for row in rows], np.float64)
    held, unknown = (np.array([row[side] for row in rows], np.bool_) for side in (1, 2))
    found = tuple(flags.tolist() for flags in met(values, low, high, held, unknown))
    assert found == tuple(map(list, kernels.met(values, low, high, held, unknown)))
    for otherwise in (0.0, np.nan):
        wanted = kernels.chosen(values, held, unknown, otherwise)
        np.testing.assert_array_equal(chosen(values, held, unknown, otherwise), wanted)
