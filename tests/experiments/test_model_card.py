"""A model card says what a model is for, how it was made, how good it is, and where it fails."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from experiments.config import ExperimentConfig, Features
from experiments.model_card import measured, use
from experiments.training import train

SECTIONS = (
    "What it is for",
    "What it is not for",
    "What the score means",
    "Data",
    "Split",
    "How good it is",
    "What it has to beat",
    "What it finds, by pattern type",
    "Calibration",
    "Drift",
    "Limits",
    "Whom it can harm",
    "Made with",
)


@pytest.fixture(scope="module")
def card(trained: Any) -> str:
    with trained.tracker.pointed() as mlflow:
        tags = mlflow.MlflowClient().get_run(trained.result.run_id).data.tags
    return str(tags["mlflow.note.content"])


def sections(card: str) -> list[str]:
    return re.findall(r"^## (.+)$", card, re.MULTILINE)


def test_it_has_every_section_once_and_in_order(card: str) -> None:
    assert sections(card) == list(SECTIONS)


def test_it_says_the_numbers_that_were_measured(card: str, trained: Any) -> None:
    judged = trained.result.judgements["test"]
    assert f"{judged.average_precision:.3f} ({judged.interval.low:.2f} to" in card
    point = judged.capacity
    assert f"({point.rows_caught:.0f} of {point.rows_illicit})" in card
    for each in judged.kinds_top_1pct:
        assert f"| {each.kind} |" in card
    for each in judged.singles:
        assert f"| {each.name} |" in card
    assert f"look {trained.result.looks.count} at the test part" in card


def test_nothing_in_it_is_a_number_that_is_none(card: str) -> None:
    assert not re.search(r"\bnan\b|\bNone\b|\{|\}", card)


def test_without_labels_it_says_what_is_not_known(
    world: Any, quick: ExperimentConfig, trained: Any, tmp_path: Path
) -> None:
    bare = world.write(tmp_path / "bare", completeness="none")
    few = quick.model_copy(update={"features": Features(families=("volume and velocity",))})
    made = train(few, bare, None, trained.tracker)
    with trained.tracker.pointed() as mlflow:
        tags = mlflow.MlflowClient().get_run(made.run_id).data.tags
    told = str(tags["mlflow.note.content"])
    assert "Not known: there are no labels" in told
    assert "It is not a probability" in told
    assert "Drift" in sections(told)
    assert not re.search(r"\bnan\b|\bNone\b", told)


def test_few_patterns_are_warned_of(trained: Any) -> None:
    judged, manifest = trained.result.judgements["test"], trained.dataset.manifest
    few = measured.sections({"test": replace(judged, patterns=3)}, 1, manifest)[0]
    many = measured.sections({"test": replace(judged, patterns=30)}, 2, manifest)[0]
    assert "these numbers say little" in few
    assert "these numbers say little" not in many
    assert "the more its numbers flatter" in many


@pytest.mark.parametrize(
    ("note", "warned"),
    [
        ("no part has positives and negatives to calibrate on: the trees' own log-odds", True),
        ("tuning rows lack positives or negatives: trees not tuned", False),
    ],
)
def test_a_probability_that_is_none_is_called_a_rank(
    note: str, warned: bool, trained: Any, quick: ExperimentConfig
) -> None:
    facts = {"score_kind": "probability", "detectors": "tail", "features": 9, "notes": [note]}
    told = use.sections(quick, trained.dataset.manifest, facts)[-1]
    assert ("read it as a rank" in told) == warned
    told = use.sections(quick, trained.dataset.manifest, {**facts, "score_kind": "uncalibrated"})
    assert "It ranks. It is not a probability" in told[-1]
    assert "trees that learned" in told[0]
