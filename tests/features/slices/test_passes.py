"""Passes: features one after the other, where all at once need too much memory."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracles.worlds import BASE, DAY, HOUR, Payment, World, assert_same, instant

from features.catalogue import CATALOGUE, Feature
from features.slices import TICK, Means, Reach, Span, compute_frame
from features.slices import tight as planning
from features.slices.footprint import Census
from features.slices.job import Job
from features.slices.needs import Needs, Size
from features.slices.passes import cut_features
from features.slices.tape import Tape
from features.slices.tight import Tight
from features.statistics import Total
from features.windows import trailing
from features.workspace import Lens


@dataclass(frozen=True)
class Looking:
    """A statistic that looks so many days back."""

    days: int
    label: str = "looking"
    lens: None = None
    lookahead: int = 0

    @property
    def lookback(self):
        return self.days * DAY


def looking(days):
    return Feature("patterns", Looking(days), "payments", "{value}")


SIZES = {key: Size(row=10 + number) for number, key in enumerate("abcdef")}
MADE = st.frozensets(st.sampled_from("abcdef"), min_size=1, max_size=3)


@given(st.lists(st.tuples(st.sampled_from([1, 7, 28]), MADE), max_size=8), st.integers(0, 2_000))
def test_every_feature_is_in_one_pass_that_reaches_as_far_as_it_looks(drawn, left):
    catalogue = [looking(days) for days, _ in drawn]
    made = tuple(keys for _, keys in drawn)
    needs = Needs(made, SIZES, (frozenset(),) * len(drawn), Census(1, 1))

    def rows(reach):
        return reach.lookback.days

    found = cut_features(catalogue, needs, 1, rows, left)
    assert sorted(each for one in found for each in one.features) == list(range(len(drawn)))
    alone = [needs.size(keys).of(days, 1) for days, keys in drawn]
    for each in found:
        assert each.reach == Reach.of([catalogue[number] for number in each.features])
        assert each.size == needs.size(frozenset().union(*(made[n] for n in each.features)))
        least = max(alone[number] for number in each.features) if each.features else 0
        needed = each.size.of(rows(each.reach), 1)
        assert needed <= max(left, least, max(alone, default=0) // 2)


def test_where_all_fits_there_is_one_pass():
    needs = Needs((frozenset("a"), frozenset("b")), SIZES, (frozenset(),) * 2, Census(1, 1))
    catalogue = [looking(7), looking(7)]
    assert len(cut_features(catalogue, needs, 1, lambda _: 10, 210)) == 1
    assert len(cut_features(catalogue, needs, 1, lambda _: 10, 209)) == 2


def test_what_one_bound_leaves_out_for_several_features_is_counted_in_one_pass():
    told = (frozenset(["busy"]), frozenset(), frozenset(["busy"]))
    needs = Needs(tuple(map(frozenset, "abc")), SIZES, told, Census(1, 1))
    found = cut_features([looking(7)] * 3, needs, 1, lambda _: 10, 0)
    assert sorted(each.features for each in found) == [(0, 2), (1,)]


@pytest.fixture(scope="module")
def world():
    """Two hundred payments in 60 days among nine accounts, and sixty in one of the days."""
    chance = np.random.default_rng(3)
    hours = [*chance.integers(0, 60 * 24, 200), *chance.integers(50 * 24, 51 * 24, 60)]
    return World.of(
        [
            Payment(f"t{n}", BASE + int(hour) * HOUR, *chance.choice(list("abcdefghi"), 2), 100 * n)
            for n, hour in enumerate(hours)
        ],
        coverage_from=BASE,
    )


def counted(subject, flow, days):
    window = trailing(days * DAY)
    return Feature("volume and velocity", Total(Lens(subject, flow), window), "payments", "{value}")


def test_it_is_recorded_what_features_make_and_what_that_is_made_of(world, tmp_path):
    catalogue = (
        counted("sender", "out", 7),
        counted("receiver", "in", 7),
        counted("pair", "out", 7),
    )
    needs = Needs.recorded(world.dataset(tmp_path / "data"), catalogue, world.facts["as_of"])
    sent, received, paired = needs.of
    assert "sent" in sent
    assert "received" not in sent
    assert "received" in received
    assert {"paired", "pair codes", "sent", "sent links", "received"} <= paired
    assert 12 <= needs.sizes["sent"].row <= 12.1  # an order of four bytes, a time of eight
    accounts = needs.census.accounts
    assert needs.sizes["sent"].account == 8 * (accounts + 1) / accounts


def test_parts_of_the_graph_are_recorded_for_those_who_look_at_them(world, tmp_path):
    patterns = [feature for feature in CATALOGUE if feature.family == "patterns"]
    needs = Needs.recorded(world.dataset(tmp_path / "data"), patterns, world.facts["as_of"])
    turned = [("graph", "reversed") in made for made in needs.of]
    assert any(turned)
    assert not all(turned)
    assert all(needs.sizes["graph"].row > 0 for made in needs.of if "graph" in made)


def planned(world, path, memory, monkeypatch, tell=lambda _: None):
    """Plan for so much memory, of which the process itself takes none."""
    monkeypatch.setattr(planning, "in_use", lambda: 0)
    monkeypatch.setattr(Means, "left", lambda self, *_: self.memory)
    dataset, as_of = world.dataset(path), world.facts["as_of"]
    needs = Needs.recorded(dataset, CATALOGUE, as_of)
    tight = Tight(dataset, as_of, CATALOGUE, Means(memory, 1, 20), needs)
    return tight.planned(Span(instant(BASE), as_of + TICK), tell), tight


def test_slices_cover_the_span_whatever_the_memory(world, tmp_path, monkeypatch):
    for number, memory in enumerate((1, 10**9)):
        slices, _ = planned(world, tmp_path / str(number), memory, monkeypatch)
        parts = [part for cut in slices for part in cut]
        assert parts[0].start == instant(BASE)
        assert parts[-1].stop == world.facts["as_of"] + TICK
        assert all(one.stop == other.start for one, other in pairwise(parts))


def test_little_memory_is_said_and_enough_is_not(world, tmp_path, monkeypatch):
    said = []
    planned(world, tmp_path / "little", 1, monkeypatch, said.append)
    assert len(said) == 1
    assert "less than this needs" in said[0]
    planned(world, tmp_path / "enough", 10**9, monkeypatch, said.append)
    assert len(said) == 1


def test_passes_see_no_more_than_they_look_at_and_give_the_same_frame(world, tmp_path, monkeypatch):
    dataset = world.dataset(tmp_path / "data")
    seen, share = [], Job._share

    def watched(self, each, cut, history):
        found = share(self, each, cut, history)
        start, stop = each.reach.around(cut[0].start, cut[-1].stop, self.as_of)
        first, last = (instant(int(found.history.time[at])) for at in (0, -1))
        assert start <= first
        assert last < stop
        seen.append(each)
        return found

    start = instant(BASE + 40 * DAY)
    whole = compute_frame(dataset, CATALOGUE, start)
    monkeypatch.setattr(Job, "_share", watched)
    found = compute_frame(dataset, CATALOGUE, start, means=Means(1, 2, 30))
    assert len(seen) > 3
    assert min(each.reach.lookback for each in seen) < timedelta(days=30)
    assert_same(found.names, found.values, whole.values)
    assert found.left_out == whole.left_out


def test_a_part_of_what_is_read_is_the_rows_of_that_time(world, tmp_path):
    tape = Tape(world.dataset(tmp_path / "data"), world.facts["as_of"])
    low, high = BASE + 20 * DAY, BASE + 30 * DAY
    with ThreadPoolExecutor(1) as pool:
        tape.history(instant(BASE), instant(BASE + 50 * DAY), pool)
    part = tape.part(instant(low), instant(high))
    assert part.time.tolist() == [row.time for row in world.rows if low <= row.time < high]
