"""Drift is nothing where nothing moved, and found where it was put."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.monitoring.drift import family_drift, feature_drift, score_weeks, usual_values
from experiments.monitoring.stability import LARGE, LITTLE, Usual, missing
from features.windows import DAY, FIRST_MONDAY

COLUMN = st.lists(
    st.sampled_from([0.0, 1.0, 2.0, 5.0, np.nan]) | st.floats(-9, 9), min_size=1, max_size=60
).map(np.array)


def oracle(before: np.ndarray, now: np.ndarray) -> float:
    """The index by its definition, a bin at a time."""
    known = sorted(x for x in before if not np.isnan(x))
    ends = sorted({known[-(-len(known) * k // 10) - 1] for k in range(1, 10)}) if known else []

    def shares(column: np.ndarray) -> list[float]:
        bins = [0.5] * (len(ends) + 2)
        for x in column:
            place = len(ends) + 1 if np.isnan(x) else sum(x > end for end in ends)
            bins[place] += 1
        return [each / sum(bins) for each in bins]

    pairs = zip(shares(before), shares(now), strict=True)
    return sum((b - a) * np.log(b / a) for a, b in pairs)


@given(COLUMN, COLUMN)
def test_the_index_is_the_sum_over_bins(before: np.ndarray, now: np.ndarray) -> None:
    assert Usual.of(before).index(now) == pytest.approx(oracle(before, now), abs=1e-12)


@given(COLUMN, st.integers(1, 4))
def test_the_same_rows_in_any_order_have_not_moved(column: np.ndarray, times: int) -> None:
    usual = Usual.of(column)
    assert usual.index(column[::-1]) == 0
    assert usual.missing == missing(column)
    assert Usual.of(np.tile(column, times)).cuts.tolist() == usual.cuts.tolist()


def test_what_became_unknown_has_moved() -> None:
    column = np.arange(1000.0)
    gone = np.where(np.arange(1000) % 2, np.nan, column)
    assert Usual.of(column).index(gone) > LARGE
    assert missing(gone) == 0.5


def test_chance_alone_is_little() -> None:
    random = np.random.default_rng(4)
    usual = Usual.of(random.normal(size=5000))
    found = [usual.index(random.normal(size=5000)) for _ in range(50)]
    assert max(found) < LITTLE
    # As many bins as tenths, and one of no unknown values, which stays empty.
    assert np.mean(found) == pytest.approx(9 * (1 / 5000 + 1 / 5000), rel=0.4)


def feature(name: str, family: str) -> Any:
    return SimpleNamespace(name=name, family=family)


def test_the_family_that_moved_is_named_first_with_the_feature_that_moved_most() -> None:
    random = np.random.default_rng(5)
    features = [feature("a", "still"), feature("b", "moved"), feature("c", "moved")]
    before, now = random.normal(size=(2, 3000, 3))
    now[:, 1] += 1.0
    now[:, 2] += 2.0
    now[:1500, 0] = np.nan
    now[:1500, 0] = before[:1500, 0]
    drift = feature_drift(features, usual_values(before, np.arange(3000)), now)
    assert [each.feature for each in drift] == ["c", "b", "a"]
    first, last = family_drift(drift)
    assert (first.family, first.moved_most, first.moved_far, last.moved) == ("moved", "c", 2, 0)


def test_a_week_that_scores_otherwise_stands_out() -> None:
    random = np.random.default_rng(6)
    times = {
        "calibration": FIRST_MONDAY + np.arange(2000) * DAY * 14 // 2000,
        "test": FIRST_MONDAY + 14 * DAY + np.arange(2000) * DAY * 14 // 2000,
    }
    scores = {name: random.random(2000) for name in times}
    scores["test"][1000:] **= 0.25
    found = score_weeks(times, scores, "calibration")
    assert [each.part for each in found] == ["calibration", "calibration", "test", "test"]
    assert [each.week_from for each in found] == [
        *("1970-01-05", "1970-01-12", "1970-01-19", "1970-01-26")
    ]
    assert [each.psi > LARGE for each in found] == [False, False, False, True]
    assert sum(each.rows for each in found) == 4000
    assert found[-1].share_high > 3 * found[0].share_high
