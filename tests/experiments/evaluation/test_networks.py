"""Networks on cases small enough to count by hand, and intervals that names cannot move."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.evaluation.bootstrap import Steps, average_precision_interval
from experiments.evaluation.networks import networks, networks_shown
from experiments.evaluation.ranking import rank
from experiments.evaluation.truth import Truth

HOUR = 3_600_000_000
DAY = 24 * HOUR
MONDAY = 4 * DAY


def rows(pattern: list[int], kind: list[str], time: list[int], amount: list[int]) -> Truth:
    """Make rows of which those with a pattern are illicit."""
    numbers, count = np.array(pattern), len(pattern)
    sides = np.arange(count)
    return Truth(
        numbers >= 0, np.array(amount), np.array(time), sides, sides, numbers, np.array(kind)
    )


def test_a_network_is_shown_by_its_first_listed_payment_and_listed_when_the_week_ends() -> None:
    truth = rows(
        [0, 0, 0, 0],
        ["cycle"] * 4,
        [MONDAY, MONDAY + 5 * HOUR, MONDAY + 6 * DAY, MONDAY + 8 * DAY],
        [100, 20, 3, 4000],
    )
    (found,) = networks(truth, np.array([0.0, 1.0, 0.0, 1.0]), ("ring",))
    assert (found.pattern, found.kind, found.rows, found.rows_shown) == ("ring", "cycle", 4, 2.0)
    assert found.first == "1970-01-05T00:00:00+00:00"
    assert found.first_shown == "1970-01-05T05:00:00+00:00"
    assert (found.hours_until_shown, found.amount_before_shown) == (5.0, 100)
    assert (found.listed, found.amount_before_listed) == ("1970-01-12T00:00:00+00:00", 123)


def test_a_network_that_is_never_shown_has_moved_all_its_money() -> None:
    truth = rows([3, 3], ["none", "none"], [0, HOUR], [7, 8])
    (found,) = networks(truth, np.array([0.4, 0.0]))
    assert (found.pattern, found.first_shown, found.listed) == ("3", None, None)
    assert (found.amount, found.amount_before_shown, found.amount_before_listed) == (15, 15, 15)
    assert np.isnan(found.hours_until_shown)


def test_single_payments_outside_any_pattern_are_no_network() -> None:
    truth = rows([0, 1, 1, 2, -1], ["none", "none", "none", "cycle", ""], [0] * 5, [1] * 5)
    assert {found.pattern for found in networks(truth, np.ones(5))} == {"1", "2"}
    assert networks_shown(truth, np.array([1.0, 0.25, 0.75, 0.0, 1.0])) == (0.75, 2)


@given(st.permutations(range(8)), st.permutations(range(4)))
def test_neither_the_order_of_rows_nor_the_names_of_patterns_move_an_interval(
    order: list[int], names: list[int]
) -> None:
    illicit = np.array([1, 1, 0, 1, 1, 0, 0, 1], bool)
    pattern = np.array([0, 0, -1, 1, 2, -1, -1, 3])
    score = np.array([5, 1, 5, 4, 4, 3, 3, 1]) / 10
    plain = average_precision_interval(rank(score), illicit, pattern, 1)
    named = np.where(illicit, np.array(names)[pattern], -1)[order]
    assert average_precision_interval(rank(score[order]), illicit[order], named, 1) == plain


@given(st.lists(st.tuples(st.integers(0, 6), st.booleans(), st.integers(0, 3)), min_size=1))
def test_average_precision_by_steps_is_that_of_all_rows(
    drawn: list[tuple[int, bool, int]],
) -> None:
    score, illicit, weight = (np.array(column) for column in zip(*drawn, strict=True))
    ranking, weight = rank(score.astype(float)), weight.astype(float)
    steps = Steps.of(ranking, illicit)
    guilty, honest = (steps.summed(weight, np.flatnonzero(of)) for of in (illicit, ~illicit))
    assert steps.average_precision(guilty, honest) == pytest.approx(
        ranking.average_precision(illicit, weight), nan_ok=True
    )
