"""The kernels of the published red flags against their slow twins."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles import behaviours
from oracles.ledgers import cases, whole

from features.history.sieve import running_sums
from features.kernels.commission import smallest_between
from features.kernels.fifo import fifo_pieces, moved_between, pieces_kept, quantile_between
from features.kernels.ladder import commonest_between
from features.kernels.ledger import group_starts, grouped_order, linked
from features.kernels.mix import mix_shift_between, numbered_apart
from features.kernels.spike import spikes_between
from features.kernels.successor import successor_shares

ONE = np.zeros(1, np.int32)


def logs(most):
    return np.array([round(n * np.log2(max(n, 1)) * 2**20) for n in range(most)], np.int64)


@given(cases(), st.integers(1, 3))
def test_commonest_between_equals_its_oracle(case, most):
    found = commonest_between(case.groups, case.low, case.high, case.codes, 4, most)
    assert found.tolist() == behaviours.commonest_between(case.low, case.high, case.codes, most)


def test_the_commonest_fall_again_when_the_window_moves_on():
    codes = np.array([5, 5, 5, 2, 2, 9], np.int32)
    groups = np.zeros(4, np.int32)
    low, high = whole([0, 0, 2, 3]), whole([3, 5, 5, 6])
    assert commonest_between(groups, low, high, codes, 10, 1).tolist() == [3, 3, 2, 2]


@given(cases(), st.integers(0, 4))
def test_mix_shift_between_is_the_divergence_of_its_definition(case, cut):
    middle = np.minimum(case.low + cut, case.high)
    middle = np.array(  # a window's cut never moves back within a group
        [max(m, case.low[k]) for k, m in enumerate(middle)], np.int64
    )
    found = mix_shift_between(
        case.groups, case.low, middle, case.high, case.codes, 4, logs(len(case.codes) + 2)
    )
    wanted = behaviours.mix_shift_between(case.low, middle, case.high, case.codes)
    np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-5)


@given(cases())
def test_numbered_apart_equals_its_oracle(case):
    previous, _ = linked(case.codes, case.starts, 4)
    found = numbered_apart(previous, case.starts)
    assert found.tolist() == behaviours.numbered_apart(case.codes, case.starts)


def test_the_mix_of_one_account_leaves_nothing_behind_for_the_next():
    codes = np.array([0, 1, 2, 2, 0, 0], np.int32)
    groups = np.array([0, 1, 1], np.int32)
    low, middle, high = whole([0, 4, 4]), whole([2, 5, 5]), whole([4, 6, 6])
    found = mix_shift_between(groups, low, middle, high, codes, 3, logs(10))
    assert found.tolist() == [1.0, 0.0, 0.0]


def test_the_same_mix_is_no_shift_and_another_is_all():
    codes = np.array([1, 2, 1, 2, 1, 1, 2, 2], np.int32)
    found = mix_shift_between(ONE, whole([0]), whole([4]), whole([8]), codes, 3, logs(10))
    assert found.tolist() == [0.0]
    codes[4:] = 0
    found = mix_shift_between(ONE, whole([0]), whole([4]), whole([8]), codes, 3, logs(10))
    assert found.tolist() == [1.0]


@st.composite
def accounts(draw):
    """Up to three accounts' payments in and out, (time, amount) in order."""
    payment = st.tuples(st.integers(0, 12), st.sampled_from((0, 1, 2, 3, 5)))
    some = st.lists(payment, max_size=6).map(lambda rows: sorted(rows, key=lambda row: row[0]))
    return draw(st.lists(st.tuples(some, some), min_size=1, max_size=3))


def _flat(parts):
    starts = whole([0, *np.cumsum([len(part) for part in parts])])
    rows = [row for part in parts for row in part]
    return starts, whole([time for time, _ in rows]), whole([amount for _, amount in rows])


def _rows(count, first):
    return np.arange(first, first + count, dtype=np.int32)


