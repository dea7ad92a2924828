"""Promise 1: nothing beyond a feature's window, and nothing after as-of."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles.strategies import times, worlds
from oracles.worlds import BASE, DAY, Payment, World, assert_same, same_bits

from features.catalogue import ALL, CATALOGUE
from features.slices import compute_frame, frame_from_table

NAMES = [feature.name for feature in ALL]
AHEAD = np.array([feature.statistic.lookahead for feature in ALL])
BACK = np.array([feature.statistic.lookback for feature in ALL])


def instants(world):
    return np.array([row.time for row in world.visible], np.int64).reshape(-1, 1)


def assert_same_where(where, one, other):
    assert one.shape == other.shape
    wrong = (where & ~same_bits(one, other)).any(axis=0)
    assert not wrong.any(), [NAMES[column] for column in np.flatnonzero(wrong)]


@given(worlds(), times())
def test_what_happens_after_its_window_changes_no_feature(world, cut):
    past = world.having(row for row in world.rows if row.time <= cut)
    kept = len(past.visible)
    whole = world.values(ALL)[:kept]
    known_by_then = instants(past) + AHEAD <= cut
    assert_same_where(known_by_then, past.values(ALL), whole)


@given(worlds(), times())
def test_what_happened_before_its_window_changes_no_feature(world, cut):
    later = world.having(row for row in world.rows if row.time > cut)
    kept = len(later.visible)
    whole = world.values(ALL)[len(world.visible) - kept :]
    begun_since = instants(later) - BACK >= cut
    assert_same_where(begun_since, later.values(ALL), whole)


@given(worlds(), times())
def test_rows_added_later_change_no_trailing_feature(world, time):
    seen = {"suspicion": 500_000}
    changed = world.having(
        (*world.rows, Payment("u", time, "a", "b", **seen), Payment("v", time, "b", "a", **seen))
    )
    changed = replace(changed, as_of=max(world.as_of, time))
    world = replace(world, as_of=changed.as_of)
    before = instants(world)[:, 0] < time
    whole, more = world.values(ALL), changed.values(ALL)
    kept = [number for number, row in enumerate(changed.visible) if row.id not in {"u", "v"}]
    assert_same_where((AHEAD == 0) & before[:, np.newaxis], whole, more[kept])


@given(worlds())
def test_a_leading_value_is_unknown_until_its_window_is_over(world):
    early = instants(world) + AHEAD > world.as_of
    leading = np.broadcast_to(AHEAD > 0, early.shape)
    assert np.isnan(world.values(ALL)[early & leading]).all()


@pytest.mark.parametrize("short", [0, 1])
def test_a_leading_count_is_known_from_the_very_instant_its_window_is_over(short):
    rows = [Payment("1", BASE), Payment("2", BASE + 7 * DAY)]
    world = World.of(rows, as_of=BASE + 7 * DAY - short)
    frame = frame_from_table(world.having(world.visible).table(), CATALOGUE, **world.facts)
    values = dict(zip(frame.names, frame.values[0], strict=True))
    count = values["sender_out_counterparties_next_7d"]
    assert np.isnan(count) if short else count == 1
    assert frame.mature[0] == (not short)
    assert values["sender_out_known_amount_next_1d"] == 0


@given(worlds(), st.integers(0, 40))
def test_a_later_as_of_adds_what_was_unknown_and_changes_nothing_that_was_known(world, days):
    then, now = world.values(ALL), replace(world, as_of=world.as_of + days * DAY)
    kept = now.values(ALL)[: len(then)]
    assert_same_where(instants(world) + AHEAD <= world.as_of, then, kept)


@given(worlds())
def test_a_row_is_mature_when_no_leading_value_waits(world):
    frame = frame_from_table(world.having(world.visible).table(), ALL, **world.facts)
    assert frame.mature.tolist() == [row.time + max(AHEAD) <= world.as_of for row in world.visible]


@settings(max_examples=8)
@given(worlds())
def test_rows_after_as_of_change_nothing(tmp_path_factory, world):
    folder = tmp_path_factory.mktemp("as_of")
    world = replace(world, as_of=max(world.as_of, world.rows[0].time))
    whole, cut = world.dataset(folder / "whole"), world.having(world.visible)
    span = {"start": world.facts["coverage_from"], "as_of": world.facts["as_of"]}
    one = compute_frame(whole, ALL, **span, suspicion=world.suspicion)
    other = compute_frame(cut.dataset(folder / "cut"), ALL, **span, suspicion=cut.suspicion)
    assert one.transaction_id.equals(other.transaction_id)
    assert np.array_equal(one.mature, other.mature)
    assert_same(NAMES, one.values, other.values)
