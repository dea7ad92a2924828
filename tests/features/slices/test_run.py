"""Promise 2: where a batch is cut changes nothing, bit for bit."""

from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice, pairwise

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from oracles import statistics
from oracles.strategies import times, worlds
from oracles.worlds import BASE, DAY, HOUR, Payment, World, assert_same, instant, table_of

from features.catalogue import ALL, Feature, pick
from features.slices import (
    TICK,
    Means,
    Reach,
    compute_frame,
    frame_from_table,
    job,
    join,
    slice_table,
    slices,
    used,
)
from features.statistics import Total
from features.windows import leading, trailing
from features.workspace import Lens, Workspace

NAMES = [feature.name for feature in ALL]
REACHES = {feature.name: Reach.of([feature]) for feature in ALL}
# All at once; in passes; blocks of one row; and in between.
MEANS = (
    Means(10**10, 1, 10**6),
    Means(1, 2, 5),
    Means(10**10, 3, 1),
    Means(10**10, 2, 7),
)


def assert_same_frame(one, other):
    assert one.transaction_id.equals(other.transaction_id)
    for word in ("sender", "receiver", "sender_country", "receiver_country"):
        assert getattr(one, word).to_pylist() == getattr(other, word).to_pylist()
    assert one.left_out == other.left_out
    for word in ("time", "amount", "channel", "internal", "mature"):
        np.testing.assert_array_equal(getattr(one, word), getattr(other, word))
    assert one.names == other.names
    assert_same(one.names, one.values, other.values)


@settings(max_examples=8)
@given(worlds(), st.data())
def test_any_cut_gives_the_same_frame(tmp_path_factory, world, data):
    """One go; cut at midnights by rows or day by day; cut anywhere at all."""
    dataset = world.dataset(tmp_path_factory.mktemp("cut") / "data")
    as_of, begin = world.facts["as_of"], instant(BASE - DAY)
    end = as_of + TICK
    seen = {"suspicion": world.suspicion}
    whole = compute_frame(dataset, ALL, begin, as_of=as_of, **seen)
    assert len(whole) == len(world.visible)
    for means in MEANS:
        parts = slices(dataset, ALL, begin, end, as_of, means, **seen)
        assert_same_frame(join(list(parts), ALL), whole)
    drawn = data.draw(st.lists(times().map(instant), max_size=3))
    edges = sorted({begin, *(cut for cut in drawn if begin < cut < end), end})
    parts = [compute_frame(dataset, ALL, *span, as_of, **seen) for span in pairwise(edges)]
    assert_same_frame(join(parts, ALL), whole)


def test_day_by_day_is_one_go(tmp_path_factory):
    @settings(max_examples=5, phases=[Phase.generate])
    @given(worlds())
    def compare(world):
        dataset = world.dataset(tmp_path_factory.mktemp("days") / "data")
        as_of, begin = world.facts["as_of"], instant(BASE - DAY)
        days = [begin + timedelta(days=day) for day in range(73)]
        seen = {"suspicion": world.suspicion}
        parts = [compute_frame(dataset, ALL, *span, as_of, **seen) for span in pairwise(days)]
        whole = compute_frame(dataset, ALL, begin, as_of=as_of, **seen)
        assert_same_frame(join(parts, ALL), whole)

    compare()


@given(worlds(), times(), times())
def test_each_feature_needs_no_more_rows_than_its_own_reach(world, one, other):
    """The rows of ``slice_table``, by hand, for every feature alone and not for the widest."""
    start, stop = min(one, other), max(one, other)
    whole = world.values(ALL)
    inside = [number for number, row in enumerate(world.visible) if start <= row.time < stop]
    for reach in set(REACHES.values()):
        catalogue = pick(name for name in NAMES if REACHES[name] == reach)
        back = reach.lookback // timedelta(microseconds=1)
        ahead = reach.lookahead // timedelta(microseconds=1)
        seen = [row for row in world.visible if start - back <= row.time < stop + ahead]
        span = {"start": instant(start), "stop": instant(stop)}
        found = frame_from_table(table_of(seen), catalogue, **world.facts, **span)
        columns = [NAMES.index(name) for name in found.names]
        assert_same(found.names, found.values, whole[np.ix_(inside, columns)])


