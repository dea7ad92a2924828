"""What a training has to beat: the same rankings as in an evaluation, from the same code."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from engine.scoring import Request
from engine.scoring.flagged import write_flagged
from experiments.baselines import baselines, raw_scores
from experiments.config import ExperimentConfig
from experiments.evaluation.truth import AMOUNT, CHANCE, RAW, RULES
from experiments.judging.evaluate import evaluate
from experiments.judging.span import Asked
from experiments.learning import learn
from experiments.training import prepare
from features.dataset import Dataset


def test_a_training_has_to_beat_what_an_evaluation_shows(trained: Any, tmp_path: Path) -> None:
    told = evaluate(
        str(trained.out), trained.dataset, tmp_path / "out", trained.tracker, Asked()
    ).judgement
    own = trained.result.judgements["test"]
    names = [one.name for one in own.singles]
    assert {RULES, RAW, AMOUNT, CHANCE, *trained.result.detectors} == set(names)
    again = {one.name: one for one in told.singles}
    assert {one.name: one for one in own.singles} == again


def test_the_run_in_the_store_and_its_card_show_them(trained: Any, tmp_path: Path) -> None:
    with trained.tracker.pointed() as mlflow:
        client = mlflow.MlflowClient()
        card = client.get_run(trained.result.run_id).data.tags["mlflow.note.content"]
        table = Path(
            client.download_artifacts(
                trained.result.run_id, "tables/test_columns_alone.csv", str(tmp_path)
            )
        ).read_text()
    for name in (RULES, RAW):
        assert name in card
        assert name in table


@pytest.mark.parametrize("families", [(), ("volume and velocity",)])
def test_rules_are_those_that_a_list_of_flags_shows(
    trained: Any, quick: ExperimentConfig, tmp_path: Path, families: tuple[str, ...]
) -> None:
    content = {**quick.plain(), "features": {"families": families, "company": False}}
    prepared = prepare(ExperimentConfig.model_validate(content), trained.dataset)
    learned, part = learn(prepared), prepared.judged("test")
    found = baselines(learned.prepared, learned.peers, "test", part)[RULES]
    test = prepared.split["test"]
    request = Request(test.start, test.stop, test.as_of)
    write_flagged(trained.dataset, trained.out, tmp_path / "flags", request)
    said = pq.read_table(tmp_path / "flags").to_pydict()
    fired = dict(zip(said["transaction_id"], said["rule_score"], strict=True))
    ids = prepared.rows.transaction_id.to_pylist()
    assert found.any()
    assert found.tolist() == [fired.get(ids[row], 0.0) for row in part.at.tolist()]


def test_scores_stand_at_their_rows_whatever_their_order(
    trained: Any, quick: ExperimentConfig
) -> None:
    prepared = prepare(quick, trained.dataset)
    at = prepared.judged("test").at
    scores = raw_scores(prepared, "test", at)
    assert len(np.unique(scores)) > 1
    assert np.array_equal(raw_scores(prepared, "test", at[::-1]), scores[::-1])


def test_labels_that_the_model_ignores_are_still_learned_from(
    trained: Any, quick: ExperimentConfig
) -> None:
    both = [
        prepare(quick.model_copy(update={"labels": labels}), trained.dataset)
        for labels in ("use", "ignore")
    ]
    at = both[0].judged("test").at
    scores = [raw_scores(prepared, "test", at) for prepared in both]
    assert np.array_equal(scores[0], scores[1])


def test_without_labels_there_is_nothing_to_beat(
    world: Any, quick: ExperimentConfig, trained: Any, tmp_path: Path
) -> None:
    bare: Dataset = world.write(tmp_path / "bare", completeness="none")
    prepared = prepare(quick, bare)
    peers = learn(prepare(quick, trained.dataset)).peers
    assert baselines(prepared, peers, "test", prepared.judged("test")) == {}
