"""Chains as features and as instances: their values, evidence, and what they may depend on."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles.patterns import chain as oracle
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

from features.catalogue.patterns import chain
from features.patterns.chain import ChainRule, instances
from features.statistics.patterns.chain import Chain, ChainMember
from features.workspace import Workspace

RULE = ChainRule(4, 50, 48, 800, 1020, 28, 3)
FORGETFUL = replace(RULE, memory=1, hops=3)
MEASURES = ("hops", "conserving_hops", "kept")


def every(rule, width):
    """Return each measure of chains, and the members'."""
    both = [Chain(width, rule, what, ahead) for what in MEASURES for ahead in (False, True)]
    return (*both, *(ChainMember(width, rule, conserving) for conserving in (False, True)))


CATALOGUED = tuple(feature.statistic for feature in chain.FEATURES)
STATISTICS = (
    *CATALOGUED,
    *every(RULE, 2 * DAY),
    *every(RULE, 7 * DAY),
    *every(FORGETFUL, 7 * DAY),
)


@st.composite
def streams(draw, size=16):
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
        amount = chance.choice((1000, 800, 799, 1020, 1021))
        rows.append(Payment(f"{n:02}", time, *pair, amount))
    return World.of(rows, as_of=BASE + chance.choice((9, 15, 30)) * DAY)


WORLDS = st.one_of(streams(), streams(), worlds(), worlds(precision="day"))


@settings(max_examples=60)
@given(WORLDS)
def test_every_value_equals_its_slow_twin(world):
    check_slow_twins(oracle.VALUES, STATISTICS, world)


@given(streams(), st.data())
def test_some_rows_asked_for_in_any_order_are_answered_as_all_rows_are(world, data):
    last = len(world.visible) - 1
    check_some_rows(STATISTICS, world, data.draw(st.lists(st.integers(0, last), max_size=8)))


@settings(max_examples=80)
@given(streams(), times())
def test_what_lies_outside_the_window_changes_nothing(world, cut):
    check_cut(STATISTICS, world, cut)


@given(streams(), st.randoms(use_true_random=False))
def test_order_and_names_change_nothing(world, chance):
    check_order_and_names(STATISTICS, world, chance, "abcdef")


@settings(max_examples=40)
@given(WORLDS)
def test_evidence_and_the_row_alone_give_the_same_value(world):
    check_evidence(oracle.VALUES, STATISTICS, world, complete=True)


@given(streams())
def test_evidence_of_a_chain_has_as_many_instants_as_hops(world):
    space = Workspace(world.history())
    for statistic in (s for s in STATISTICS if getattr(s, "measure", "hops") != "kept"):
        values = statistic.value(space)
        for at in np.flatnonzero(values > 0):
            rows = statistic.evidence(space, at)
            assert len({world.visible[row].time for row in rows}) == values[at]


@given(streams())
def test_what_ends_a_chain_begins_it_in_a_mirrored_world(world):
    """Any chain: conserving money is not the same both ways."""
    far = BASE + 100 * DAY
    world = replace(world, as_of=far)
    turned = World.of(
        (
            replace(row, time=2 * BASE - row.time, sender=row.receiver, receiver=row.sender)
            for row in world.visible
        ),
        as_of=far,
    )
    place = {row.id: at for at, row in enumerate(turned.visible)}
    order = [place[row.id] for row in world.visible]
    ends, begins = (Chain(7 * DAY, FORGETFUL, "hops", ahead) for ahead in (False, True))
    assert column(ends, world).tolist() == column(begins, turned)[order].tolist()


def layers(chance, hops, start):
    """Money on through so many accounts, 95 % a hop."""
    amount = 10**6
    for number in range(hops):
        names = f"r{hops}_{number}", f"r{hops}_{number + 1}"
        yield Payment(f"p{hops}_{number}", start, *names, amount)
        start, amount = start + chance.randrange(1, 15) * HOUR, amount * 95 // 100