@settings(max_examples=8)
@given(worlds(), times(), times())
def test_a_slice_reads_the_rows_it_needs_and_no_others(tmp_path_factory, world, one, other):
    dataset = world.dataset(tmp_path_factory.mktemp("slice") / "data")
    start, stop = min(one, other), max(one, other) + 1
    reach, as_of = Reach.of(ALL), world.as_of
    times, seen = (instant(time) for time in (start, stop, as_of)), {"suspicion": world.suspicion}
    table = slice_table(dataset, reach, *times, **seen)
    wanted = [
        row.id
        for row in world.rows
        if start - reach.lookback // TICK <= row.time < stop + reach.lookahead // TICK
        and row.time <= as_of
    ]
    assert table["transaction_id"].to_pylist() == wanted
    span = {"start": instant(start), "stop": instant(stop)}
    found = frame_from_table(table, ALL, **world.facts, **span)
    assert_same_frame(
        found, compute_frame(dataset, ALL, *span.values(), world.facts["as_of"], **seen)
    )
    inside = [n for n, row in enumerate(world.visible) if start <= row.time < stop]
    assert_same(NAMES, found.values, world.values(ALL)[inside])


@pytest.fixture(scope="module")
def crowd():
    """Six hundred payments in 40 days among twelve accounts, half of them of one hub."""
    chance = np.random.default_rng(5)
    names = [*"abcdefghijk", None]
    rows = []
    for number, hour in enumerate(chance.integers(0, 40 * 24, 600)):
        sender, receiver = names[chance.integers(12)], names[chance.integers(11)]
        if number % 2:
            sender, receiver = ("hub", receiver) if number % 4 == 1 else (sender, "hub")
        amount = int(chance.choice([90_00, 95_00, 99_50, 100_00, 105_00, 950_00]))
        seen = {"suspicion": 997 * number}
        rows.append(
            Payment(f"t{number}", BASE + int(hour) * HOUR, sender, receiver, amount, **seen)
        )
    return World.of(rows, coverage_from=BASE)


def test_a_hub_is_cut_the_same(crowd, tmp_path):
    dataset = crowd.dataset(tmp_path / "data")
    seen = {"suspicion": crowd.suspicion}
    whole = compute_frame(dataset, ALL, **seen)
    for means in (Means(1, 2, 50), Means(10**10, 2, 100)):
        parts = slices(dataset, ALL, means=means, **seen)
        assert_same_frame(join(list(parts), ALL), whole)


def test_the_features_of_a_hub_equal_their_slow_twins(crowd):
    chosen = [n for n, row in enumerate(crowd.rows) if row.sender == "hub"][::60]
    space = Workspace(crowd.history(), np.array(chosen))
    for feature in ALL:
        if feature.family == "patterns":  # their twins take minutes, and have hubs of their own
            continue
        wanted = [statistics.value(feature.statistic, crowd, crowd.rows[n]) for n in chosen]
        np.testing.assert_array_equal(feature.value(space), wanted, err_msg=feature.name)


def counted(window):
    statistic = Total(Lens("sender", "out"), window)
    return Feature("volume and velocity", statistic, "payments", "{value}")


def test_the_reach_is_that_of_the_widest():
    behind = [counted(trailing(width)) for width in (28 * DAY, HOUR)]
    ahead = [counted(leading(width)) for width in (7 * DAY, DAY)]
    assert Reach.of(behind) == Reach(timedelta(days=28), timedelta(0))
    assert Reach.of(behind + ahead) == Reach(timedelta(days=28), timedelta(days=7))
    assert Reach.of([]) == Reach(timedelta(0), timedelta(0))