@given(accounts(), st.integers(1, 5))
def test_fifo_pieces_equals_its_oracle(found, period):
    lots, outs = _flat([lots for lots, _ in found]), _flat([outs for _, outs in found])
    sides = (*lots, _rows(len(lots[1]), 50), *outs, _rows(len(outs[1]), 90))
    starts, lot, out, amount = fifo_pieces(*sides, period)
    for k, (own_lots, own_outs) in enumerate(found * 2):
        own, account = slice(starts[k], starts[k + 1]), k % len(found)
        places = (lot[own] - 50 - lots[0][account], out[own] - 90 - outs[0][account])
        pieces = list(zip(*places, amount[own], strict=True))
        assert pieces == behaviours.fifo_pieces(own_lots, own_outs, period, k // len(found))
    assert len(lot) == len(out) == len(amount) == starts[-1]


def test_money_leaves_strictly_after_it_came():
    for out, wanted in ((4, []), (5, []), (6, [7, 7])):
        came = (whole([0, 1]), whole([5]), whole([7]), _rows(1, 0))
        found = fifo_pieces(*came, whole([0, 1]), whole([out]), whole([9]), _rows(1, 1), 100)
        assert found[3].tolist() == wanted


@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(1, 9)), max_size=5),
        max_size=3,
    ),
    st.lists(st.tuples(st.integers(0, 9), st.booleans(), st.booleans()), min_size=6, max_size=6),
    st.integers(0, 5),
)
def test_pieces_kept_equals_its_oracle(groups, rows, within):
    pieces = [piece for group in groups for piece in group]
    lot, out = (np.array([piece[k] for piece in pieces], np.int32) for k in (0, 1))
    time = whole([row[0] for row in rows])
    lots, outs = (np.array([row[k] for row in rows]) for k in (1, 2))
    ends = whole([0, *np.cumsum([len(group) for group in groups])])
    amounts = whole([piece[2] for piece in pieces])
    starts, came, left, sums = pieces_kept(ends, lot, out, amounts, time, lots, outs, within)
    wanted = [behaviours.pieces_kept(group, rows, within) for group in groups]
    assert starts.tolist() == [0, *np.cumsum([len(group) for group in wanted])]
    flat = [piece for group in wanted for piece in group]
    assert list(zip(came, left, np.diff(sums), strict=True)) == flat
    assert sums[0] == 0


@given(cases(), st.sampled_from((1, 5, 9, 10)), st.sampled_from((0, 2, 12)))
def test_quantile_between_equals_its_oracle(case, tenths, few):
    steps, weights = case.codes + np.int32(1), case.values % 9
    sums = running_sums(weights)
    found = quantile_between(case.groups, case.low, case.high, steps, sums, 8, tenths, few)
    wanted = behaviours.quantile_between(case.low, case.high, steps, weights, tenths)
    assert found.tolist() == wanted


@pytest.mark.parametrize("few", [0, 12])
def test_half_of_a_fortune_is_found_without_passing_the_largest_number(few):
    steps, sums = np.array([3, 1], np.int32), running_sums(whole([2**61, 2**61 + 1]))
    for tenths, wanted in ((5, 1), (6, 3)):
        about = (ONE, whole([0]), whole([2]), steps, sums, 4, tenths, few)
        assert quantile_between(*about).tolist() == [wanted]


@pytest.mark.parametrize("few", [0, 12])
def test_money_that_stayed_no_time_is_the_least_there_can_be(few):
    steps, sums = np.array([0, 3], np.int32), running_sums(whole([9, 1]))
    for tenths, wanted in ((5, 0), (9, 0), (10, 3)):
        about = (ONE, whole([0]), whole([2]), steps, sums, 4, tenths, few)
        assert quantile_between(*about).tolist() == [wanted]


@given(cases(), st.lists(st.integers(0, 3), min_size=40, max_size=40), st.integers(1, 4))
def test_moved_between_equals_its_oracle(case, stays, width):
    values = case.values % 100
    left = case.times + np.array(stays[: len(case.times)], np.int64)
    for group in range(len(case.starts) - 1):
        own = slice(case.starts[group], case.starts[group + 1])
        left[own] = np.maximum.accumulate(left[own])
    about = (case.groups, case.anchors, case.starts, case.times, left)
    found = moved_between(*about, running_sums(values), width)
    wanted = behaviours.moved_between(*about, values, width)
    assert found.tolist() == wanted


@given(cases(), st.data(), st.sampled_from((0, 2, 12)))
def test_smallest_between_equals_its_oracle(case, data, few):
    size = len(case.groups)
    ends = st.lists(st.sampled_from((0, 1, 2, 3, 6, 2**62)), min_size=size, max_size=size)
    smallest, largest = whole(data.draw(ends)), whole(data.draw(ends))
    found = smallest_between(
        case.groups, case.low, case.high, case.starts, case.values, smallest, largest, few
    )
    wanted = behaviours.smallest_between(case.low, case.high, case.values, smallest, largest)
    assert found.tolist() == wanted