@pytest.mark.parametrize("seed", range(3))
def test_planted_chains_are_found_in_a_crowd_and_come_first(seed):
    chance = Random(seed)  # noqa: S311
    noise = [
        Payment(
            f"n{number:05}",
            BASE + chance.randrange(30 * 24) * HOUR + chance.randrange(1000),
            *(f"n{k}" for k in chance.sample(range(300), 2)),
            chance.randrange(1, 10**6),
        )
        for number in range(1200)
    ]
    planted = {hops: list(layers(chance, hops, BASE + 10 * DAY)) for hops in range(4, 11)}
    rows = [*noise, *(row for rows in planted.values() for row in rows)]
    world = World.of(rows, as_of=BASE + 60 * DAY)
    space = Workspace(world.history())
    place = {row.id: at for at, row in enumerate(world.visible)}
    ends, begins = (
        Chain(7 * DAY, chain.RULE, "conserving_hops", ahead).value(space) for ahead in (False, True)
    )
    member = ChainMember(7 * DAY, chain.RULE, conserving=True).value(space)
    for hops, way in planted.items():
        assert [ends[place[row.id]] for row in way] == list(range(1, hops + 1))
        assert [begins[place[row.id]] for row in way] == list(range(hops, 0, -1))
        assert all(member[place[row.id]] == hops for row in way)
    found = instances(world.history().graph, chain.RULE)
    told = {tuple(world.visible[row].id for row in instance.rows) for instance in found[:7]}
    assert told == {tuple(row.id for row in way) for way in planted.values()}
    assert found[0].roles[:2] == ("hop 1 of 10", "hop 2 of 10")


@settings(max_examples=60)
@given(streams())
def test_every_instance_is_a_chain_and_the_strongest_come_first(world):
    found = instances(world.history().graph, RULE)
    assert [i.strength for i in found] == sorted((i.strength for i in found), reverse=True)
    hops = column(Chain(28 * DAY, RULE, "conserving_hops", ahead=False), world)
    assert bool(found) == bool(np.nanmax(hops) >= RULE.instance_least_hops)
    for instance in found:
        last = instance.rows[-1]
        instants = {world.visible[row].time for row in instance.rows}
        assert len(instants) == hops[last] >= RULE.instance_least_hops
        assert instance.roles[-1] == f"hop {len(instants)} of {len(instants)}"


def test_money_that_goes_straight_back_is_no_chain():
    there, back = Payment("1", BASE, "a", "b"), Payment("2", BASE + HOUR, "b", "a")
    on = Payment("3", BASE + 2 * HOUR, "a", "c")
    hops = Chain(7 * DAY, RULE, "hops", ahead=False)
    assert column(hops, World.of([there, back, on])).tolist() == [1, 1, 2]


def test_what_is_kept_is_the_last_amount_over_the_first():
    rows = [
        Payment("1", BASE, "a", "b", 1000),
        Payment("2", BASE + HOUR, "b", "c", 900),
        Payment("3", BASE + 2 * HOUR, "c", "d", 800),
        Payment("4", BASE + 3 * HOUR, "b", "b", 800),
    ]
    world = World.of(rows, as_of=BASE + 8 * DAY)
    kept = Chain(7 * DAY, RULE, "kept", ahead=False)
    np.testing.assert_array_equal(column(kept, world), [np.nan, 0.9, 0.8, np.nan])
    ahead = column(replace(kept, ahead=True), world)
    np.testing.assert_array_equal(ahead, [0.8, 800 / 900, np.nan, np.nan])


def test_what_an_account_forgets_is_counted():
    rows = [Payment(f"{n}", BASE + n, f"n{n}", "hub") for n in range(12)]
    world = World.of([*rows, Payment("z", BASE + DAY, "hub", "a")])
    space = Workspace(world.history())
    Chain(7 * DAY, chain.RULE, "hops", ahead=False).value(space)
    assert space.left_out == {"chain_7d: payments of forgetful accounts": 1}
