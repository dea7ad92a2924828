import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from oracles import kernels
from oracles.ledgers import cases, whole

from features.kernels.ledger import (
    codes_at,
    earlier_time,
    events_within,
    group_starts,
    grouped_order,
    next_of_same,
    numbered,
    previous_of_same,
    turned,
)

GROUPS = st.lists(st.integers(-1, 3), max_size=12)


@given(GROUPS)
def test_group_starts_equals_its_oracle(groups):
    found = group_starts(np.array(groups, np.int32), 4)
    assert found.tolist() == kernels.group_starts(groups, 4)


@given(GROUPS)
def test_grouped_order_equals_its_oracle(groups):
    codes = np.array(groups, np.int32)
    found = grouped_order(codes, group_starts(codes, 4))
    assert found.tolist() == kernels.grouped_order(groups)


@given(cases())
def test_previous_of_same_equals_its_oracle(case):
    found = previous_of_same(case.codes, case.starts, 4)
    assert found.tolist() == kernels.previous_of_same(case.codes, case.starts)


@given(cases())
def test_next_of_same_equals_its_oracle(case):
    found = next_of_same(previous_of_same(case.codes, case.starts, 4))
    assert found.tolist() == kernels.next_of_same(case.codes, case.starts)


@given(cases(), st.data())
def test_numbered_equals_its_oracle(case, data):
    size = len(case.codes)
    order = data.draw(st.permutations(range(size + 2)))[:size]
    found = numbered(
        previous_of_same(case.codes, case.starts, 4), np.array(order, np.int32), size + 2
    )
    assert found.tolist() == kernels.numbered(case.codes, case.starts, order, size + 2)


@given(st.lists(st.tuples(st.integers(-1, 3), st.integers(-1, 3)), max_size=14))
def test_turned_equals_its_oracle(ends):
    near, far = (np.array([end[side] for end in ends], np.int32) for side in (0, 1))
    lists = [
        array
        for codes in (near, far)
        for array in (group_starts(codes, 4), grouped_order(codes, group_starts(codes, 4)))
    ]
    numbers = np.where((near < 0) | (far < 0), -1, near * 4 + far).astype(np.int32)
    assert turned(*lists, near, far, numbers).tolist() == kernels.turned(near, far, numbers)


@given(cases())
def test_earlier_time_equals_its_oracle(case):
    found = earlier_time(case.times, case.starts, -7)
    assert found.tolist() == kernels.earlier_time(case.times, case.starts, -7)


def test_the_first_of_a_group_does_not_see_the_group_before():
    assert earlier_time(whole([1, 5, 5]), whole([0, 1, 3]), -7).tolist() == [-7, -7, -7]
    codes = np.array([2, 2], np.int32)
    assert previous_of_same(codes, whole([0, 1, 2]), 3).tolist() == [-1, -1]


@given(st.integers(0, 9).flatmap(lambda n: st.permutations(range(n))), st.data())
def test_events_within_equals_its_oracle(order, data):
    first, last = sorted(data.draw(st.tuples(*[st.integers(0, len(order))] * 2)))
    found = events_within(np.array(order, np.int32), first, last)
    assert found.tolist() == kernels.events_within(order, first, last)


@given(GROUPS, st.data())
def test_codes_at_equals_its_oracle(codes, data):
    places = st.integers(0, max(len(codes) - 1, 0))
    order = data.draw(st.lists(places, max_size=12)) if codes else []
    found = codes_at(np.array(codes, np.int32), np.array(order, np.int32))
    assert found.tolist() == kernels.codes_at(codes, order)
