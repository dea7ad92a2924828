"""Metrics against slow or well-known twins, and on cases small enough to count by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

from experiments.evaluation.bootstrap import average_precision_interval
from experiments.evaluation.calibration import calibration_table
from experiments.evaluation.capacity import candidates, operating_point
from experiments.evaluation.judgement import judge
from experiments.evaluation.patterns import recall_by_kind
from experiments.evaluation.ranking import rank, share_selected
from experiments.evaluation.truth import Scored, Truth

WEEK = 7 * 86_400_000_000


def rows(illicit: list[int], **columns: list[int] | list[str]) -> Truth:
    """Make rows: by default equal amounts, one week, every row between its own two accounts."""
    count = len(illicit)
    truth = np.array(illicit, bool)
    given_columns = {name: np.array(values) for name, values in columns.items()}
    return Truth(
        **{
            "illicit": truth,
            "amount": np.full(count, 100),
            "time": np.zeros(count, np.int64),
            "sender": 2 * np.arange(count),
            "receiver": 2 * np.arange(count) + 1,
            "pattern": np.where(truth, np.arange(count), -1),
            "kind": np.where(truth, "none", ""),
            **given_columns,
        }
    )


@given(st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=2, max_size=60))
def test_average_precision_and_roc_auc_are_those_of_scikit_learn_ties_included(
    pairs: list[tuple[int, bool]],
) -> None:
    score, illicit = (np.array(column) for column in zip(*pairs, strict=True))
    ranking = rank(score.astype(float))
    if illicit.any():
        assert ranking.average_precision(illicit) == pytest.approx(
            average_precision_score(illicit, score)
        )
    if illicit.any() and not illicit.all():
        assert ranking.roc_auc(illicit) == pytest.approx(roc_auc_score(illicit, score))


def test_weights_count_rows_as_often_as_copies_would() -> None:
    score = np.array([0.9, 0.8, 0.8, 0.4, 0.1])
    illicit = np.array([True, False, True, False, True])
    times = np.array([2, 1, 3, 0, 1])
    copied = rank(np.repeat(score, times)).average_precision(np.repeat(illicit, times))
    assert rank(score).average_precision(illicit, times.astype(float)) == pytest.approx(copied)


def test_without_illicit_rows_there_is_no_number() -> None:
    assert np.isnan(rank(np.array([0.5, 0.1])).average_precision(np.zeros(2, bool)))
    assert np.isnan(rank(np.array([0.5, 0.1])).roc_auc(np.zeros(2, bool)))


def test_ties_at_a_cut_share_the_places() -> None:
    assert share_selected(np.array([1.0, 1.0, 1.0, 2.0]), 2).tolist() == [1 / 3, 1 / 3, 1 / 3, 1]
    assert share_selected(np.array([1.0, 2.0]), 5).tolist() == [1, 1]
    assert share_selected(np.array([1.0, 2.0]), 0).tolist() == [0, 0]


@settings(deadline=None)  # two whole judgements a case
@given(st.permutations(range(12)))
def test_the_order_of_rows_changes_nothing(order: list[int]) -> None:
    truth = rows([1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0], sender=[0, 1, 2] * 4)
    score = np.array([5, 5, 5, 4, 4, 3, 3, 3, 2, 2, 1, 1]) / 10
    one = judge("test", Scored(truth, score, {}), budget=2, seed=1)
    other = judge("test", Scored(truth[np.array(order)], score[order], {}), budget=2, seed=1)
    assert other.tops == one.tops
    assert other.capacity == one.capacity
    for mine, theirs in zip(other.payments, one.payments, strict=True):
        assert vars(mine) == pytest.approx(vars(theirs))  # sums in another order
    assert other.average_precision == one.average_precision


def test_a_candidate_is_an_account_in_a_week_with_its_highest_row() -> None:
    monday = 4 * 86_400_000_000
    truth = rows(
        [1, 0, 0],
        time=[monday - 1, monday, monday],
        sender=[7, 7, -1],
        receiver=[8, 9, 7],
    )
    grouped = candidates(truth, np.array([0.2, 0.6, 0.9]))
    assert sorted(zip(grouped.week, grouped.score, grouped.illicit, strict=True)) == [
        (0, 0.2, True),
        (0, 0.2, True),
        (1, 0.6, False),
        (1, 0.9, False),
    ]
    assert grouped.sender[2] == -1


def test_capacity_counts_every_week_apart() -> None:
    truth = rows([1, 0, 1, 0], time=[0, 0, WEEK, WEEK], receiver=[-1] * 4, amount=[300, 1, 100, 1])
    grouped = candidates(truth, np.array([0.9, 0.8, 0.1, 0.2]))
    point = operating_point(truth, grouped, 1)
    assert (point.listed, point.listed_illicit) == (2, 1)
    assert (point.precision, point.recall, point.row_recall) == (0.5, 0.5, 0.5)
    assert point.value_recall == pytest.approx(298 / 398)  # the highest amount is capped


def test_recall_by_kind_counts_rows_and_whole_patterns_and_names_those_of_none() -> None:
    truth = rows(
        [1, 1, 1, 1, 0], pattern=[1, 1, 2, 9, -1], kind=["cycle", "cycle", "cycle", "none", ""]
    )
    found = recall_by_kind(truth, np.array([1.0, 0.0, 0.0, 0.5, 1.0]))
    told = {
        each.kind: (each.rows, each.row_recall, each.patterns, each.pattern_recall)
        for each in found
    }
    assert told == {
        "all": (4, 1.5 / 4, 3, 0.5),
        "cycle": (3, 1 / 3, 2, 0.5),
        "none": (1, 0.5, 1, 0.5),
    }


def test_the_interval_is_wider_when_rows_go_together_in_patterns() -> None:
    random = np.random.default_rng(5)
    illicit = (np.arange(4000) % 40 == 0).astype(int)
    together = np.where(illicit, np.arange(4000) // 400, -1)
    score = random.random(4000) + illicit * (0.2 + 0.08 * (np.arange(4000) // 400))
    alone, grouped = rows(list(illicit)), rows(list(illicit), pattern=list(together))
    narrow, wide = (
        average_precision_interval(rank(score), truth.illicit, truth.pattern, 1)
        for truth in (alone, grouped)
    )
    point = rank(score).average_precision(alone.illicit)
    assert narrow.low < point < narrow.high
    assert wide.high - wide.low > 1.3 * (narrow.high - narrow.low)


def test_calibration_bins_hold_every_row_once_and_keep_equal_scores_together() -> None:
    score = np.array([0.0] * 50 + [0.5] * 50)
    illicit = np.array([False] * 75 + [True] * 25)
    table = calibration_table(score, illicit)
    assert [(each.rows, each.illicit, each.mean_score) for each in table] == [
        (50, 0, 0.0),
        (50, 25, 0.5),
    ]


def test_a_judgement_survives_a_part_without_illicit_rows() -> None:
    truth = rows([0] * 20)
    judged = judge("test", Scored(truth, np.linspace(0, 1, 20), {}), budget=3, seed=1)
    assert "test_average_precision" not in judged.headline()
    assert judged.headline()["test_base_rate"] == 0
