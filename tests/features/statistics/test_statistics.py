"""Every kind of statistic against its slow twin, for every lens, window and filter there is."""

import numpy as np
import pytest
from hypothesis import given, settings
from oracles import statistics as oracle
from oracles.strategies import worlds
from oracles.worlds import BASE, DAY, HOUR, Payment, World

from features.catalogue.lenses import LENSES, PAIR, PAIR_BACK, SENDER_OUT
from features.filters import (
    ByChannel,
    Every,
    JustBelow,
    Known,
    NewPair,
    Night,
    Outside,
    RoundAmount,
)
from features.statistics import Alike, Distinct, Gap, Largest, Mean, Ratio, RowFact, Total, Turnover
from features.windows import SAME_INSTANT, Window, leading, strictly_before, trailing
from features.workspace import Workspace

ALL_LENSES = (*LENSES, PAIR, PAIR_BACK)
WINDOWS = (
    trailing(HOUR),
    trailing(7 * DAY),
    leading(HOUR),
    leading(7 * DAY),
    strictly_before(DAY),
    strictly_before(28 * DAY),
    SAME_INSTANT,
    Window(-35 * DAY, -7 * DAY),
    Window(DAY, 7 * DAY),
    Window(-DAY, DAY),
)
FILTERS = (
    Every(),
    Known(),
    Outside(),
    ByChannel("cash"),
    JustBelow(1000, 15),
    RoundAmount(100),
    Night(22, 6),
    NewPair(DAY),
    NewPair(28 * DAY),
)
TURNED = [(lens, window) for lens in ALL_LENSES for window in WINDOWS]
KINDS = {
    "count": [Total(*place, rows) for place in TURNED for rows in FILTERS],
    "sum": [Total(*place, rows, weighed=True) for place in TURNED for rows in FILTERS],
    "mean": [Mean(*place, rows) for place in TURNED for rows in FILTERS],
    "distinct": [Distinct(lens, window) for lens in LENSES for window in WINDOWS],
    "largest": [Largest(*place) for place in TURNED],
    "alike": [
        Alike(*place, *permille)
        for place in TURNED
        for permille in ((950, 1050), (900, 995), (1005, 1111), (1000, 1000))
    ],
    "gap": [Gap(lens, horizon) for lens in ALL_LENSES for horizon in (HOUR, 7 * DAY, 28 * DAY)],
    "ratio": [
        Ratio("r", upper(*place), lower, scale, full)
        for place in TURNED
        for upper in (Total, Largest)
        for lower in (Mean(*place), RowFact("amount"))
        for scale, full in ((1.0, True), (4.0, False))
    ],
    "turnover": [
        Turnover("t", Total(one, window, weighed=True), Total(other, window, weighed=True))
        for one, other in (LENSES[:2], LENSES[2:], (PAIR, PAIR_BACK))
        for window in WINDOWS
    ],
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("precision", ["second", "day"])
def test_a_statistic_equals_its_slow_twin(kind, precision):
    @settings(max_examples=6)
    @given(worlds(precision=precision))
    def compare(world):
        space = Workspace(world.history())
        for statistic in KINDS[kind]:
            found, wanted = statistic.value(space), oracle.column(statistic, world)
            np.testing.assert_array_equal(found, wanted, err_msg=repr(statistic))

    compare()


def numbers(rows, statistic, **facts):
    return statistic.value(Workspace(World.of(rows, **facts).history())).tolist()


def two(apart):
    """Two payments of a to b, so far apart in microseconds."""
    return [Payment("1", BASE), Payment("2", BASE + apart)]


@pytest.mark.parametrize(
    ("window", "apart", "seen"),
    [
        (trailing(DAY), DAY - 1, 1),
        (trailing(DAY), DAY, 0),
        (trailing(DAY), 0, 1),
        (strictly_before(DAY), DAY - 1, 1),
        (strictly_before(DAY), DAY, 0),
        (strictly_before(DAY), 1, 1),
        (strictly_before(DAY), 0, 0),
        (SAME_INSTANT, 0, 1),
        (SAME_INSTANT, 1, 0),
        (Window(-2 * DAY, -DAY), DAY, 1),
        (Window(-2 * DAY, -DAY), DAY - 1, 0),
        (Window(-2 * DAY, -DAY), 2 * DAY - 1, 1),
        (Window(-2 * DAY, -DAY), 2 * DAY, 0),
    ],
)
def test_a_window_back_begins_after_its_start_and_holds_its_stop(window, apart, seen):
    itself = window.stop == 0
    for statistic, each in ((Total, 1), (Largest, None)):
        value = numbers(two(apart), statistic(SENDER_OUT, window))[1]
        if each:
            assert value == seen + itself
        else:
            assert (value == 100_00) == bool(seen or itself)


@pytest.mark.parametrize(("apart", "seen"), [(0, 0), (1, 1), (DAY, 1), (DAY + 1, 0)])
def test_a_window_ahead_begins_after_the_row_and_holds_its_stop(apart, seen):
    total = Total(SENDER_OUT, leading(DAY))
    assert numbers(two(apart), total, as_of=BASE + 3 * DAY)[0] == seen


@pytest.mark.parametrize(
    ("apart", "gap"), [(0, 86_400.0), (1, 1e-6), (DAY - 1, 86_399.999999), (DAY, 86_400.0)]
)
def test_a_gap_is_to_a_strictly_earlier_row_within_the_horizon(apart, gap):
    assert numbers(two(apart), Gap(SENDER_OUT, DAY))[1] == gap


@pytest.mark.parametrize(("short", "gap"), [(0, [86_400.0]), (1, [None])])
def test_never_within_the_horizon_needs_the_horizon_covered(short, gap):
    found = numbers(two(0)[:1], Gap(SENDER_OUT, DAY), coverage_from=BASE - DAY + short)
    assert [None if np.isnan(value) else value for value in found] == gap


def test_simultaneous_rows_all_see_each_other_or_none():
    rows = [Payment(str(number), BASE, amount=number) for number in range(1, 5)]
    assert numbers(rows, Total(SENDER_OUT, trailing(HOUR), weighed=True)) == [10.0] * 4
    assert numbers(rows, Total(SENDER_OUT, strictly_before(DAY))) == [0.0] * 4
    later = {"as_of": BASE + DAY}
    assert numbers(rows, Total(SENDER_OUT, leading(HOUR)), **later) == [0.0] * 4
    assert numbers(rows, Total(SENDER_OUT, SAME_INSTANT)) == [4.0] * 4


def test_the_world_outside_is_no_counterparty():
    rows = [
        Payment("1", BASE, "a", None),
        Payment("2", BASE + 1, "a", "b"),
        Payment("3", BASE + 2, "a", "b"),
        Payment("4", BASE + 3, None, "a"),
    ]
    found = numbers(rows, Distinct(SENDER_OUT, trailing(DAY)))
    assert found[:3] == [0.0, 1.0, 1.0]
    assert np.isnan(found[3])


def test_a_pair_has_no_counterparties():
    for lens in (PAIR, PAIR_BACK):
        with pytest.raises(ValueError, match=f"{lens.label}_counterparties_1h: a pair has no"):
            Distinct(lens, trailing(HOUR))


def test_a_payment_to_oneself_is_money_out_and_money_in():
    rows = [Payment("1", BASE, "a", "a", 5)]
    for lens in ALL_LENSES:
        assert numbers(rows, Total(lens, trailing(DAY), weighed=True)) == [5.0]


def test_money_back_is_looked_for_the_other_way_round():
    rows = [Payment("1", BASE, "a", "b", 5), Payment("2", BASE + 1, "b", "a", 3)]
    assert numbers(rows, Total(PAIR_BACK, trailing(DAY), weighed=True)) == [0.0, 5.0]
    assert numbers(rows[:1], Total(PAIR_BACK, trailing(DAY), weighed=True)) == [0.0]


@pytest.mark.parametrize(
    ("amount", "count"), [(94_99, 1), (95_00, 2), (105_00, 2), (105_01, 1), (100_00, 2)]
)
def test_alike_holds_both_ends_of_its_range(amount, count):
    rows = [Payment("1", BASE, amount=amount), Payment("2", BASE + 1)]
    assert numbers(rows, Alike(SENDER_OUT, trailing(DAY), 950, 1050))[1] == count


def test_nothing_is_alike_to_a_payment_of_nothing():
    rows = [Payment("1", BASE, amount=0), Payment("2", BASE + 1, amount=0)]
    assert numbers(rows, Alike(SENDER_OUT, trailing(DAY), 950, 1050)) == [0.0, 0.0]


def test_amounts_near_the_limit_are_compared_exactly():
    huge = 4_000_000_000_000_000_001
    rows = [Payment("1", BASE, amount=huge - 1), Payment("2", BASE + 1, amount=huge)]
    assert numbers(rows, Alike(SENDER_OUT, trailing(DAY), 1000, 1000)) == [1.0, 1.0]


def test_sums_of_money_are_exact_whatever_came_before():
    """Adding floats would lose the cent beside the fortune."""
    rows = [Payment("1", BASE, amount=2**62), Payment("2", BASE + 2 * DAY, amount=1)]
    assert numbers(rows, Total(SENDER_OUT, trailing(DAY), weighed=True)) == [2.0**62, 1.0]


def test_a_statistic_of_the_same_description_is_the_same():
    assert Total(SENDER_OUT, trailing(DAY)) == Total(SENDER_OUT, Window(-DAY, 0), Every())
    assert hash(Gap(PAIR, DAY)) == hash(Gap(PAIR, DAY))
    assert Total(SENDER_OUT, trailing(DAY), Known()) != Total(SENDER_OUT, trailing(DAY), Outside())


@pytest.mark.parametrize("kind", KINDS)
def test_a_statistic_declares_how_far_it_looks(kind):
    for statistic in KINDS[kind]:
        assert statistic.lookback >= 0
        assert statistic.lookahead >= 0
        earlier = statistic.earlier()
        assert earlier is None or earlier.lookback >= statistic.lookback


def test_the_own_past_is_the_window_just_before_and_as_long():
    week = Total(SENDER_OUT, trailing(7 * DAY))
    assert week.earlier().window == Window(-14 * DAY, -7 * DAY)
    assert Total(SENDER_OUT, leading(DAY)).earlier().window == trailing(DAY)
    assert Total(SENDER_OUT, SAME_INSTANT).earlier() is None
