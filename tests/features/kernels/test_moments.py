from fractions import Fraction
from time import thread_time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit
from oracles import distribution as oracle
from oracles.ledgers import cases, whole
from oracles.worlds import same_bits

from features.kernels.moments import _less, _nearest, _plus, _times, moments_between

# Nine of the largest still sum to less than 2^63.
VALUES = st.sampled_from((0, 1, 2, 2, 3, 5, 8, 10**9 + 7, 2**53 + 1, 2**59 - 1, 2**59))
U = Fraction(1, 2**53)
ONE = np.array([0], np.int32)


def both_ways(*about):
    """Return the moments, told from short numbers where they do and from long ones alike."""
    short, long = (moments_between(*about, below) for below in (2.0**63, 0.0))
    assert same_bits(np.array(short), np.array(long)).all()
    return short


@pytest.mark.parametrize("beside", [0, 1, 7])
def test_short_numbers_do_up_to_where_they_are_used(beside):
    """The sums that come closest: all of the window's money is one payment."""
    for size in (2, 3, 31):
        largest = 2**63 // size - 2**10 - (size - 1) * beside
        assert_close([beside] * (size - 1) + [largest])
        both_ways(ONE, whole([0]), whole([size]), whole([beside] * (size - 1) + [largest]))


def moments(values):
    """Return the four moments of one window."""
    found = both_ways(ONE, whole([0]), whole([len(values)]), whole(values))
    return [float(column[0]) for column in found]


def valued(case, data):
    return whole(data.draw(st.lists(VALUES, min_size=len(case.times), max_size=len(case.times))))


@given(cases(), st.data())
def test_moments_between_equals_its_oracle(case, data):
    values = valued(case, data)
    found = both_ways(case.groups, case.low, case.high, values)
    for column, wanted in zip(
        found, oracle.moments_between(case.low, case.high, values) or [[]] * 4, strict=True
    ):
        np.testing.assert_array_equal(column, wanted)


def assert_close(values):
    """Compare with exact rational arithmetic; the square of a skewness is rational too."""
    _, variance, skewness, kurtosis = (Fraction(found) for found in moments(values))
    m2, m3, m4 = (oracle.central(values, power) for power in (2, 3, 4))
    assert abs(variance - m2) <= 3 * U * m2
    assert abs(kurtosis - m4 / m2**2) <= 5 * U * m4 / m2**2
    assert (skewness > 0) == (m3 > 0)
    square = m3**2 / m2**3
    assert square * (1 - 6 * U) ** 2 <= skewness**2 <= square * (1 + 6 * U) ** 2


@given(st.data(), st.sampled_from((1, 20, 40, 58)), st.integers(3, 9))
def test_moments_are_within_a_few_bits_of_the_truth(data, bits, size):
    values = data.draw(
        st.lists(st.integers(0, 2**bits), min_size=size, max_size=size, unique=bits > 1)
    )
    if len(set(values)) > 1:
        assert_close(values)


@pytest.mark.parametrize(
    "values",
    [
        [2**63 - 2, 1],
        [2**62, 2**62 - 1],
        [2**62, 2**61, 2**61 - 1],
        [0] * 1_000 + [2**62],
        [2**40 + step for step in (0, 1, 2, 9)],
        [10**12] * 5 + [10**12 + 1],
    ],
)
def test_amounts_near_the_limit_and_amounts_nearly_equal_keep_their_digits(values):
    assert_close(values)
    np.testing.assert_array_equal(moments(values), oracle.moments(values))


@pytest.mark.parametrize("values", [[7], [0], [2**63 - 1], [5] * 4, [2**60] * 7, [0, 0]])
def test_what_does_not_vary_has_no_variance_and_no_shape(values):
    mean, variance, *shape = moments(values)
    assert (mean, variance) == (float(values[0]), 0.0)
    assert np.isnan(shape).all()


def test_an_empty_window_has_no_moments():
    found = both_ways(np.array([0, -1], np.int32), whole([2, 0]), whole([2, 0]), whole([1, 2]))
    assert np.isnan(found).all()


