from time import thread_time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracles import distribution as oracle
from oracles.ledgers import cases, whole
from oracles.worlds import same_bits

from features.kernels.quantiles import order_between

# Up to how many are put in order, and for how many more a band is laid: for all, some, none.
WAYS = ((0, 0), (1, 2), (0, 256), (16, 256))


def order(values, way=(16, 256)):
    """Return the order statistics of one window."""
    groups, low, high = np.array([0], np.int32), whole([0]), whole([len(values)])
    return [float(column[0]) for column in order_between(groups, low, high, whole(values), *way)]


@pytest.mark.parametrize("way", WAYS)
def test_order_between_equals_its_oracle(way):
    @given(cases())
    def compare(case):
        found = order_between(case.groups, case.low, case.high, case.values, *way)
        for column, wanted in zip(
            found, oracle.order_between(case.low, case.high, case.values) or [[]] * 3, strict=True
        ):
            np.testing.assert_array_equal(column, wanted)

    compare()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ([4], [4, 4, 4]),
        ([3, 8], [3, 5.5, 8]),
        ([8, 3, 3], [3, 3, 8]),
        ([0, 0, 0, 1], [0, 0, 1]),
        ([2**63 - 1], [2.0**63, 2.0**63, 2.0**63]),
        ([2**63 - 1, 2**63 - 1], [2.0**63, 2.0**63, 2.0**63]),
        # Half a unit above 2^53, which float64 has not: the nearest even one.
        ([2**53, 2**53 + 1], [2**53, 2**53, 2**53]),
        ([2**53 + 2, 2**53 + 3], [2**53 + 2, 2**53 + 2, 2**53 + 4]),
    ],
)
def test_the_median_of_an_even_number_is_halfway_rounded_once(values, wanted, way):
    assert order(values, way) == wanted


def test_an_empty_window_has_no_order():
    groups, edges = np.array([0, -1], np.int32), whole([2, 0])
    for way in WAYS:
        assert np.isnan(order_between(groups, edges, edges, whole([1, 2]), *way)).all()


@pytest.mark.parametrize("values", ["any", "few", "rising", "falling", "alternating"])
def test_a_hub_with_a_band_and_without_is_the_same(values):
    chance, size = np.random.default_rng(3), 1_500
    drawn = {
        "any": chance.integers(0, 10**12, size),
        "few": chance.integers(0, 3, size),
        "rising": np.arange(size),
        "falling": np.arange(size)[::-1].copy(),
        "alternating": np.arange(size) % 2 * 10**15 + np.arange(size),
    }[values]
    anchors = np.arange(size)
    low, high = np.maximum(anchors - 400, 0), anchors + 1
    groups = np.zeros(size, np.int32)
    with_band = np.array(order_between(groups, low, high, drawn, 0, 0))
    without = np.array(order_between(groups, low, high, drawn, 0, 10**6))
    assert same_bits(with_band, without).all()
    some = slice(0, size, 61)
    np.testing.assert_array_equal(
        with_band[:, some], oracle.order_between(low[some], high[some], drawn)
    )


@pytest.mark.parametrize("way", WAYS)
def test_some_anchors_are_answered_as_all_are(way):
    @given(cases(), st.lists(st.booleans(), min_size=99, max_size=99))
    def compare(case, drawn):
        chosen = np.array(drawn, np.bool_)[: len(case.groups)]
        whole_case = np.array(order_between(case.groups, case.low, case.high, case.values, *way))
        some = order_between(
            case.groups[chosen], case.low[chosen], case.high[chosen], case.values, *way
        )
        assert same_bits(np.array(some), whole_case[:, chosen]).all()

    compare()


def test_what_lies_between_two_windows_costs_nothing():
    """A walk over the 2 million values in between would take some 100 milliseconds."""
    size = 2_000_000
    values, groups = np.arange(size), np.zeros(2, np.int32)
    low, high = whole([0, size - 3]), whole([3, size])
    seconds = []
    for _ in range(3):
        begin = thread_time()
        order_between(groups, low, high, values, 16, 256)
        seconds.append(thread_time() - begin)
    assert min(seconds) < 0.01
