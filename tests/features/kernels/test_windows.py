import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracles import kernels
from oracles.ledgers import cases, places, whole

from features.kernels.ledger import linked
from features.kernels.windows import (
    counted,
    distinct_between,
    edges_after,
    first_after,
    largest_between,
    sum_between,
    summed,
)

GROUP = np.array([0], np.int32)


@given(cases())
def test_first_after_equals_its_oracle(case):
    targets = case.anchors + case.shifts[0]
    found = first_after(case.groups, targets, case.starts, case.times)
    assert found.tolist() == kernels.first_after(case.groups, targets, case.starts, case.times)


def test_an_event_at_the_target_is_not_after_it():
    times, starts = whole([10, 10, 11]), whole([0, 3])
    for target, wanted in ((9, 0), (10, 2), (11, 3)):
        assert first_after(GROUP, whole([target]), starts, times) == wanted


@given(cases(), st.lists(st.integers(-9, 9), max_size=5).map(sorted), st.sampled_from((0, 5, 99)))
def test_edges_after_equals_its_oracle(case, shifts, few):
    case_of = (case.groups, case.anchors, whole(shifts), case.starts, case.times)
    assert edges_after(*case_of, few).tolist() == kernels.edges_after(*case_of)


@pytest.mark.parametrize("size", [1, 2, 7, 64, 1000])
def test_edges_are_found_however_far_the_next_one_is(size):
    times, targets = np.arange(size) // 3 * 10, np.arange(-5, size * 4, 7)
    groups, starts = np.zeros(len(targets), np.int32), whole([0, size])
    wanted = np.searchsorted(times, targets, side="right").tolist()
    for few in (0, size):
        assert edges_after(groups, targets, whole([0]), starts, times, few).tolist() == wanted
    assert first_after(groups, targets, starts, times).tolist() == wanted
    for k, target in enumerate(targets):
        assert first_after(GROUP, whole([target]), starts, times) == wanted[k]


@given(cases())
def test_sum_between_equals_its_oracle(case):
    values = case.values % 1000
    running = np.concatenate((whole([0]), np.cumsum(values)))
    found = sum_between(case.low, case.high, running)
    assert found.tolist() == kernels.sum_between(case.low, case.high, values)


def test_a_sum_is_exact_where_the_running_sum_has_wrapped_around():
    values = whole([2**62, 2**62, 2**62, 7, 1])
    running = np.concatenate((whole([0]), np.cumsum(values)))
    assert running[3] < 0
    assert sum_between(places([2, 3]), places([4, 5]), running).tolist() == [2**62 + 7, 8]


@given(cases(), st.booleans())
def test_counted_and_summed_equal_their_oracles(case, everywhere):
    place = in_place(case, everywhere)
    values = case.values % 1000
    running = np.concatenate((whole([0]), np.cumsum(values)))
    count = counted(case.low, case.high, *place)
    np.testing.assert_array_equal(count, kernels.counted(case.low, case.high, *place))
    worth = summed(case.low, case.high, running, *place)
    np.testing.assert_array_equal(worth, kernels.summed(case.low, case.high, values, *place))


def in_place(case, everywhere):
    """Return where anchors belong among how many: everywhere, or not in the first place."""
    size = len(case.groups)
    return (case.position - 1, size) if everywhere else (case.position, size + 1)


def distinct(groups, low, high, starts, codes, place):
    """Count by the links between events of the same code."""
    links = linked(codes, starts, 40)
    return distinct_between(groups, low, high, *links, *place)


@given(cases(), st.booleans())
def test_distinct_between_equals_its_oracle(case, everywhere):
    place = in_place(case, everywhere)
    found = distinct(case.groups, case.low, case.high, case.starts, case.codes, place)
    wanted = kernels.distinct_between(case.low, case.high, case.codes, *place)
    np.testing.assert_array_equal(found, wanted)


@given(cases())
def test_largest_between_equals_its_oracle(case):
    found = largest_between(case.groups, case.low, case.high, case.values)
    assert found.tolist() == kernels.largest_between(case.low, case.high, case.values)


def test_the_largest_of_nothing_but_zeros_is_zero_and_of_nothing_is_minus_one():
    found = largest_between(GROUP.repeat(2), places([0, 2]), places([2, 2]), whole([0, 0]))
    assert found.tolist() == [0, -1]


def hub(size=1500, codes=40):
    """A hub's events, and windows of all lengths that move on, now slowly, now in a leap."""
    chance = np.random.default_rng(size)
    high = np.sort(chance.integers(0, size + 1, 400))
    low = np.maximum.accumulate(np.maximum(high - chance.choice([1, 9, 70, 900], 400), 0))
    groups, starts = np.zeros(len(low), np.int32), whole([0, size])
    return (
        groups,
        places(low),
        places(high),
        starts,
        chance.integers(0, codes, size).astype(np.int32),
    )


def test_a_hub_has_as_many_counterparties_as_its_oracle_says():
    groups, low, high, starts, codes = hub()
    place = (places(np.arange(len(low))), len(low))
    found = distinct(groups, low, high, starts, codes, place)
    assert found.tolist() == kernels.distinct_between(low, high, codes, *place)


@pytest.mark.parametrize("shape", ["random", "rising", "falling", "equal"])
def test_the_largest_of_a_hub_is_as_its_oracle_says(shape):
    groups, low, high, _, codes = hub()
    rank = np.arange(len(codes))
    values = {"random": codes, "rising": rank, "falling": -rank + 5000, "equal": rank * 0}[shape]
    found = largest_between(groups, low, high, values.astype(np.int64))
    assert found.tolist() == kernels.largest_between(low, high, values)


def test_of_groups_side_by_side_each_sees_its_own_events():
    """Windows of 200 events, so that runs of 64 lie in them whole, and a second group begins."""
    starts, size = whole([0, 230, 460]), 460
    anchors = np.arange(size)
    groups = (anchors >= 230).astype(np.int32)
    low, high = places(np.maximum(anchors - 200, starts[groups])), places(anchors + 1)
    values = np.random.default_rng(1).integers(0, 10**6, size)
    found = largest_between(groups, low, high, values)
    assert found.tolist() == kernels.largest_between(low, high, values)
    codes = (values % 7).astype(np.int32)
    place = (places(anchors), size)
    found = distinct(groups, low, high, starts, codes, place)
    assert found.tolist() == kernels.distinct_between(low, high, codes, *place)
