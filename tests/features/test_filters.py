import pytest
from hypothesis import given
from oracles import statistics as oracle
from oracles.strategies import worlds
from oracles.worlds import BASE, DAY, HOUR, Payment, World

from features.dataset.schema import CHANNELS
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

FILTERS = (
    Every(),
    Known(),
    Outside(),
    *(ByChannel(channel) for channel in CHANNELS),
    *(JustBelow(threshold, 15) for threshold in (1000, 3000, 10_000)),
    RoundAmount(100),
    Night(22, 6),
    *(NewPair(days * DAY) for days in (1, 7, 28)),
)


def kept(rows, condition, **facts):
    return condition.mask(World.of(rows, **facts).history()).tolist()


@pytest.mark.parametrize("rows", FILTERS, ids=lambda rows: rows.label or "every")
def test_a_filter_equals_its_slow_twin(rows):
    @given(worlds())
    def compare(world):
        wanted = [oracle.keeps(rows, world, row) for row in world.visible]
        assert rows.mask(world.history()).tolist() == wanted

    compare()


@pytest.mark.parametrize(
    ("amount", "below"), [(849_99, False), (850_00, True), (999_99, True), (1000_00, False)]
)
def test_just_below_begins_at_its_depth_and_ends_under_its_threshold(amount, below):
    assert kept([Payment("1", BASE, amount=amount)], JustBelow(1000, 15)) == [below]


@pytest.mark.parametrize(("amount", "below"), [(5, False), (6, True), (7, False)])
def test_just_below_begins_at_its_depth_and_not_at_the_whole_unit_under_it(amount, below):
    """85 % of 7 is 5.95."""
    rows = [Payment("1", BASE, amount=amount)]
    assert kept(rows, JustBelow(7, 15), minor_digits=0) == [below]


@pytest.mark.parametrize(("digits", "amount"), [(0, 999), (2, 999_99), (3, 999_999)])
def test_thresholds_are_in_major_units_whatever_the_currency(digits, amount):
    rows = [Payment("1", BASE, amount=amount), Payment("2", BASE, amount=amount + 1)]
    assert kept(rows, JustBelow(1000, 15), minor_digits=digits) == [True, False]
    assert kept(rows, RoundAmount(100), minor_digits=digits) == [False, True]


@pytest.mark.parametrize(
    ("amount", "is_round"),
    [(0, False), (99_99, False), (100_00, True), (100_01, False), (200_00, True), (1_00, False)],
)
def test_round_is_a_whole_multiple_and_not_zero(amount, is_round):
    assert kept([Payment("1", BASE, amount=amount)], RoundAmount(100)) == [is_round]


@pytest.mark.parametrize(
    ("time", "night"),
    [(0, True), (6 * HOUR - 1, True), (6 * HOUR, False), (22 * HOUR - 1, False), (22 * HOUR, True)],
)
def test_night_begins_on_the_hour_and_ends_before_the_hour(time, night):
    assert kept([Payment("1", BASE + time)], Night(22, 6)) == [night]


@pytest.mark.parametrize(("apart", "new"), [(0, True), (1, False), (DAY - 1, False), (DAY, True)])
def test_a_pair_is_new_again_when_its_last_payment_is_the_horizon_ago(apart, new):
    rows = [Payment("1", BASE), Payment("2", BASE + apart)]
    assert kept(rows, NewPair(DAY)) == [True, new]


def test_a_payment_back_is_another_pair_and_one_with_the_outside_is_none():
    rows = [
        Payment("1", BASE, "a", "b"),
        Payment("2", BASE + 1, "b", "a"),
        Payment("3", BASE + 2, None, "b"),
        Payment("4", BASE + 3, "a", "b"),
    ]
    assert kept(rows, NewPair(DAY)) == [True, True, False, False]
