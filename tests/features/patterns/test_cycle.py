"""Cycles as features and as instances: their values, evidence, and what they may depend on."""

from dataclasses import replace
from itertools import pairwise
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles.patterns import cycle as oracle
from oracles.patterns.contract import (
    check_cut,
    check_evidence,
    check_order_and_names,
    check_slow_twins,
    check_some_rows,
    column,
)
from oracles.strategies import CHANCE, times, worlds
from oracles.worlds import BASE, DAY, HOUR, Payment, World

from features.catalogue.patterns import cycle
from features.patterns.cycle import CycleRule, instances
from features.statistics.patterns.cycle import Cycle, CycleMember
from features.workspace import Workspace

WIDE = CycleRule(4, 50, 24, 700, 1050, 28, 64, 8)
NARROW = replace(WIDE, hub_payments=2)
MEASURES = ("hops", "count", "conserving_hops")


def every(rule, width):
    """Return each measure of cycles, and the member's."""
    both = [Cycle(width, rule, what, ahead) for what in MEASURES for ahead in (False, True)]
    return (*both, CycleMember(width, rule))


CATALOGUED = tuple(feature.statistic for feature in cycle.FEATURES)
STATISTICS = (*CATALOGUED, *every(WIDE, 2 * DAY), *every(WIDE, 7 * DAY))
ALL = (*STATISTICS, *every(NARROW, 7 * DAY))


@st.composite
def rings(draw, size=20):
    """Few accounts that pay on, some backwards; few instants, some ties; amounts alike."""
    chance = draw(CHANCE)
    names = "abcdef"[: chance.choice((3, 4, 6))]
    rows = []
    for n in range(size):
        at = chance.randrange(len(names))
        step = chance.choice((1, 1, 1, 2, len(names) - 1))
        time = BASE + chance.choice((0, 1, 2, 3, 6, 7, 8)) * DAY
        time += chance.choice((0, 0, 0, 1, -1, HOUR, 23 * HOUR))
        pair = names[at], names[(at + step) % len(names)]
        amount = chance.choice((1000, 700, 699, 1050, 1051))
        rows.append(Payment(f"{n:02}", time, *pair, amount))
    return World.of(rows, as_of=BASE + chance.choice((9, 15, 30)) * DAY)


WORLDS = st.one_of(rings(), rings(), worlds(), worlds(precision="day"))


@settings(max_examples=60)
@given(WORLDS)
def test_every_value_equals_its_slow_twin(world):
    check_slow_twins(oracle.VALUES, ALL, world)


@given(rings(), st.data())
def test_some_rows_asked_for_in_any_order_are_answered_as_all_rows_are(world, data):
    last = len(world.visible) - 1
    check_some_rows(ALL, world, data.draw(st.lists(st.integers(0, last), max_size=8)))


@settings(max_examples=40)
@given(rings(), times())
def test_what_lies_outside_the_window_changes_nothing(world, cut):
    check_cut(ALL, world, cut)


@given(rings(), st.randoms(use_true_random=False))
def test_order_and_names_change_nothing(world, chance):
    check_order_and_names(ALL, world, chance, "abcdef")


@settings(max_examples=40)
@given(WORLDS)
def test_evidence_and_the_row_alone_give_the_same_value(world):
    check_evidence(oracle.VALUES, STATISTICS, world, complete=True)


def mirrored(world):
    """Turn time and direction round."""
    return World.of(
        replace(row, time=2 * BASE - row.time, sender=row.receiver, receiver=row.sender)
        for row in world.visible
    )


@given(rings())
def test_what_closes_a_cycle_opens_it_in_a_mirrored_world(world):
    world = replace(world, as_of=BASE + 100 * DAY)
    turned = replace(mirrored(world), as_of=BASE + 100 * DAY)
    place = {row.id: at for at, row in enumerate(turned.visible)}
    order = [place[row.id] for row in world.visible]
    for what in ("hops", "count"):
        closed, opened = (Cycle(7 * DAY, WIDE, what, ahead) for ahead in (False, True))
        assert column(closed, world).tolist() == column(opened, turned)[order].tolist()
    member = CycleMember(7 * DAY, WIDE)
    assert column(member, world).tolist() == column(member, turned)[order].tolist()


