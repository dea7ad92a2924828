"""A setting that was found is grown again as it was."""

from typing import Any

import numpy as np

from engine.trials import best_trial
from experiments.judging.rivals import Columns, scored
from experiments.protocol.entrant import Lesson
from experiments.protocol.search import again


def columns(ready: Any) -> Columns:
    lesson = Lesson.of(ready.made)
    return Columns(lesson.train.X, lesson.labels[0], lesson.tuning.X, lesson.labels[1])


def test_the_same_seed_grows_the_same_trees_again_and_another_seed_others(ready: Any) -> None:
    own, config = columns(ready), ready.made.config.ensemble
    found = own.trained(best_trial, config, 7)
    same = own.trained(again(found.facts()), config, 7)
    other = own.trained(again(found.facts()), config, 8)
    assert same.setting == other.setting == found.setting
    X = own.tuning
    np.testing.assert_array_equal(scored(same, X), scored(found, X))
    assert not np.array_equal(scored(other, X), scored(found, X))


def test_a_rival_learns_from_the_rows_the_model_learns_from(ready: Any) -> None:
    lesson, rows = Lesson.of(ready.made), ready.made.rows
    known = rows.labels.label[lesson.train.at]
    np.testing.assert_array_equal(lesson.labels[0], known == 1)
    assert rows.time[lesson.train.at].max() < rows.time[lesson.tuning.at].min()
