"""What honest accounts score in a week: against a slow twin, and what it must not depend on."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from engine.conformal import Block
from experiments.config import ExperimentConfig
from experiments.honest import honest_block
from experiments.judging.model import Model
from experiments.learning import Learned, learn
from experiments.preparation import Preparation
from experiments.rows import micros
from experiments.simulation import WorldConfig, build_world
from experiments.split import ASIDE, WEEK
from experiments.training import prepare
from features.slices import Reach

SPLIT = {"train": 0.3, "validate": 0.5, "conformal": 0.5}


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory, world: Any, quick: ExperimentConfig) -> Any:
    """A model of a world long enough to set a week aside; one of its features looks ahead."""
    tables = build_world(WorldConfig(transactions=4_000, days=40, seed=5, illicit_share=0.03))
    dataset = world.write(tmp_path_factory.mktemp("honest") / "data", tables[0], tables[2])
    config = ExperimentConfig.model_validate(
        {
            **quick.plain(),
            "split": SPLIT,
            "features": {"families": ["counterparties"], "sizes": []},
        }
    )
    return learn(prepare(config, dataset))


def measured(learned: Learned, prepared: Preparation | None = None) -> Block:
    block = honest_block(prepared or learned.prepared, learned.ensemble)
    assert block is not None
    return block


def relabelled(prepared: Preparation, label: np.ndarray) -> Preparation:
    assert prepared.rows.labels is not None
    labels = replace(prepared.rows.labels, label=label.astype(np.int8))
    return replace(prepared, rows=replace(prepared.rows, labels=labels))


def twin(learned: Learned, as_of: Any) -> dict[tuple[int, int], float]:
    """Take the highest score of each account and week, row by row."""
    prepared = learned.prepared
    part = replace(prepared.split[ASIDE], as_of=as_of)
    parts = tuple(part if each.name == ASIDE else each for each in prepared.split.parts)
    found = replace(prepared, split=replace(prepared.split, parts=parts)).judged(ASIDE)
    best: dict[tuple[int, int], float] = {}
    for at, score in zip(found.at, learned.ensemble.score(found.X).score, strict=True):
        week = int((prepared.rows.time[at] - micros(part.start)) // WEEK)
        for side in (prepared.rows.sender, prepared.rows.receiver):
            if side[at] >= 0:
                key = int(side[at]), week
                best[key] = max(best.get(key, 0.0), float(score))
    return best


def illicit(learned: Learned) -> set[tuple[int, int]]:
    prepared, part = learned.prepared, learned.prepared.split[ASIDE]
    rows, labels = prepared.rows, prepared.rows.labels
    assert labels is not None
    inside = (rows.time >= micros(part.start)) & (rows.time < micros(part.stop))
    at = np.flatnonzero(inside & (labels.label == 1))
    sides = (rows.sender, rows.receiver)
    weeks = (rows.time - micros(part.start)) // WEEK
    return {(int(side[k]), int(weeks[k])) for side in sides for k in at if side[k] >= 0}


def test_it_is_the_higher_of_two_looks_of_every_account_week_not_known_to_be_illicit(
    learned: Learned,
) -> None:
    part, test = (learned.prepared.split[name] for name in (ASIDE, "test"))
    block = measured(learned)
    at_once, later = (
        twin(learned, part.as_of),
        twin(learned, min(part.stop + ahead(learned), test.as_of)),
    )
    guilty = illicit(learned)
    honest = [max(score, later[key]) for key, score in at_once.items() if key not in guilty]
    assert guilty
    assert at_once != later
    assert block.scores.tolist() == sorted(honest)
    assert block.facts["left_out"] == len(guilty & at_once.keys())
    assert block.facts["account_weeks"] == len(honest)
    assert (block.facts["labels"], block.facts["without_label"]) == ("complete", 0)


def ahead(learned: Learned) -> Any:
    return Reach.of(learned.prepared.catalogue).lookahead


def test_labels_of_other_parts_change_nothing(learned: Learned) -> None:
    prepared, part = learned.prepared, learned.prepared.split[ASIDE]
    assert prepared.rows.labels is not None
    inside = prepared.rows.within(part)
    label = 1 - prepared.rows.labels.label
    label[inside] = prepared.rows.labels.label[inside]
    again = measured(learned, relabelled(prepared, label))
    assert again.scores.tolist() == measured(learned).scores.tolist()


def test_illicit_ones_that_nobody_found_stay_in_and_raise_p_values(learned: Learned) -> None:
    prepared = learned.prepared
    assert prepared.rows.labels is not None
    hidden = relabelled(prepared, np.full(len(prepared.rows.time), -1))
    block, clean = measured(learned, hidden), measured(learned)
    assert block.facts["left_out"] == 0
    assert block.facts["account_weeks"] == clean.facts["account_weeks"] + clean.facts["left_out"]
    assert block.facts["without_label"] == block.facts["account_weeks"]
    upper = np.quantile(clean.scores, [0.5, 0.75])
    assert (block.p_values(upper) > clean.p_values(upper)).all()


def test_labels_that_are_not_used_are_not_used_here(learned: Learned) -> None:
    ignoring = learned.prepared.config.model_copy(update={"labels": "ignore"})
    block = measured(learned, replace(learned.prepared, config=ignoring))
    assert block.facts["labels"] == "ignored"
    assert block.facts["left_out"] == 0


def test_a_model_counts_looks_by_the_split_it_was_made_with(learned: Learned) -> None:
    prepared = learned.prepared
    data = {"snapshot_id": prepared.dataset.manifest.snapshot_id}
    facts = {"data": data, "split": prepared.split.plain()}
    bundle: Any = SimpleNamespace(manifest={"facts": facts})
    model = Model("m", "m", None, Path("m"), bundle, prepared.config)
    assert ASIDE in prepared.split
    assert model.split_digest == prepared.split.digest


def test_without_a_part_set_aside_there_is_nothing(learned: Learned) -> None:
    split = learned.prepared.split
    parts = tuple(part for part in split.parts if part.name != ASIDE)
    prepared = replace(learned.prepared, split=replace(split, parts=parts))
    assert honest_block(prepared, learned.ensemble) is None
