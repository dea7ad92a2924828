import re

import numpy as np
import pytest
from oracles.worlds import BASE, DAY, HOUR, Payment, World, instant

from features.catalogue import CATALOGUE, Feature
from features.slices import footprint, planning
from features.slices.footprint import bytes_a_row, held
from features.slices.planning import Means, Reach, Span, parts, plan
from features.statistics import Total
from features.windows import leading, trailing
from features.workspace import Lens, Workspace

SENT = Lens("sender", "out")


def counted(window):
    return (Feature("volume and velocity", Total(SENT, window), "payments", "{value}"),)


WEEK_BACK = counted(trailing(7 * DAY))


@pytest.fixture
def week(tmp_path):
    """Three payments a day for a week, at 0:00, 8:00 and 16:00."""
    rows = [Payment(f"t{n:02}", BASE + n * DAY // 3) for n in range(21)]
    return World.of(rows, coverage_from=BASE).dataset(tmp_path / "week")


def days(spans):
    return [((s.start - instant(BASE)).days, (s.stop - instant(BASE)).days) for s in spans]


def test_parts_lie_at_midnights_and_hold_about_as_many_rows_as_asked(week):
    begin, end = instant(BASE), instant(BASE + 7 * DAY)
    assert days(parts(week, begin, end, 100)) == [(0, 7)]
    assert days(parts(week, begin, end, 6)) == [(0, 2), (2, 4), (4, 6), (6, 7)]
    assert days(parts(week, begin, end, 1)) == [(day, day + 1) for day in range(7)]


def test_parts_cover_the_span_even_where_there_are_no_rows(week):
    begin, end = instant(BASE - 3 * DAY), instant(BASE + 20 * DAY)
    assert days(parts(week, begin, end, 12)) == [(-3, 4), (4, 20)]
    assert days(parts(week, end, begin, 12)) == []
    assert days(parts(week, begin, begin, 12)) == []


ROW = 1_000


def planned(dataset, rows, monkeypatch, tell=lambda _: None):
    """Plan for memory that holds so many rows of history, and nothing else."""
    monkeypatch.setattr(planning, "AMPLE_BYTES", ROW)
    monkeypatch.setattr(planning, "PASSING", 1)
    monkeypatch.setattr(planning, "bytes_a_row", lambda *_: ROW)
    monkeypatch.setattr(Means, "left", lambda *_: rows * ROW)
    span, as_of = Span(instant(BASE), instant(BASE + 7 * DAY)), instant(BASE + 7 * DAY)
    made = plan(dataset, span, as_of, WEEK_BACK, Means(ROW, 1, 1), tell=tell)
    return [days([Span(each[0].start, each[-1].stop)])[0] for each in made.slices]


def test_a_slice_holds_as_many_days_as_fit_with_what_lies_before_them(week, monkeypatch):
    assert planned(week, 21, monkeypatch) == [(0, 7)]
    assert planned(week, 20, monkeypatch) == [(0, 6), (6, 7)]
    assert planned(week, 12, monkeypatch) == [(0, 4), (4, 5), (5, 6), (6, 7)]


def test_what_does_not_fit_is_said_with_its_numbers_and_done_day_by_day(week, monkeypatch):
    said = []
    assert planned(week, 12, monkeypatch, said.append) == [(0, 4), (4, 5), (5, 6), (6, 7)]
    assert len(said) == 1
    wanted = r"looks at 21 rows, about 0 MB at 1,000 bytes a row, and 0 MB is left for them"
    assert re.search(wanted, said[0])
    assert planned(week, 21, monkeypatch, said.append) == [(0, 7)]
    assert len(said) == 1


def test_what_is_in_use_and_what_blocks_take_is_not_left_for_rows(monkeypatch):
    monkeypatch.setattr(planning, "in_use", lambda: 10**9)
    monkeypatch.setattr(planning, "SCRATCH_BYTES", 0)
    means = Means(memory=3 * 10**9, threads=2, block_rows=10**5)
    for blocks in (1, 4):
        assert means.left(100, blocks) == 2 * 10**9 - blocks * 3 * 8 * 100 * 10**5
    assert Means(memory=10**9, threads=1).left(1, 1) == 0


def test_more_blocks_are_computed_together_where_there_is_more_memory(week, monkeypatch):
    """A block of a row takes 48 bytes here, the history 21 times the 1,000 that are measured."""
    monkeypatch.setattr(planning, "SCRATCH_BYTES", 32)
    monkeypatch.setattr(planning, "in_use", lambda: 0)
    monkeypatch.setattr(planning, "PASSING", 1)
    monkeypatch.setattr(planning, "bytes_a_row", lambda *_: ROW)
    span, as_of = Span(instant(BASE), instant(BASE + 7 * DAY)), instant(BASE + 7 * DAY)
    found = [
        plan(week, span, as_of, WEEK_BACK, Means(21 * ROW + more, 1, 1))
        for more in (16 * 48, 16 * 48 - 1, 12 * 48 - 1, 48, 47)
    ]
    assert [made.blocks for made in found] == [16, 12, 8, 1, 1]
    assert [len(made.slices) for made in found] == [1, 1, 1, 1, 2]


def test_the_reach_ends_at_as_of(week):
    reach = Reach.of(counted(leading(7 * DAY)))
    start, stop, as_of = (instant(BASE + n * DAY) for n in (2, 3, 5))
    assert reach.around(start, stop, as_of) == (start, as_of + planning.TICK)
    assert reach.around(start, stop, instant(BASE + 20 * DAY))[1] == instant(BASE + 10 * DAY)


def test_what_a_row_takes_is_measured_on_a_sample_well_enough_for_the_whole(tmp_path):
    """The sample is a day, the history two months, with many more rows to an account."""
    chance = np.random.default_rng(4)
    names = [f"a{n}" for n in range(900)]
    rows = [
        Payment(
            f"t{n}",
            BASE + int(chance.integers(0, 60 * 24)) * HOUR,
            *(names[int(900 * chance.random() ** 3)] for _ in range(2)),
            amount=int(chance.integers(1, 10**6)),
            channel=str(chance.choice(["cash", "wire", "card", "crypto"])),
        )
        for n in range(9_000)
    ]
    world = World.of(rows, coverage_from=BASE)
    dataset = world.dataset(tmp_path / "data")
    measured = bytes_a_row(dataset, CATALOGUE, world.facts["as_of"])
    history = world.history()
    space = Workspace(history, np.arange(10))
    for feature in CATALOGUE:
        feature.value(space)
    assert 42 < held(history) / len(history) <= planning.PASSING * measured


def test_the_accounts_of_a_sample_are_merged_until_each_has_its_share_of_rows(
    tmp_path, monkeypatch
):
    """A thousand payments of two hundred accounts: a hundred of them have twenty accounts."""
    monkeypatch.setattr(footprint, "SAMPLE_ROWS", 100)
    monkeypatch.setattr(footprint, "_LEAST", 1)
    rows = [
        Payment(f"t{n:04}", BASE + n, f"a{n % 200}", None if n % 7 == 0 else f"a{(n + 1) % 200}")
        for n in range(1_000)
    ]
    world = World.of(rows, coverage_from=BASE)
    history, census = footprint.sample(world.dataset(tmp_path / "data"), world.facts["as_of"])
    assert (census.rows, census.accounts, len(history), history.accounts) == (1_000, 200, 100, 20)
    assert set(history.sender.tolist()) == set(range(20))
    assert (history.receiver[::7] == -1).all()
    assert census.among(4_000) == 400
    assert census.id_bytes >= 5