@pytest.mark.parametrize(
    ("smallest", "largest", "wanted"), [(10, 10, 10), (11, 19, -1), (11, 20, 20), (20, 29, 20)]
)
def test_both_ends_of_the_range_belong_to_it(smallest, largest, wanted):
    values, ends = whole([30, 10, 20]), (whole([smallest]), whole([largest]))
    for few in (0, 12):
        found = smallest_between(ONE, whole([0]), whole([3]), whole([0, 3]), values, *ends, few)
        assert found.tolist() == [wanted]


@pytest.mark.parametrize(("busy", "share"), [(2, 1.0), (1, 0.5)])
def test_a_payer_of_as_many_payments_as_the_bound_still_tells(busy, share):
    edges = np.array([(0, 1, 3), (0, 1, 0), (0, 2, 3), (9, 1, 4), (9, 2, 4)], np.int64)
    payer, payee = (np.ascontiguousarray(edges[:, k].astype(np.int32)) for k in (1, 2))
    times = np.ascontiguousarray(edges[:, 0])
    around = (*_adjacent(payee, payer, times, 5), *_adjacent(payer, payee, times, 5))
    found = successor_shares(np.array([4], np.int32), whole([9]), *around, 9, 5, 2, 99, busy, 1)
    assert found[0].tolist() == [share]


@given(cases(), st.integers(1, 3), st.sampled_from((1, 3, 5)), st.sampled_from((1, 2)))
def test_spikes_between_equals_its_oracle(case, width, count, floor):
    values = case.values % 100
    low, middle, high = (case.edge(-shift * width) for shift in (count + 1, 1, 0))
    about = (case.groups, case.anchors, low, middle, high, case.times)
    found = spikes_between(*about, running_sums(values), width, count, floor)
    around = (case.groups, case.anchors, case.starts, case.times)
    wanted = behaviours.spikes_between(*around, values, width, count, floor)
    assert found.tolist() == wanted


def _adjacent(near, far, times, count):
    starts = group_starts(near, count)
    order = grouped_order(near, starts)
    return starts, times[order], far[order]


EDGES = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 4), st.integers(0, 4)), max_size=30)


@settings(max_examples=200)
@given(
    EDGES,
    st.integers(1, 6),
    st.integers(1, 6),
    st.sampled_from((1, 2)),
    st.sampled_from(((99, 99), (3, 99), (99, 2), (2, 3))),
    st.sampled_from((1, 2)),
)
def test_successor_shares_equals_its_oracle(edges, span, silent, least, bounds, moving):
    edges = sorted((edge for edge in edges if edge[1] != edge[2]), key=lambda edge: edge[0])
    columns = np.array(edges, np.int64).reshape(-1, 3)
    times = np.ascontiguousarray(columns[:, 0])
    payer, payee = (np.ascontiguousarray(columns[:, k].astype(np.int32)) for k in (1, 2))
    incoming, outgoing = _adjacent(payee, payer, times, 5), _adjacent(payer, payee, times, 5)
    asked, when = payee.repeat(2), np.column_stack((times, times + silent)).ravel()
    found, _ = successor_shares(
        asked, when, *incoming, *outgoing, span, silent, least, *bounds, moving
    )
    wanted = behaviours.successor_shares(asked, when, edges, span, silent, least, *bounds, moving)
    np.testing.assert_array_equal(found, wanted)


def test_accounts_left_out_for_their_many_payments_are_counted():
    """1 and 2 moved from 3 to 4; then 1 pays too many for the bound on payers."""
    edges = [(0, 1, 3), (0, 2, 3), (9, 1, 4), (9, 2, 4)]
    for extra, wanted in (([], (1.0, 0)), ([(0, 1, 0)] * 2, (0.5, 1))):
        rows = np.array(sorted(edges + extra), np.int64)
        payer, payee = (np.ascontiguousarray(rows[:, k].astype(np.int32)) for k in (1, 2))
        times = np.ascontiguousarray(rows[:, 0])
        around = (*_adjacent(payee, payer, times, 5), *_adjacent(payer, payee, times, 5))
        found = successor_shares(np.array([4], np.int32), whole([9]), *around, 9, 5, 2, 99, 2, 1)
        assert (found[0][0], found[1][0]) == pytest.approx(wanted)
