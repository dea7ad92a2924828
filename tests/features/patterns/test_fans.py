"""Fans of new legs: exact, and the same however the payments are cut, ordered or named."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles.patterns import fans as oracle
from oracles.patterns.contract import check_order_and_names, check_slow_twins, check_some_rows
from oracles.strategies import CHANCE, worlds
from oracles.worlds import BASE, DAY, HOUR, Payment, World, same_bits

from features.statistics.patterns.fans import AlikeFan, Burst, Fan, OneWayFan
from features.workspace import Workspace

WEEK, MONTH = 7 * DAY, 28 * DAY


def every(width=WEEK, horizon=MONTH, span=DAY):
    """Return each kind of fan, both ways and in both directions of time."""
    return [
        fan
        for flow in ("in", "out")
        for ahead in (False, True)
        for fan in (
            Fan(flow, width, ahead, horizon),
            OneWayFan(flow, width, ahead, horizon),
            AlikeFan(flow, width, ahead, horizon, 950, 1050),
            Burst(flow, width, ahead, horizon, span),
        )
    ]


@st.composite
def crowds(draw, size=30):
    """Many accounts and one that most of the payments are from or to; few days, some ties."""
    chance = draw(CHANCE)
    names = "abcdefgh"
    rows = []
    for n in range(size):
        time = BASE + chance.choice((0, 1, 6, 7, 8, 28, 29, 34, 35)) * DAY
        time += chance.choice((0, 0, 0, 1, -1, HOUR))
        sides = [chance.choice(names), chance.choice("zzzy")]
        chance.shuffle(sides)
        amount = chance.choice((100, 95, 105, 94, 106, 50))
        rows.append(Payment(f"{n:02}", time, *sides, amount=amount))
    return World.of(rows, coverage_from=BASE + chance.choice((-100, -35, -28, 0)) * DAY)


@settings(max_examples=40)
@given(st.one_of(worlds(), crowds(), worlds(precision="day")))
def test_every_fan_equals_its_slow_twin(world):
    statistics = (*every(), *every(DAY, DAY, DAY), *every(2 * DAY, WEEK, HOUR))
    check_slow_twins(oracle.VALUES, statistics, world)


@given(crowds(), st.data())
def test_some_rows_asked_for_in_any_order_are_answered_as_all_rows_are(world, data):
    last = len(world.visible) - 1
    check_some_rows(every(), world, data.draw(st.lists(st.integers(0, last), max_size=8)))


@given(crowds(), st.randoms(use_true_random=False))
def test_names_and_the_order_of_an_instant_change_nothing(world, chance):
    check_order_and_names(every(), world, chance, "abcdefghyz")


@given(crowds())
def test_evidence_is_what_the_value_counts(world):
    history = world.history()
    space = Workspace(history)
    for statistic in every():
        values = statistic.value(space)
        for at in np.flatnonzero(~np.isnan(values)):
            rows = [world.visible[row] for row in statistic.evidence(space, at)]
            far = {row.sender if statistic.flow == "in" else row.receiver for row in rows}
            assert len(far) == values[at], statistic.label
            found = {
                id(row)
                for leg in oracle.legs(statistic, world, world.visible[at]).values()
                for row in leg
            }
            assert {id(row) for row in rows} <= found


@given(crowds(), st.integers(0, 40))
def test_only_what_lies_in_reach_is_an_input(world, day):
    """A value is the same where everything outside its lookback and lookahead is gone."""
    cut = BASE + day * DAY
    for statistic in every():
        whole = statistic.value(Workspace(world.history()))
        for kept in (
            [row for row in world.visible if row.time > cut - statistic.lookback],
            [row for row in world.visible if row.time <= cut + statistic.lookahead],
        ):
            part = world.having(kept)
            found = statistic.value(Workspace(part.history()))
            for n, row in enumerate(part.visible):
                if row.time == cut:
                    place = next(m for m, other in enumerate(world.visible) if other is row)
                    assert same_bits(found[n : n + 1], whole[place : place + 1]).all()


def values_of(rows, statistic, **facts):
    return statistic.value(Workspace(World.of(rows, **facts).history())).tolist()


def test_three_strangers_pay_one_account_in_a_week():
    rows = [Payment(str(n), BASE + n * DAY, s, "z") for n, s in enumerate("abc")]
    assert values_of(rows, Fan("in", WEEK, False, MONTH)) == [1, 2, 3]
    ahead = Fan("in", WEEK, True, MONTH)
    assert values_of(rows, ahead, as_of=BASE + 30 * DAY) == [3, 2, 1]


def test_an_old_acquaintance_is_no_leg_and_gets_none():
    rows = [Payment("0", BASE - 20 * DAY, "z", "a")]
    rows += [Payment(s, BASE, s, "z") for s in "ab"]
    assert values_of(rows, Fan("in", WEEK, False, MONTH)) == [1, 0, 1]


def test_money_that_comes_back_makes_a_leg_two_way():
    rows = [Payment("0", BASE, "a", "z"), Payment("1", BASE + 1, "b", "z")]
    rows += [Payment("2", BASE + 2, "z", "a"), Payment("3", BASE + 3, "c", "z")]
    assert values_of(rows, OneWayFan("in", WEEK, False, MONTH)) == [1, 2, 0, 2]


def test_what_is_paid_at_one_instant_is_one_leg():
    rows = [Payment(str(n), BASE, "a", "z", amount=50) for n in range(2)]
    rows.append(Payment("2", BASE, "b", "z", amount=100))
    assert values_of(rows, AlikeFan("in", WEEK, False, MONTH, 950, 1050)) == [2, 2, 2]


def test_with_less_coverage_than_the_horizon_nothing_is_known():
    rows = [Payment("0", BASE, "a", "z")]
    trailing, ahead = Fan("in", WEEK, False, MONTH), Fan("in", WEEK, True, MONTH)
    later = BASE + WEEK
    assert values_of(rows, trailing, coverage_from=BASE - 35 * DAY) == [1]
    assert np.isnan(values_of(rows, trailing, coverage_from=BASE - 35 * DAY + 1)).all()
    assert values_of(rows, ahead, coverage_from=BASE - MONTH, as_of=later) == [1]
    assert np.isnan(values_of(rows, ahead, coverage_from=BASE - MONTH + 1, as_of=later)).all()


def test_a_window_longer_than_the_horizon_is_refused():
    with pytest.raises(ValueError, match="twice"):
        Fan("in", MONTH, False, WEEK)
    with pytest.raises(ValueError, match="inside"):
        Burst("in", WEEK, False, MONTH, MONTH)
