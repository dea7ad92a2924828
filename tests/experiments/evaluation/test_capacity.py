"""Operating points in candidates and in payments, and how late networks are: counted by hand."""

import numpy as np
import pytest

from experiments.evaluation.capacity import (
    candidates,
    operating_point,
    payment_curve,
    payment_point,
)
from experiments.evaluation.networks import lateness, networks
from experiments.evaluation.truth import Truth

HOUR = 3_600_000_000
MONDAY = 96 * HOUR
WEEK = 168 * HOUR


def rows(
    illicit: list[int], time: list[int], amount: list[int], pattern: list[int], kind: str = "cycle"
) -> Truth:
    truth, count = np.array(illicit, bool), len(illicit)
    return Truth(
        truth,
        np.array(amount),
        np.array(time) + MONDAY,
        2 * np.arange(count),
        2 * np.arange(count) + 1,
        np.where(truth, pattern, -1),
        np.where(truth, kind, ""),
    )


def test_the_highest_payments_of_every_week_are_read() -> None:
    truth = rows([1, 0, 0, 1, 0, 0], [0, 0, 0, WEEK, WEEK, WEEK], [40] * 6, [0, 0, 0, 1, 0, 0])
    point = payment_point(truth, np.array([0.9, 0.8, 0.1, 0.2, 0.7, 0.3]), 1)
    assert (point.listed, point.listed_illicit, point.rows_illicit) == (2, 1, 2)
    assert (point.precision, point.recall, point.value_recall) == (0.5, 0.5, 0.5)
    assert point.lift == pytest.approx(0.5 / (2 / 6))
    assert (point.networks_shown, point.networks, point.threshold) == (1, 2, 0.7)


def test_there_are_about_twenty_budgets_and_the_asked_one_among_them() -> None:
    truth = rows([1, 0], [0, 0], [1, 1], [0, 0])
    curve = payment_curve(truth, np.array([0.9, 0.1]), 50)
    assert 18 <= len(curve) <= 21
    assert [point.budget for point in curve if point.budget == 50] == [50]
    assert [point.recall for point in curve] == sorted(point.recall for point in curve)


def test_the_lift_of_candidates_is_precision_over_their_base_rate() -> None:
    truth = rows([1, 0, 0, 0], [0] * 4, [1] * 4, [0] * 4)
    score = np.array([0.9, 0.8, 0.2, 0.1])
    point = operating_point(truth, candidates(truth, score), 4)  # both sides of the best two rows
    assert (point.listed, point.listed_illicit, point.candidates) == (4, 2, 8)
    assert point.lift == pytest.approx((2 / 4) / (2 / 8))


def test_how_late_networks_are_is_added_up_by_type() -> None:
    truth = rows([1, 1, 1, 1], [0, 2 * HOUR, 0, 5 * HOUR], [10, 30, 7, 3], [0, 0, 1, 1])
    found = networks(truth, np.array([0.0, 1.0, 0.0, 0.0]))
    own, every = lateness(found)
    assert (own.kind, every.kind) == ("cycle", "all")
    assert (every.networks, every.shown, every.median_hours_until_shown) == (2, 1, 2.0)
    assert (every.amount, every.amount_before_shown) == (50, 10 + 10)  # all of the one not shown
    assert every.share_before_shown == pytest.approx(20 / 50)
    assert every.amount_before_listed == 50  # the list is made when the week is over
    assert own == type(own)("cycle", *list(vars(every).values())[1:])


def test_without_a_network_nothing_is_late() -> None:
    assert lateness([]) == []
