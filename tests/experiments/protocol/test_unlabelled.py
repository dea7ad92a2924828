"""The detectors without a label: what is served where there are none, and each alone."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine.detectors.bank import DETECTORS
from experiments.learning import learn
from experiments.protocol.entrant import Entrant
from experiments.protocol.unlabelled import TOGETHER, without_labels
from experiments.rows import micros

SEEDS = (7, 8)


@pytest.fixture(scope="module")
def found(ready: Any) -> dict[str, Entrant]:
    return {one.name: one for one in without_labels(ready.made, ready.field, SEEDS, print)}


def test_the_mix_and_every_detector_there_is_take_part_with_every_seed(
    found: dict[str, Entrant],
) -> None:
    assert next(iter(found)) == TOGETHER
    assert set(found) == {TOGETHER, *(f"{name} alone" for name in DETECTORS)}
    assert {len(one.rankings) for one in found.values()} == {len(SEEDS)}
    forest = found["iforest alone"].rankings
    assert not np.array_equal(forest[0].score, forest[1].score)


def test_together_they_are_the_model_that_is_trained_without_labels(
    ready: Any, found: dict[str, Entrant]
) -> None:
    config = ready.made.config.model_copy(update={"labels": "ignore"})
    model = learn(replace(ready.made, config=config, parts={})).ensemble
    assert model.score_kind == "anomaly"
    _, X = ready.field.features(ready.made.catalogue)
    said = model.score(X)
    assert np.array_equal(found[TOGETHER].rankings[0].score, said.score)
    for name in config.ensemble.detectors:
        alone = found[f"{name} alone"].rankings[0].score
        assert np.array_equal(alone, said.components[name].percentile)


def test_other_labels_of_the_rows_before_validation_change_no_score(
    ready: Any, found: dict[str, Entrant]
) -> None:
    made, rows = ready.made, ready.made.rows
    train = rows.time < micros(made.split.parts[0].stop)
    label = np.where(train, 1 - rows.labels.label, rows.labels.label).astype(np.int8)
    other = replace(made, rows=replace(rows, labels=replace(rows.labels, label=label)), parts={})
    assert (other.training().label != made.training().label).any()
    for one in without_labels(other, ready.field, SEEDS[:1], print):
        assert np.array_equal(one.rankings[0].score, found[one.name].rankings[0].score)
