"""Thresholds chosen for F1, and means over seeds with intervals: on cases counted by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.evaluation.means import Ranked, means
from experiments.evaluation.paired import paired
from experiments.evaluation.threshold import best_threshold
from experiments.evaluation.truth import Scored, Truth


def rows(illicit: list[int], pattern: list[int] | None = None, kind: str = "cycle") -> Truth:
    count, truth = len(illicit), np.array(illicit, bool)
    own = np.arange(count) if pattern is None else np.array(pattern)
    return Truth(
        illicit=truth,
        amount=np.full(count, 100),
        time=np.zeros(count, np.int64),
        sender=2 * np.arange(count),
        receiver=2 * np.arange(count) + 1,
        pattern=np.where(truth, own, -1),
        kind=np.where(truth, kind, ""),
    )


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=1, max_size=25))
def test_no_threshold_has_a_higher_f1(pairs: list[tuple[int, bool]]) -> None:
    score, illicit = (np.array(column) for column in zip(*pairs, strict=True))
    score = score.astype(float)
    chosen = best_threshold(score, illicit)
    if not illicit.any():
        assert chosen == np.inf
        return

    def f1(threshold: float) -> float:
        flagged = score >= threshold
        return 2 * (flagged & illicit).sum() / (flagged.sum() + illicit.sum())

    assert f1(chosen) == pytest.approx(max(f1(each) for each in np.unique(score)))


def test_every_number_at_the_threshold_is_that_counted_by_hand() -> None:
    truth = rows([1, 1, 0, 0, 1])
    score = np.array([0.9, 0.6, 0.8, 0.1, 0.2])
    found = means(truth, {"a": [Ranked(score, 0.6)]}, budget=1, seed=1)["a"]
    told = {name: mean.mean for name, mean in found.items()}
    assert told["precision"] == pytest.approx(2 / 3)
    assert told["recall"] == told["recall of cycle"] == pytest.approx(2 / 3)
    assert told["f1"] == pytest.approx(2 / 3)
    # One candidate a week: the two accounts of the best row tie, so half of each.
    assert told["precision_at_capacity"] == 1.0
    assert told["recall_at_capacity"] == pytest.approx(1 / 6)
    assert told["recall at capacity of cycle"] == pytest.approx(0.5 / 3)


def test_the_mean_is_that_of_the_seeds_and_their_spread_is_told() -> None:
    truth = rows([1, 0, 0, 0])
    good, bad = np.array([0.9, 0.1, 0.1, 0.1]), np.array([0.1, 0.9, 0.1, 0.05])
    found = means(truth, {"a": [Ranked(good, 0.5), Ranked(bad, 0.5)]}, budget=1, seed=1)["a"]
    precision = found["average_precision"]
    assert precision.values == (1.0, pytest.approx(1 / 3))
    assert precision.mean == pytest.approx(2 / 3)
    assert precision.spread == pytest.approx(np.std([1, 1 / 3], ddof=1))


def test_rows_of_one_pattern_are_drawn_together() -> None:
    random = np.random.default_rng(5)
    illicit = (np.arange(4000) % 40 == 0).astype(int).tolist()
    together = (np.arange(4000) // 400).tolist()
    score = random.random(4000) + np.array(illicit) * (0.2 + 0.08 * np.array(together))
    widths = []
    for truth in (rows(illicit), rows(illicit, together)):
        one = means(truth, {"a": [Ranked(score, 0.9)]}, budget=5, seed=1)["a"]["f1"]
        assert one.interval.low < one.mean < one.interval.high
        widths.append(one.interval.high - one.interval.low)
    assert widths[1] > 1.3 * widths[0]


def test_a_ranking_is_compared_on_the_same_draws() -> None:
    random = np.random.default_rng(3)
    truth = rows((random.random(2000) < 0.05).astype(int).tolist())
    better = random.random(2000) + 0.5 * truth.illicit
    worse = random.random(2000) + 0.2 * truth.illicit
    told = means(
        truth,
        {"a": [Ranked(better, 1.0)], "b": [Ranked(worse, 1.0)], "c": [Ranked(better, 1.0)]},
        budget=5,
        seed=1,
        against="a",
    )
    assert told["a"]["average_precision"].beyond is None
    same = told["c"]["average_precision"].beyond
    assert same is not None
    assert (same.low, same.high) == (0, 0)
    apart = told["b"]["average_precision"].beyond
    twin = paired(
        Scored(truth, better, {}), Scored(truth, worse, {}), budget=5, seed=1, probability=False
    )
    assert apart == next(each for each in twin if each.name == "average_precision").interval


def test_a_type_without_a_row_in_a_draw_is_left_out_of_its_interval() -> None:
    truth = rows([1, 0, 0, 0, 0, 0])
    found = means(truth, {"a": [Ranked(np.arange(6.0), 3.0)]}, budget=1, seed=1)["a"]
    assert found["recall of cycle"].mean == 0.0
    assert found["recall of cycle"].interval.low == 0.0