def test_two_values_are_even_and_as_flat_as_can_be():
    assert moments([3, 8])[2:] == [0.0, 1.0]


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        # From scipy 1.17: np.mean, np.var, skew, kurtosis(fisher=False).
        ([1, 2, 3, 4, 10], [4.0, 10.0, 1.1384199576606164, 2.788]),
        ([5, 7, 11, 20, 20], [12.6, 40.24, 0.15024535653114113, 1.275094957096388]),
        ([0, 1, 2, 9], [3.0, 12.5, 1.0182337649086284, 2.2304]),
    ],
)
def test_moments_are_those_of_the_population(values, wanted):
    np.testing.assert_allclose(moments(values), wanted, rtol=1e-14)


def sliding(size, width):
    """Return anchors that each see the ``width`` values up to their own."""
    high = np.arange(1, size + 1)
    return np.zeros(size, np.int32), np.maximum(high - width, 0), high


def test_what_has_left_the_window_leaves_no_trace():
    """The Graph Feature Preprocessor of Snap ML 1.17 says a skewness of -13,464 here."""
    groups, low, high = sliding(10, 4)
    after = [300, 100, 200, 900, 400, 400, 400, 400, 500]
    found = np.array(both_ways(groups, low, high, whole([100_000_001, *after])))
    never = np.array(both_ways(groups, low, high, whole([0, *after])))
    assert not same_bits(found[:, :4], never[:, :4]).all()
    assert same_bits(found[:, 4:], never[:, 4:]).all()


def test_a_hub_is_as_exact_as_any_other():
    chance = np.random.default_rng(5)
    values = chance.integers(0, 10**12, 2_000)
    groups, low, high = sliding(2_000, 700)
    found = np.array(both_ways(groups, low, high, values))
    some = slice(0, 2_000, 97)
    wanted = oracle.moments_between(low[some], high[some], values)
    np.testing.assert_array_equal(found[:, some], wanted)


@given(cases(), st.data())
def test_some_anchors_are_answered_as_all_are(case, data):
    values = valued(case, data)
    chosen = np.array(data.draw(st.lists(st.booleans(), min_size=99, max_size=99)), np.bool_)
    chosen = chosen[: len(case.groups)]
    given_all = np.array(both_ways(case.groups, case.low, case.high, values))
    some = both_ways(case.groups[chosen], case.low[chosen], case.high[chosen], values)
    assert same_bits(np.array(some), given_all[:, chosen]).all()


def test_what_lies_between_two_windows_costs_nothing():
    """A walk over the 2 million values in between would take some 100 milliseconds."""
    size = 2_000_000
    values, groups = np.arange(size), np.zeros(2, np.int32)
    low, high = whole([0, size - 3]), whole([3, size])
    seconds = []
    for _ in range(3):
        begin = thread_time()
        moments_between(groups, low, high, values, 2.0**63)
        seconds.append(thread_time() - begin)
    assert min(seconds) < 0.01


@njit
def calculate(one, other, factor):
    """Add, subtract, multiply wide numbers."""
    return _plus(one, other), _less(one, other), _times(one, factor)


def limbs(number):
    return tuple(np.uint64(number >> 64 * place & 2**64 - 1) for place in range(6))


def number(limbs):
    return sum(int(limb) << 64 * place for place, limb in enumerate(limbs))


HEADS = (2**53 + 1, 2**54 + 2, 2**54 - 1)
BITS = st.one_of(st.integers(0, 320), st.sampled_from([8, 9, 10, 11, 63, 64, 65, 128, 320]))


def wide(least):
    """Numbers of up to 375 bits, many of them halfway between two floats or next to that."""
    heads = st.one_of(st.integers(least, 2**55), st.sampled_from(HEADS))
    return st.builds(
        lambda head, bits, tail: max((head << bits) + tail, min(least, 0)),
        heads,
        BITS,
        st.integers(-1, 1),
    )


WIDE = wide(-(2**55))


@given(WIDE, WIDE, st.integers(0, 2**64 - 1))
def test_wide_numbers_are_calculated_as_pythons_are(one, other, factor):
    found = calculate(limbs(one), limbs(other), np.uint64(factor))
    wanted = (one + other, one - other, one * factor)
    assert [number(wide) for wide in found] == [value % 2**384 for value in wanted]


@settings(max_examples=300)
@given(wide(0))
def test_a_wide_number_is_rounded_as_pythons_are(value):
    assert _nearest(limbs(value)) == float(value)
