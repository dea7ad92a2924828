from itertools import chain

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from oracles import kernels
from oracles.ledgers import cases, places, whole

from features.kernels.ledger import (
    anchors_within,
    codes_at,
    events_within,
    group_starts,
    grouped_order,
    linked,
    merged_times,
    newly_met,
    numbered,
    numbers_at,
    quiet_times,
    sums_at,
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
def test_linked_equals_its_oracle(case):
    found = tuple(links.tolist() for links in linked(case.codes, case.starts, 4))
    assert found == kernels.linked(case.codes, case.starts)


@given(cases(), st.data())
def test_numbered_equals_its_oracle(case, data):
    size = len(case.codes)
    order = data.draw(st.permutations(range(size + 2)))[:size]
    found = numbered(linked(case.codes, case.starts, 4)[0], np.array(order, np.int32), size + 2)
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


@given(cases(), st.data())
def test_newly_met_equals_its_oracle(case, data):
    size = len(case.times)
    order = data.draw(st.permutations(range(size + 1)))[:size]
    codes = data.draw(st.lists(st.integers(-1, 2), min_size=size + 1, max_size=size + 1))
    horizon = data.draw(st.integers(1, 6))
    found = newly_met(case.times, places(order), case.starts, places(codes), 3, horizon)
    assert found.tolist() == kernels.newly_met(case.times, order, case.starts, codes, horizon)


def test_the_first_of_a_group_does_not_see_the_group_before():
    laid = (whole([1, 5, 5]), places([0, 1, 2]), whole([0, 1, 3]))
    assert newly_met(*laid, places([2, 2, 2]), 3, 7).tolist() == [True, True, True]
    assert linked(places([2, 2]), whole([0, 1, 2]), 3)[0].tolist() == [-1, -1]


@given(cases(), st.data())
def test_anchors_within_and_events_within_equal_their_oracles(case, data):
    size = len(case.times)
    order = data.draw(st.permutations(range(size)))
    first, last = sorted(data.draw(st.tuples(*[st.integers(0, size)] * 2)))
    found = anchors_within(case.starts, places(order), case.times, first, last)
    wanted = kernels.anchors_within(case.starts, order, case.times, first, last)
    assert tuple(part.tolist() for part in found) == wanted
    found = events_within(places(order), first, last)
    assert found.tolist() == kernels.events_within(order, first, last)


@given(GROUPS, st.data())
def test_codes_at_and_numbers_at_and_sums_at_equal_their_oracles(codes, data):
    rows = st.integers(0, max(len(codes) - 1, 0))
    order = data.draw(st.lists(rows, max_size=12)) if codes else []
    assert codes_at(places(codes), places(order)).tolist() == kernels.codes_at(codes, order)
    assert numbers_at(whole(codes), places(order)).tolist() == kernels.numbers_at(codes, order)
    assert sums_at(whole(codes), places(order)).tolist() == kernels.sums_at(codes, order)


@given(st.lists(st.tuples(*[st.lists(st.integers(0, 9), max_size=5).map(sorted)] * 2), max_size=4))
def test_merged_times_equals_its_oracle(groups):
    sides = [
        (whole([0, *np.cumsum(list(map(len, side)))]), whole([*chain.from_iterable(side)]))
        for side in ([group[0] for group in groups], [group[1] for group in groups])
    ]
    starts, times = merged_times(*sides[0], *sides[1])
    wanted = kernels.merged_times(groups)
    assert starts.tolist() == [0, *np.cumsum(list(map(len, wanted)))]
    assert times.tolist() == [*chain.from_iterable(wanted)]


@given(cases(), st.integers(1, 9), st.integers(-9, 9))
def test_quiet_times_equals_its_oracle(case, horizon, since):
    found = quiet_times(case.times, case.starts, horizon, since, 99)
    assert found.tolist() == kernels.quiet_times(case.times, case.starts, horizon, since, 99)
