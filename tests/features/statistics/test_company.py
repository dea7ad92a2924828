"""What is expected among the other payments, against its slow twin and by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles import company
from oracles import statistics as oracle
from oracles.strategies import worlds
from oracles.worlds import BASE, DAY, HOUR, Payment, World

from features.catalogue.lenses import (
    LENSES,
    PAIR,
    PAIR_BACK,
    RECEIVER_IN,
    RECEIVER_OUT,
    SENDER_IN,
    SENDER_OUT,
)
from features.statistics.company import NAMED_PERCENT, Expected, named
from features.windows import SAME_INSTANT, Window, leading, strictly_before, trailing
from features.workspace import Workspace

WINDOWS = (
    trailing(HOUR),
    trailing(7 * DAY),
    trailing(84 * DAY),
    leading(HOUR),
    leading(28 * DAY),
    strictly_before(28 * DAY),
    SAME_INSTANT,
    Window(-35 * DAY, -7 * DAY),
    Window(DAY, 7 * DAY),
    Window(-DAY, DAY),
)
STATISTICS = [Expected(lens, window) for lens in (*LENSES, PAIR, PAIR_BACK) for window in WINDOWS]
WEEK = trailing(7 * DAY)
GRADES = st.lists(st.sampled_from((0, 0, 1, 2, 3, 4, 6, 8, 20, 80, 999_999, 2**31 - 1)), max_size=9)


@pytest.mark.parametrize("precision", ["second", "day"])
def test_what_is_expected_equals_its_slow_twin(precision):
    @given(worlds(precision=precision))
    def compare(world):
        space = Workspace(world.history())
        for statistic in STATISTICS:
            wanted = oracle.column(statistic, world)
            np.testing.assert_array_equal(statistic.value(space), wanted, err_msg=repr(statistic))

    compare()


@settings(max_examples=10)
@given(worlds())
def test_evidence_is_all_other_suspicious_rows_the_most_suspicious_first(world):
    space = Workspace(world.history())
    for statistic in STATISTICS:
        found = statistic.value(space)
        for at, row in enumerate(world.visible):
            shown = [world.visible[k] for k in statistic.evidence(space, at)]
            assert row not in shown
            grades = [other.suspicion for other in shown]
            assert grades == sorted(grades, reverse=True)
            assert 0 not in grades
            assert np.isnan(found[at]) or sum(grades) / 1_000_000 == found[at]


def naming(grades):
    return named(np.array(grades, np.int32)).tolist()


@settings(max_examples=300)
@given(GRADES)
def test_named_are_the_fewest_that_make_up_the_share_as_by_trying_every_choice(grades):
    assert naming(grades) == company.named(grades)


@given(GRADES, st.randoms(use_true_random=False))
def test_the_order_of_payments_decides_nothing_of_who_is_named(grades, chance):
    order = chance.sample(range(len(grades)), len(grades))
    found = naming(grades)
    assert naming([grades[k] for k in order]) == [found[k] for k in order]


def test_what_makes_up_the_share_exactly_is_enough():
    left = 100 - NAMED_PERCENT
    assert naming([left, NAMED_PERCENT]) == [False, True]
    assert naming([left + 1, NAMED_PERCENT - 1]) == [True, True]


def test_equally_suspicious_payments_are_all_named_or_none():
    assert naming([1] * 10) == [True] * 10
    assert naming([70, 10, 10, 10]) == [True] * 4
    assert naming([80, 10, 10]) == [True, False, False]


def test_one_alone_is_named_and_one_that_adds_nothing_never_is():
    assert naming([7]) == [True]
    assert naming([0, 7, 0]) == [False, True, False]
    assert naming([0, 0]) == [False, False]
    assert naming([]) == []


def test_the_share_is_taken_of_sums_that_outgrow_four_bytes():
    most = 2**31 - 1
    assert naming([most] * 9 + [1]) == [True] * 9 + [False]


def values(rows, lens, window=WEEK, **facts):
    return Expected(lens, window).value(Workspace(World.of(rows, **facts).history())).tolist()


def paid(number, time, sender, receiver, suspicion):
    return Payment(f"t{number}", BASE + time, sender, receiver, suspicion=suspicion)


def test_a_payment_is_no_company_of_its_own_and_simultaneous_ones_are():
    rows = [paid(n, 0, "a", f"b{n}", grade) for n, grade in enumerate((100_000, 200_000, 0))]
    assert values(rows, SENDER_OUT) == [0.2, 0.1, 0.3]
    assert values(rows, SENDER_OUT, SAME_INSTANT) == [0.2, 0.1, 0.3]
    assert values(rows, SENDER_OUT, strictly_before(DAY)) == [0, 0, 0]
    assert values(rows, RECEIVER_IN) == [0, 0, 0]


@pytest.mark.parametrize("lens", [*LENSES, PAIR, PAIR_BACK])
def test_a_payment_to_oneself_is_no_company_of_its_own_however_it_is_looked_at(lens):
    alone = paid(1, 0, "a", "a", 700_000)
    assert values([alone], lens) == [0.0]
    assert values([alone, paid(2, 1, "a", "a", 300_000)], lens) == [0.0, 0.7]


def test_what_came_in_is_company_of_what_goes_out():
    rows = [paid(1, 0, "z", "a", 400_000), paid(2, HOUR, "a", "b", 900_000)]
    assert values(rows, SENDER_IN) == [0, 0.4]
    assert values(rows, RECEIVER_OUT, leading(DAY), as_of=BASE + 2 * DAY) == [0.9, 0]


def test_what_comes_next_is_not_known_before_its_window_is_over():
    rows = [paid(1, 0, "a", "b", 1), paid(2, 7 * DAY, "a", "b", 500_000)]
    found = values(rows, SENDER_OUT, leading(7 * DAY))
    assert found[0] == 0.5
    assert np.isnan(found[1])
    assert np.isnan(values(rows, SENDER_OUT, leading(7 * DAY), as_of=BASE + 7 * DAY - 1)).all()


def test_millionths_are_added_as_whole_numbers():
    """Adding 0.1 to itself gives 0.7999999999999999; and sums outgrow four bytes."""
    rows = [paid(n, n, "a", "b", 100_000) for n in range(9)]
    assert values(rows, SENDER_OUT)[-1] == 0.8
    assert values([paid(n, n, "a", "b", 2**31 - 1) for n in range(5)], SENDER_OUT)[-1] == (
        4 * (2**31 - 1) / 1_000_000
    )


def test_without_a_first_look_nothing_is_known_and_nothing_is_shown():
    world = World.of([Payment("1", BASE), Payment("2", BASE + 1)])
    space = Workspace(world.history())
    for statistic in STATISTICS:
        assert np.isnan(statistic.value(space)).all()
        assert not len(statistic.evidence(space, 1))


def test_nothing_suspicious_is_nothing_expected():
    rows = [paid(n, n, "a", "b", 0) for n in range(2)]
    assert values(rows, SENDER_OUT) == [0, 0]
    assert not len(Expected(SENDER_OUT, WEEK).evidence(Workspace(World.of(rows).history()), 1))


def test_no_rows_have_no_values():
    assert values([], SENDER_OUT) == []


def test_it_says_how_far_it_looks_and_has_no_own_past():
    ahead = Expected(SENDER_OUT, leading(28 * DAY))
    assert (ahead.lookback, ahead.lookahead) == (0, 28 * DAY)
    assert ahead.label == "sender_out_expected_suspicious_next_28d"
    assert Expected(SENDER_OUT, WEEK).earlier() is None
