"""A first look's suspicion goes with the rows it is of, wherever they are read or cut."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles.strategies import times, worlds
from oracles.worlds import BASE, DAY, HOUR, Payment, World, assert_same, instant

from features.catalogue import ALL, CATALOGUE, COMPANY
from features.slices import (
    TICK,
    Means,
    Reach,
    Span,
    Suspicion,
    compute_frame,
    join,
    planning,
    rows_before,
    slice_table,
    slices,
    tight,
    used,
)
from features.slices.footprint import bytes_a_row, sample
from features.slices.job import Job
from features.slices.needs import Needs
from features.slices.tape import Tape

NAMES = [feature.name for feature in COMPANY]


@pytest.fixture(scope="module")
def world():
    """Three hundred payments in 60 days among nine accounts, some of one instant."""
    chance = np.random.default_rng(7)
    rows = [
        Payment(f"t{n:03}", BASE + int(hour) * HOUR, *chance.choice(list("abcdefghi"), 2))
        for n, hour in enumerate(chance.integers(0, 60 * 24, 300) // 6 * 6)
    ]
    graded = [replace(row, suspicion=int(grade)) for row, grade in zip(
        rows, chance.integers(0, 10**6, 300), strict=True
    )]  # fmt: skip
    return World.of(graded, coverage_from=BASE)


@pytest.fixture(scope="module")
def dataset(world, tmp_path_factory):
    return world.dataset(tmp_path_factory.mktemp("graded") / "data")


@given(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9), st.integers(0, 9))
def test_rows_outside_the_stretch_are_not_suspicious(first, length, asked, count):
    given_values = np.arange(1, length + 1, dtype=np.int32)
    found = Suspicion(first, given_values).of(asked, count)
    whole = np.zeros(40, np.int32)
    whole[first : first + length] = given_values
    assert found.tolist() == whole[asked : asked + count].tolist()
    found[:] = -1
    assert (given_values > 0).all()


def test_what_it_gives_is_what_kernels_were_compiled_for():
    found = Suspicion(0, np.ones(9, np.int32)[::2]).of(1, 3)
    assert found.dtype == np.int32
    assert found.flags.c_contiguous
    assert found.flags.writeable


@pytest.mark.parametrize("kind", [np.int64, np.float64])
def test_other_numbers_than_millionths_of_four_bytes_are_refused(kind):
    with pytest.raises(ValueError, match="suspicion is int32"):
        Suspicion(0, np.zeros(3, kind))


@pytest.mark.parametrize(("low", "high"), [(0, 300), (40, 200), (120, 121), (0, 0), (300, 300)])
def test_a_stretch_is_the_whole_with_nothing_outside_it(dataset, world, low, high):
    values = world.suspicion.values
    whole = np.zeros_like(values)
    whole[low:high] = values[low:high]
    found = compute_frame(dataset, COMPANY, suspicion=Suspicion(low, values[low:high]))
    assert_same(NAMES, found.values, world_of(world, whole).values(COMPANY))


def world_of(world, suspicion):
    graded = zip(world.rows, suspicion.tolist(), strict=True)
    return world.having(replace(row, suspicion=grade) for row, grade in graded)


@pytest.mark.parametrize(
    "means", [Means(1, 2, 7), Means(1, 1, 50), Means(10**10, 3, 1), Means(10**10, 2, 64)]
)
def test_neither_slices_nor_blocks_nor_passes_change_a_bit(dataset, world, means):
    wanted = world.values(COMPANY)
    for catalogue in (COMPANY, ALL):
        parts = slices(dataset, catalogue, means=means, suspicion=world.suspicion)
        found = join(list(parts), catalogue)
        assert found.names[-len(NAMES) :] == tuple(NAMES)
        assert_same(NAMES, found.values[:, -len(NAMES) :].copy(), wanted)


def test_where_a_run_is_cut_changes_no_bit(dataset, world):
    end, seen = world.facts["as_of"] + TICK, world.suspicion
    cuts = [BASE, BASE + 9 * DAY, BASE + 30 * DAY + 6 * HOUR, BASE + 30 * DAY + 6 * HOUR + 1]
    spans = pairwise([*map(instant, cuts), end])
    parts = [compute_frame(dataset, COMPANY, *span, suspicion=seen) for span in spans]
    assert_same(NAMES, join(parts, COMPANY).values, world.values(COMPANY))


def test_only_the_rows_it_looks_at_need_a_suspicion(dataset, world):
    """The stretch that a run of some days is given, and no row more."""
    start, stop, as_of = (instant(BASE + days * DAY) for days in (30, 33, 45))
    edges = [rows_before(dataset, edge) for edge in Reach.of(COMPANY).around(start, stop, as_of)]
    values = world.suspicion.values[slice(*edges)]
    some = compute_frame(
        dataset, COMPANY, start, stop, as_of, suspicion=Suspicion(edges[0], values)
    )
    whole = compute_frame(dataset, COMPANY, start, stop, as_of, suspicion=world.suspicion)
    assert_same(NAMES, some.values, whole.values)


def test_suspicion_leaves_all_other_features_as_they_are(dataset, world):
    one = compute_frame(dataset, CATALOGUE)
    other = compute_frame(dataset, CATALOGUE, suspicion=world.suspicion)
    assert_same(one.names, one.values, other.values)


def test_frames_that_are_used_are_given_it_too(dataset, world):
    found = used(dataset, COMPANY, lambda frame, _: frame, suspicion=world.suspicion)
    assert_same(NAMES, join(list(found), COMPANY).values, world.values(COMPANY))


@settings(max_examples=10)
@given(worlds(), times(), times())
def test_a_table_of_a_slice_carries_that_of_its_rows(tmp_path_factory, world, one, other):
    dataset = world.dataset(tmp_path_factory.mktemp("slice") / "data")
    start, stop = instant(min(one, other)), instant(max(one, other) + 1)
    reach, as_of = Reach.of(COMPANY), world.facts["as_of"]
    grades = {row.id: row.suspicion for row in world.rows}
    for whole in (False, True):
        given_too = {"whole": whole, "suspicion": world.suspicion}
        table = slice_table(dataset, reach, start, stop, as_of, **given_too)
        assert table["suspicion"].type == pa.int32()
        wanted = [grades[each] for each in table["transaction_id"].to_pylist()]
        assert table["suspicion"].to_pylist() == wanted
        plain = slice_table(dataset, reach, start, stop, as_of, whole=whole)
        assert table.drop_columns("suspicion").equals(plain)


@settings(max_examples=10)
@given(worlds(), st.lists(times(), max_size=6))
def test_rows_are_numbered_in_the_order_of_the_dataset(tmp_path_factory, world, moments):
    dataset = world.dataset(tmp_path_factory.mktemp("numbered") / "data")
    for moment in (*moments, *(row.time for row in world.rows), BASE - DAY, BASE + 99 * DAY):
        wanted = sum(row.time < moment for row in world.rows)
        assert rows_before(dataset, instant(moment)) == wanted


def test_the_tape_puts_it_beside_the_rows_of_every_day(dataset, world):
    tape = Tape(dataset, world.facts["as_of"], Suspicion(50, world.suspicion.values[50:]))
    wanted = {row.id: row.suspicion for row in world.rows[50:]}
    with ThreadPoolExecutor(2) as pool:
        for low, high in ((0, 10), (3, 20), (15, 60), (61, 99)):
            edges = (BASE + low * DAY, BASE + high * DAY)
            history = tape.history(*map(instant, edges), pool)
            rows = [row for row in world.rows if edges[0] <= row.time < edges[1]]
            assert history.suspicion.tolist() == [wanted.get(row.id, 0) for row in rows]
            assert history.suspicion.dtype == np.int32
            assert history.suspicion.flags.c_contiguous


def test_it_takes_four_bytes_of_a_row_and_what_is_made_of_it_is_known(tmp_path):
    world = World.of([Payment(f"t{n:02}", BASE + n, suspicion=n) for n in range(60)])
    dataset, as_of, seen = world.dataset(tmp_path / "day"), world.facts["as_of"], world.suspicion
    assert bytes_a_row(dataset, (), as_of, seen) == bytes_a_row(dataset, (), as_of) + 4
    assert sample(dataset, as_of, seen)[0].suspicion.tolist() == seen.values.tolist()
    needs = Needs.recorded(dataset, COMPANY, as_of, seen)
    sums = ("suspected", False, "out")
    assert sums in needs.of[0]
    assert "sent" in needs.of[0]
    assert needs.sizes[sums].row * 60 == 8 * 61
    assert needs.sizes[sums].account == 0
    assert not any(sums in made for made in Needs.recorded(dataset, COMPANY, as_of).of)


def test_passes_are_planned_with_what_it_takes(dataset, world, monkeypatch):
    planned, passed = [], Job.passed

    def watched(self, cut, piece, blocks, plan, *rest):
        planned.append((plan.beside, any("suspected" in str(made) for made in plan.needs.of)))
        return passed(self, cut, piece, blocks, plan, *rest)

    monkeypatch.setattr(Job, "passed", watched)
    for seen in (None, world.suspicion):
        compute_frame(dataset, ALL, means=Means(1, 1, 50), suspicion=seen)
    assert set(planned) == {(0, False), (4, True)}


def test_a_plan_knows_what_it_takes(dataset, world, monkeypatch):
    asked, measure = [], planning.bytes_a_row

    def watched(*given_values):
        asked.append(measure(*given_values))
        return asked[-1]

    monkeypatch.setattr(planning, "bytes_a_row", watched)
    for seen in (None, world.suspicion):
        compute_frame(dataset, COMPANY, means=Means(1, 1, 50), suspicion=seen)
    without, given_too = asked
    assert given_too > without + 4


@pytest.mark.parametrize(("left", "bytes_a_row"), [(0, 4), (10**9, 3 * 4)])
def test_the_price_of_passes_counts_it_kept_and_while_it_is_read(
    dataset, world, monkeypatch, left, bytes_a_row
):
    """Where less memory is left than there is room, what is kept weighs more than the reading."""
    for module in (planning, tight):
        monkeypatch.setattr(module, "in_use", lambda: 0)
    as_of, means = world.facts["as_of"], Means(10**9, 1, 1)
    needs = Needs.recorded(dataset, COMPANY[:2], as_of, world.suspicion)
    cuts = [[Span(instant(BASE), as_of + TICK)]]
    without, given_too = (
        tight.Tight(dataset, as_of, COMPANY[:2], means, needs, beside)._price(cuts, left)[0]
        for beside in (0, 4)
    )
    assert round(given_too - without) == bytes_a_row * len(world.rows)
