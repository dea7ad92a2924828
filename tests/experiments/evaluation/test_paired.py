"""Differences between two rankings of the same rows, and how sure they are."""

import numpy as np
import pytest

from experiments.evaluation.judgement import judge
from experiments.evaluation.paired import paired
from experiments.evaluation.truth import Scored, Truth

ROWS = 3000


@pytest.fixture(scope="module")
def truth() -> Truth:
    random = np.random.default_rng(4)
    illicit = np.arange(ROWS) % 20 == 0
    pattern = np.where(illicit, np.arange(ROWS) // 100, -1)
    return Truth(
        illicit=illicit,
        amount=random.integers(1, 1000, ROWS),
        time=random.integers(0, 30, ROWS) * 86_400_000_000,
        sender=random.integers(0, 200, ROWS),
        receiver=random.integers(0, 200, ROWS),
        pattern=pattern,
        kind=np.where(illicit, "cycle", ""),
    )


def scored(truth: Truth, strength: float, seed: int) -> Scored:
    random = np.random.default_rng(seed)
    return Scored(truth, np.clip(random.random(ROWS) * 0.6 + strength * truth.illicit, 0, 1), {})


def test_a_ranking_does_not_differ_from_itself(truth: Truth) -> None:
    one = scored(truth, 0.2, 1)
    for each in paired(one, one, budget=10, seed=1, probability=True):
        assert each.a == each.b
        assert (each.interval.low, each.interval.high, each.b_higher) == (0, 0, 0.5)
        assert each.verdict == "no clear difference"


def test_each_metric_is_the_one_that_judging_alone_finds(truth: Truth) -> None:
    a, b = scored(truth, 0.1, 1), scored(truth, 0.3, 2)
    found = {each.name: each for each in paired(a, b, budget=10, seed=1, probability=True)}
    for side, each in (("a", a), ("b", b)):
        judged = judge("test", each, budget=10, seed=1)
        alone = {
            "average_precision": judged.average_precision,
            "account_week_average_precision": judged.account_weeks.average_precision,
            "precision_at_capacity": judged.capacity.precision,
            "recall_at_capacity": judged.capacity.recall,
            "row_recall_at_capacity": judged.capacity.row_recall,
            "value_recall_at_capacity": judged.capacity.value_recall,
            "network_recall_at_capacity": judged.capacity.networks_shown / judged.capacity.networks,
            "brier": judged.brier,
            "calibration_error": judged.calibration_error,
        }
        assert {name: getattr(one, side) for name, one in found.items()} == pytest.approx(alone)


def test_a_clearly_better_ranking_is_said_to_be_better_whichever_way_round(truth: Truth) -> None:
    weak, strong = scored(truth, 0.0, 1), scored(truth, 0.4, 2)
    forward = paired(weak, strong, budget=10, seed=1, probability=True)
    backward = paired(strong, weak, budget=10, seed=1, probability=True)
    named = {each.name: each.verdict for each in forward}
    assert named["average_precision"] == "B is better"
    assert named["brier"] == "B is better"  # lower
    for one, other in zip(forward, backward, strict=True):
        assert one.difference == -other.difference
        assert one.interval.low == pytest.approx(-other.interval.high)


def test_pairing_is_surer_than_two_intervals_apart(truth: Truth) -> None:
    a = scored(truth, 0.2, 1)
    b = Scored(truth, np.clip(a.score + 0.02 * truth.illicit, 0, 1), {})
    difference = paired(a, b, budget=10, seed=1, probability=True)[0]
    alone = judge("test", a, budget=10, seed=1).interval
    assert difference.interval.high - difference.interval.low < 0.5 * (alone.high - alone.low)
    assert difference.verdict == "B is better"


def test_a_percentile_is_not_judged_as_a_probability(truth: Truth) -> None:
    one = scored(truth, 0.2, 1)
    names = {each.name for each in paired(one, one, budget=10, seed=1, probability=False)}
    assert not names & {"brier", "calibration_error"}
