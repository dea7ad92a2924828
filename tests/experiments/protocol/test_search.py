"""A setting that was found is grown again as it was."""

from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.metrics import average_precision_score

from engine.trials import best_trial
from experiments.judging.rivals import Columns, scored
from experiments.protocol.entrant import Lesson
from experiments.protocol.search import again
from experiments.rows import micros


def columns(ready: Any) -> Columns:
    lesson = Lesson.of(ready.made)
    return Columns.of(*((part.X, part.label == 1) for _, part in lesson.parts))


def test_the_same_seed_grows_the_same_trees_again_and_another_seed_others(ready: Any) -> None:
    own, config = columns(ready), ready.made.config.ensemble
    found = own.trained(best_trial, config, 7)
    same = own.trained(again(found[0].facts()), config, 7)
    other = own.trained(again(found[0].facts()), config, 8)
    X = Lesson.of(ready.made).tuning.X
    for one, two, three in zip(found, same, other, strict=True):
        assert one.setting == two.setting == three.setting
        np.testing.assert_array_equal(scored(one, X), scored(two, X))
        assert not np.array_equal(scored(one, X), scored(three, X))


def test_a_rival_is_taught_the_last_rows_too_but_not_what_sets_its_threshold(ready: Any) -> None:
    own, config = columns(ready), ready.made.config.ensemble
    assert own.last is not None
    X, illicit = Lesson.of(ready.made).calibration.X, own.last.y == 1
    before, since = (scored(trial, X) for trial in own.trained(best_trial, config, 7))
    without = replace(own, last=None).trained(best_trial, config, 7)
    np.testing.assert_array_equal(scored(without[0], X), before)
    np.testing.assert_array_equal(scored(without[1], X), before)
    assert average_precision_score(illicit, before) < average_precision_score(illicit, since)


def test_a_rival_learns_from_the_rows_the_model_learns_from(ready: Any) -> None:
    lesson, rows = Lesson.of(ready.made), ready.made.rows
    assert [name for name, _ in lesson.parts] == ["train", "tuning", "calibration"]
    for name, part in lesson.parts:
        known = rows.labels.known(micros(ready.made.split[name].as_of))[part.at]
        np.testing.assert_array_equal(part.label, known)
        assert set(known) == {0, 1}
    assert rows.time[lesson.train.at].max() < rows.time[lesson.tuning.at].min()
    assert rows.time[lesson.tuning.at].max() < rows.time[lesson.calibration.at].min()
