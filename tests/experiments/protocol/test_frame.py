"""Features computed once are those of every part, as of its own end."""

from dataclasses import replace
from typing import Any

import numpy as np

from experiments.preparation import Preparation
from experiments.protocol import prepared as module
from experiments.protocol.prepared import kept_rows
from experiments.rows import micros


def plain(made: Any) -> Preparation:
    return Preparation(
        made.dataset, made.config, made.catalogue, made.indicators, made.rows, made.split
    )


def test_every_part_is_what_training_would_compute_bit_for_bit(ready: Any) -> None:
    own, other = ready.made, plain(ready.made)
    pairs = [(own.training(), other.training())]
    pairs += [(own.judged(part.name), other.judged(part.name)) for part in own.split.parts[1:]]
    leading = [f.statistic.lookahead > 0 for f in own.catalogue]
    assert any(leading)
    assert np.isnan(own.judged("tuning").X[:, leading]).any()
    for mine, theirs in pairs:
        for name in ("at", "X", "label", "beside"):
            np.testing.assert_array_equal(getattr(mine, name), getattr(theirs, name))


def test_a_trailing_model_sees_the_same_columns_less_the_leading_ones(ready: Any) -> None:
    wide = ready.made.judged("test")
    kept = [f.direction != "leading" for f in ready.made.catalogue]
    fewer = tuple(f for f in ready.made.catalogue if f.direction != "leading")
    narrow = ready.made.seeing(fewer).judged("test")
    np.testing.assert_array_equal(
        wide.X[np.argsort(wide.at)][:, kept], narrow.X[np.argsort(narrow.at)]
    )


def test_judged_rows_stand_in_the_order_of_the_dataset_with_their_own_features(ready: Any) -> None:
    field, made = ready.field, ready.made
    _, X = field.features(made.catalogue)
    test = made.judged("test")
    order = np.argsort(test.at)
    np.testing.assert_array_equal(field.test_at, test.at[order])
    np.testing.assert_array_equal(X, test.X[order])
    np.testing.assert_array_equal(field.test.time, made.rows.time[field.test_at])


def test_of_many_rows_of_training_all_illicit_ones_are_kept(ready: Any, monkeypatch: Any) -> None:
    rows, ends = ready.made.rows, micros(ready.made.split.parts[0].stop)
    monkeypatch.setattr(module, "MOST_ROWS", 500)
    kept = kept_rows(ready.made.config, rows, ends)
    before = rows.time < ends
    assert (kept & before).sum() == 500
    assert kept[before & (rows.labels.label == 1)].all()
    assert kept[~before & rows.evaluated].all()


def test_seeds_share_the_rows_and_other_features_do_not(ready: Any) -> None:
    made = replace(ready.made, parts={})
    assert made.seeded(3).judged("tuning") is made.judged("tuning")
    assert made.seeded(3).config.seed == 3
    assert made.seeing(made.catalogue[:3]).judged("tuning").X.shape[1] == 3
