"""Cuts in time."""

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.config import ExperimentConfig
from experiments.split import ASIDE, PARTS, WEEK, first_after, instant, split_in_time, weeks_aside
from features.errors import InputError

CONFIG = ExperimentConfig()
DAY = 86_400_000_000


def days(*counts: int) -> np.ndarray:
    return np.repeat(np.arange(len(counts)), counts) * DAY


@given(st.lists(st.integers(0, 9), min_size=12, max_size=40), st.integers(0, 2**32 - 1))
def test_a_cut_is_the_first_instant_with_enough_rows_before_it(
    counts: list[int], seed: int
) -> None:
    time = days(5, *counts, 5)
    judged = time[np.random.default_rng(seed).random(len(time)) < 0.5]
    for share in (0.6, 0.8):
        instants = np.unique(time)
        enough = [t for t in instants if (judged < t).sum() >= share * len(judged) and t > time[0]]
        found = first_after(time, judged, share)
        if len(judged):
            assert found == (enough[0] if enough else time[-1] + 1)


def test_rows_of_one_instant_are_never_divided() -> None:
    time = days(*[7] * 30)
    split = split_in_time(CONFIG, "snapshot", time, np.ones(len(time), bool))
    assert sum(part.rows for part in split.parts) == len(time)
    assert all(part.rows % 7 == 0 for part in split.parts)
    assert [part.start for part in split.parts[1:]] == [part.stop for part in split.parts[:-1]]


def test_only_evaluated_rows_are_counted() -> None:
    time = days(*[100] * 5, *[10] * 20)
    evaluated = time >= 5 * DAY
    split = split_in_time(CONFIG, "snapshot", time, evaluated)
    assert split["train"].rows == 120
    assert split["test"].rows == 40


def test_as_of_is_the_last_instant_of_the_part_even_of_rows_not_evaluated() -> None:
    time = np.sort(np.concatenate([days(*[10] * 30), np.arange(30) * DAY + 5]))
    evaluated = time % DAY == 0
    moments = [instant(int(each)) for each in time]
    for part in split_in_time(CONFIG, "snapshot", time, evaluated).parts:
        assert part.as_of == max(moment for moment in moments if moment < part.stop)


@pytest.mark.parametrize("counts", [(50,), (50, 50), (97, 1, 1, 1)])
def test_too_few_instants_are_an_error_that_names_the_empty_parts(counts: tuple[int, ...]) -> None:
    time = days(*counts)
    with pytest.raises(InputError, match=r"none for: .*(test|calibration)"):
        split_in_time(CONFIG, "snapshot", time, np.ones(len(time), bool))


def test_no_evaluated_rows_are_an_error() -> None:
    time = days(*[3] * 30)
    with pytest.raises(InputError, match="0 evaluated rows"):
        split_in_time(CONFIG, "snapshot", time, np.zeros(len(time), bool))


def test_the_digest_knows_the_snapshot_the_cuts_and_the_population() -> None:
    time = days(*[7] * 30)
    everything, some = np.ones(len(time), bool), time < 20 * DAY
    digests = {
        split_in_time(config, snapshot, time, evaluated).digest
        for config in (CONFIG, ExperimentConfig.model_validate({"evaluate": {"budget": 3}}))
        for snapshot in ("a", "b")
        for evaluated in (everything, some)
    }
    assert len(digests) == 4
    assert PARTS[0] == "train"


@given(st.lists(st.integers(1, 3), min_size=60, max_size=200), st.floats(0, 0.5))
def test_whole_weeks_just_before_the_test_part_are_set_aside(
    counts: list[int], share: float
) -> None:
    time = days(5, *counts, 5)
    config = ExperimentConfig.model_validate({"split": {"conformal": share}})
    split = split_in_time(config, "snapshot", time, np.ones(len(time), bool))
    names = tuple(part.name for part in split.parts)
    assert names == tuple(name for name in PARTS if name != ASIDE or ASIDE in split)
    assert [part.start for part in split.parts[1:]] == [part.stop for part in split.parts[:-1]]
    assert sum(part.rows for part in split.parts) == len(time)
    if ASIDE in split:
        part, validation = split[ASIDE], split["tuning"].start
        assert part.stop == split["test"].start
        assert (part.stop - part.start) % timedelta(weeks=1) == timedelta(0)
        assert 2 * (part.stop - part.start) <= part.stop - validation


@pytest.mark.parametrize(("days_long", "share", "weeks"), [(13, 0.3, 0), (14, 0.01, 1), (60, 0, 0)])
def test_weeks_are_set_aside_where_they_fit_and_are_asked_for(
    days_long: int, share: float, weeks: int
) -> None:
    assert weeks_aside(0, days_long * DAY, share) == weeks
    assert WEEK == 7 * DAY


def test_where_setting_weeks_aside_leaves_no_row_to_calibrate_on_none_are() -> None:
    time = days(*[100] * 6, 20, *[0] * 13, *[36] * 5, *[40] * 5)
    split = split_in_time(CONFIG, "snapshot", time, np.ones(len(time), bool))
    assert split["test"].start - split["tuning"].start == timedelta(days=19)
    assert [part.name for part in split.parts] == [name for name in PARTS if name != ASIDE]


def test_a_part_that_is_not_there_is_not_in_the_split() -> None:
    time = days(*[7] * 30)
    split = split_in_time(CONFIG, "snapshot", time, np.ones(len(time), bool))
    assert ASIDE not in split
    assert ASIDE not in split.plain()
