"""Scatter-gather and gather-scatter as features: their values, evidence and mirror images."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles.patterns import gather_scatter as gs_oracle
from oracles.patterns import scatter_gather as sg_oracle
from oracles.patterns.contract import check_evidence, check_slow_twins, check_some_rows
from oracles.strategies import CHANCE, worlds
from oracles.worlds import BASE, DAY, HOUR, Payment, World

from features.catalogue.patterns import gather_scatter, scatter_gather
from features.patterns.gather_scatter import GatherScatterRule
from features.patterns.scatter_gather import ScatterGatherRule
from features.statistics.patterns.gather_scatter import GatherScatter
from features.statistics.patterns.scatter_gather import ScatterGather
from features.workspace import Workspace

FEATURES = (*scatter_gather.FEATURES, *gather_scatter.FEATURES)
VALUES = {**sg_oracle.VALUES, **gs_oracle.VALUES}
NARROW = ScatterGatherRule(memory=2, pass_on_hours=24, low_permille=800, high_permille=1020)
SHORT = GatherScatterRule(within_hours=24, low_permille=900, high_permille=1020)
STATISTICS = (
    *(feature.statistic for feature in FEATURES),
    *(
        ScatterGather(measure, width, ahead, NARROW)
        for measure in ("intermediaries", "sources", "conserving")
        for width in (2 * DAY, 28 * DAY)
        for ahead in (False, True)
    ),
    *(
        GatherScatter(measure, ahead, SHORT)
        for measure in ("size", "conserving", "passed_on")
        for ahead in (False, True)
    ),
)


@pytest.mark.parametrize("precision", ["second", "day"])
def test_every_value_equals_its_slow_twin(precision):
    @settings(max_examples=40)
    @given(worlds(precision=precision))
    def compare(world):
        check_slow_twins(VALUES, STATISTICS, world)

    compare()


@settings(max_examples=40)
@given(worlds())
def test_evidence_and_the_row_alone_give_the_same_value(world):
    check_evidence(VALUES, STATISTICS, world, complete=False)


@given(worlds())
def test_a_row_without_two_known_sides_has_no_evidence(world):
    space = Workspace(world.history())
    for statistic in STATISTICS:
        for at, row in enumerate(world.visible):
            if None in {row.sender, row.receiver}:
                assert not len(statistic.evidence(space, at))


def noise(chance, rows, days):
    """Payments among a hundred accounts over so many days."""
    for number in range(rows):
        sender, receiver = chance.sample(range(100), 2)
        yield Payment(
            f"n{number:04}",
            BASE + chance.randrange(days * 24) * HOUR + chance.randrange(1000),
            f"n{sender}",
            f"n{receiver}",
            chance.randrange(1, 10**6),
        )


def split_and_joined(chance, size):
    """A source pays some accounts, each of which pays the sink 95 % within two days."""
    start = BASE + chance.randrange(20) * DAY
    for number in range(size):
        amount = chance.randrange(1000, 10**6)
        first = start + chance.randrange(40) * HOUR
        then = first + chance.randrange(1, 48) * HOUR
        yield Payment(f"p{number}a", first, "n1", f"m{number}", amount)
        yield Payment(f"p{number}b", then, f"m{number}", "n2", amount * 95 // 100 + 1)


@settings(max_examples=10)
@given(CHANCE, st.integers(3, 8))
def test_a_planted_scatter_gather_is_found_in_noise_from_both_ends(chance, size):
    planted = list(split_and_joined(chance, size))
    world = World.of([*noise(chance, 1500, 30), *planted], as_of=BASE + 60 * DAY)
    space = Workspace(world.history())
    rows = {row.id: at for at, row in enumerate(world.visible)}
    last = rows[max((row for row in planted if "b" in row.id), key=lambda row: row.time).id]
    first = rows[min((row for row in planted if "a" in row.id), key=lambda row: row.time).id]
    for measure, exact in (("intermediaries", False), ("conserving", True)):
        for at, ahead in ((last, False), (first, True)):
            statistic = ScatterGather(measure, 7 * DAY, ahead, scatter_gather.RULE)
            found = statistic.value(space)[at]
            assert found == len(planted) // 2 if exact else found >= len(planted) // 2
            cited = {world.visible[row].id for row in statistic.evidence(space, at)}
            assert {row.id for row in planted} <= cited


def mirrored(world):
    """Turn time and direction round; as-of is far enough for all to be known."""
    return World.of(
        [
            replace(row, time=2 * BASE - row.time, sender=row.receiver, receiver=row.sender)
            for row in world.visible
        ],
        as_of=2 * BASE,
    )


@given(worlds())
def test_a_mirrored_world_has_mirrored_values(world):
    """Amounts aside: a share of what was received is another share turned round."""
    world = replace(world, as_of=BASE + 200 * DAY)
    other = mirrored(world)
    at = {row.id: number for number, row in enumerate(other.visible)}
    places = [at[row.id] for row in world.visible]
    spaces = Workspace(world.history()), Workspace(other.history())
    for statistic in STATISTICS:
        if statistic.measure in {"intermediaries", "sources", "size"}:
            wanted = replace(statistic, ahead=not statistic.ahead).value(spaces[1])[places]
            np.testing.assert_array_equal(statistic.value(spaces[0]), wanted)


@given(worlds(), CHANCE)
def test_some_rows_asked_for_in_any_order_are_answered_as_all_rows_are(world, chance):
    count = len(world.visible)
    check_some_rows(STATISTICS, world, chance.choices(range(count), k=min(count, 5)))


@settings(max_examples=12)
@given(worlds())
def test_payments_outside_the_window_change_nothing(world):
    for statistic in STATISTICS:
        whole = statistic.value(Workspace(world.history()))
        for at, row in enumerate(world.visible):
            low, high = row.time - statistic.lookback, row.time + statistic.lookahead
            near = world.having(o for o in world.visible if o is row or low < o.time < high)
            place = next(n for n, o in enumerate(near.visible) if o.id == row.id)
            found = statistic.value(Workspace(near.history()))[place]
            np.testing.assert_array_equal(found, whole[at], err_msg=repr(statistic))


def test_a_busy_intermediary_is_left_out_and_counted():
    """Three payments come to m after the source's, and only two are remembered."""
    rows = [
        Payment("1", BASE, "s", "m"),
        *(Payment(f"2{k}", BASE + HOUR + k, f"x{k}", "m") for k in range(2)),
        Payment("3", BASE + 2 * HOUR, "m", "t"),
    ]
    rule = replace(NARROW, memory=2)
    space = Workspace(World.of(rows).history())
    found = ScatterGather("intermediaries", 7 * DAY, ahead=False, rule=rule)
    assert found.value(space).tolist() == [0.0, 0.0, 0.0, 1.0]
    assert list(space.left_out.values()) == [1]
    assert 0 not in found.evidence(space, 3)
