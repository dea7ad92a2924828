import numpy as np
from hypothesis import given
from oracles import kernels
from oracles.ledgers import cases, whole

from features.kernels.ledger import next_of_same, previous_of_same
from features.kernels.windows import distinct_between, first_after, largest_between, sum_between

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
    assert sum_between(whole([2, 3]), whole([4, 5]), running).tolist() == [2**62 + 7, 8]


@given(cases())
def test_distinct_between_equals_its_oracle(case):
    previous = previous_of_same(case.codes, case.starts, 4)
    found = distinct_between(
        case.groups, case.low, case.high, case.starts, previous, next_of_same(previous)
    )
    assert found.tolist() == kernels.distinct_between(case.low, case.high, case.codes)


@given(cases())
def test_largest_between_equals_its_oracle(case):
    found = largest_between(case.groups, case.low, case.high, case.starts, case.values)
    assert found.tolist() == kernels.largest_between(case.low, case.high, case.values)


def test_the_largest_of_nothing_but_zeros_is_zero_and_of_nothing_is_minus_one():
    found = largest_between(
        GROUP.repeat(2), whole([0, 2]), whole([2, 2]), whole([0, 2]), whole([0, 0])
    )
    assert found.tolist() == [0, -1]