def crowd(chance, rows, days, hub_share=0.0):
    """Payments among three hundred accounts; a share of them from or to one hub."""
    for number in range(rows):
        pair = [f"n{k}" for k in chance.sample(range(300), 2)]
        if chance.random() < hub_share:
            pair[chance.randrange(2)] = "hub"
        time = BASE + chance.randrange(days * 24) * HOUR + chance.randrange(1000)
        yield Payment(f"n{number:05}", time, *pair, chance.randrange(1, 10**6))


def ring(chance, hops, start):
    """Money through so many accounts and back, 90 % a hop."""
    amount = 10**6
    for number in range(hops):
        names = f"r{hops}_{number}", f"r{hops}_{(number + 1) % hops}"
        yield Payment(f"p{hops}_{number}", start, *names, amount)
        start, amount = start + chance.randrange(1, 15) * HOUR, amount * 9 // 10


@pytest.mark.parametrize("seed", range(3))
def test_planted_cycles_are_found_in_a_crowd_and_come_first(seed):
    chance = Random(seed)  # noqa: S311
    start = BASE + 10 * DAY
    planted = {hops: list(ring(chance, hops, start)) for hops in range(2, 11)}
    rows = [*crowd(chance, 1200, 30), *(row for rows in planted.values() for row in rows)]
    world = World.of(rows, as_of=BASE + 60 * DAY)
    space = Workspace(world.history())
    place = {row.id: at for at, row in enumerate(world.visible)}
    closed, opened = (
        Cycle(7 * DAY, cycle.RULE, "conserving_hops", ahead).value(space) for ahead in (False, True)
    )
    member = CycleMember(7 * DAY, cycle.RULE).value(space)
    for hops, way in planted.items():
        assert closed[place[way[-1].id]] == opened[place[way[0].id]] == hops
        assert all(member[place[row.id]] == hops for row in way)
    found = instances(world.history().graph, cycle.RULE)
    told = {tuple(world.visible[row].id for row in instance.rows) for instance in found[:8]}
    assert told == {tuple(row.id for row in planted[hops]) for hops in range(3, 11)}
    assert found[0].roles[:2] == ("hop 1 of 10", "hop 2 of 10")


@settings(max_examples=60)
@given(rings())
def test_every_instance_is_a_cycle_and_the_strongest_come_first(world):
    found = instances(world.history().graph, replace(WIDE, instance_closed=50))
    assert [i.strength for i in found] == sorted((i.strength for i in found), reverse=True)
    for instance in found:
        way = [world.visible[row] for row in instance.rows]
        assert all(one.time < other.time for one, other in pairwise(way))
        assert all(one.receiver == other.sender for one, other in pairwise([*way, way[0]]))
        assert len({row.sender for row in way}) == len(way) <= WIDE.hops
        assert way[-1].time - way[0].time < WIDE.instance_days * DAY
        assert instance.roles[0] == f"hop 1 of {len(way)}"
    closed = Cycle(28 * DAY, replace(WIDE, hub_payments=32), "hops", ahead=False)
    assert bool(found) == bool(np.nansum(column(closed, world)))


def test_a_hub_is_no_link_and_what_is_left_out_is_counted():
    chance = Random(7)  # noqa: S311
    world = World.of([*crowd(chance, 2000, 7, hub_share=0.2)])
    space = Workspace(world.history())
    for statistic in CATALOGUED:
        statistic.value(space)
    name = "cycle_7d: accounts with too many payments"
    assert space.left_out[name] > 0
    for hops in np.flatnonzero(Cycle(7 * DAY, cycle.RULE, "hops", ahead=False).value(space)):
        row = world.visible[hops]
        cited = Cycle(7 * DAY, cycle.RULE, "hops", ahead=False).evidence(space, hops)
        through = {side for k in cited for side in world.visible[k].sides} - row.sides
        assert "hub" not in through


def test_a_payment_of_no_account_or_to_itself_closes_nothing():
    rows = [
        Payment("1", BASE, "a", "b"),
        Payment("2", BASE + 1, "b", "b"),
        Payment("3", BASE + 2, "b", None),
        Payment("4", BASE + 3, "b", "a"),
    ]
    world = World.of(rows)
    closed = Cycle(7 * DAY, WIDE, "hops", ahead=False)
    np.testing.assert_array_equal(column(closed, world), [0, 0, np.nan, 2])
    np.testing.assert_array_equal(
        column(replace(closed, ahead=True), replace(world, as_of=BASE + 7 * DAY)),
        [2, np.nan, np.nan, np.nan],
    )