@pytest.fixture
def week(tmp_path):
    """Three payments a day for a week, at 0:00, 8:00 and 16:00."""
    rows = [Payment(f"t{n:02}", BASE + n * DAY // 3) for n in range(21)]
    return World.of(rows, coverage_from=BASE).dataset(tmp_path / "week")


def test_from_and_to_choose_rows_to_score_and_not_rows_to_see(week):
    whole = compute_frame(week, ALL)
    start, stop = instant(BASE + 2 * DAY), instant(BASE + 3 * DAY)
    part = compute_frame(week, ALL, start, stop)
    assert part.transaction_id.to_pylist() == ["t06", "t07", "t08"]
    assert_same(NAMES, part.values, whole.values[6:9])


def test_no_row_after_as_of_is_scored(week):
    frame = compute_frame(week, ALL, as_of=instant(BASE + DAY))
    assert frame.transaction_id.to_pylist() == ["t00", "t01", "t02", "t03"]
    later = compute_frame(week, ALL, stop=instant(BASE + 5 * DAY), as_of=instant(BASE + DAY))
    assert_same_frame(later, frame)


def test_a_span_without_rows_is_an_empty_frame_that_joins_with_others(week):
    whole = compute_frame(week, ALL)
    for start, stop in ((20, 30), (-5, -3), (3, 3), (4, 3)):
        frame = compute_frame(week, ALL, instant(BASE + start * DAY), instant(BASE + stop * DAY))
        assert len(frame) == 0
        assert_same_frame(join([frame, whole], ALL), whole)
        assert frame.values.shape == (0, len(ALL))


def test_a_catalogue_of_none_is_a_frame_of_no_columns(week):
    frame = compute_frame(week, ())
    assert frame.values.shape == (21, 0)
    assert frame.mature.all()


def test_columns_are_plain_doubles_and_values_the_same_memory_turned(week):
    frame = compute_frame(week, ALL)
    assert frame.columns.dtype == np.float64
    assert frame.columns.flags.c_contiguous
    assert not np.isinf(frame.columns).any()
    assert frame.values.shape == (21, len(ALL))
    assert np.shares_memory(frame.values, frame.columns)


@pytest.mark.parametrize("taken", [1, None])
def test_what_a_run_kept_is_given_back_when_it_ends_or_is_left(week, monkeypatch, taken):
    """The next run would take it for memory in use, and go on in small slices."""
    given = []
    monkeypatch.setattr(job, "_WORTH_GIVING_BACK", 21)
    monkeypatch.setattr(job, "give_back", lambda: given.append(True))
    frames = slices(week, ALL, means=Means(block_rows=3))
    assert len(list(islice(frames, taken))) == (taken or 7)
    assert not given if taken else given
    frames.close()
    assert len(given) == 1


def test_rows_of_one_instant_may_be_cut_apart(tmp_path):
    """Twenty at once, before the coverage begins and inside it, in whatever blocks."""
    rows = [
        Payment(f"t{n:02}", BASE + n // 20 * 40 * DAY, "abc"[n % 3], "bcd"[n % 3], 10_00 * n)
        for n in range(60)
    ]
    world = World.of([replace(row, suspicion=row.amount) for row in rows], coverage_from=BASE + DAY)
    dataset, begin, seen = world.dataset(tmp_path / "data"), instant(BASE - DAY), world.suspicion
    whole = compute_frame(dataset, ALL, begin, means=Means(10**10, 1, 10**6), suspicion=seen)
    assert len(whole) == 60
    for means in (Means(1, 2, 3), Means(10**10, 2, 7)):
        found = compute_frame(dataset, ALL, begin, means=means, suspicion=seen)
        assert_same_frame(found, whole)


def test_frames_are_the_same_whatever_the_means_and_no_larger_than_a_block(week):
    sizes = {
        tuple(
            len(frame) for frame in slices(week, pick(NAMES[:3]), means=Means(memory, threads, 4))
        )
        for memory in (1, 10**10)
        for threads in (1, 3)
    }
    assert sizes == {(3,) * 7}


def test_frames_are_used_in_order_of_their_numbers(week):
    found = used(week, pick(NAMES[:2]), lambda frame, at: (at, len(frame)), means=Means(1, 3, 2))
    assert list(found) == [(at, 1 + at % 2) for at in range(14)]


def test_frames_that_are_kept_keep_their_values(week):
    """Their memory is used again only when nothing refers to it."""
    catalogue, means = pick(NAMES[:9]), Means(1, 2, 1)
    kept = list(slices(week, catalogue, means=means))
    views = [frame.columns[2] for frame in slices(week, catalogue, means=means)]
    rows = [frame.values[0] for frame in slices(week, catalogue, means=means)]
    whole = compute_frame(week, catalogue)
    assert_same(whole.names, join(kept, catalogue).values, whole.values)
    np.testing.assert_array_equal(np.concatenate(views), whole.columns[2])
    assert_same(whole.names, np.array(rows), whole.values)


def test_a_mistake_in_a_block_reaches_the_caller_and_ends_the_rest(week):
    done = []

    def use(frame, at):
        done.append(at)
        if at == 1:
            raise ArithmeticError
        return at

    with pytest.raises(ArithmeticError):
        list(used(week, pick(NAMES[:1]), use, means=Means(10**10, 1, 1)))
    assert done == [0, 1]


@dataclass(frozen=True)
class Skipping:
    """A statistic that leaves one thing out for every row asked about."""

    label: str = "skipping"
    lens: None = None
    lookback: int = DAY
    lookahead: int = 0

    def value(self, space):
        space.leave_out("busy accounts", len(space.rows))
        return np.zeros(len(space.rows))


def test_what_bounds_leave_out_is_added_up_over_blocks_and_slices(week):
    catalogue = (Feature("patterns", Skipping(), "payments", "{value}"),)
    for means in MEANS:
        assert compute_frame(week, catalogue, means=means).left_out == {"busy accounts": 21}
    assert compute_frame(week, pick(NAMES[:1])).left_out == {}
