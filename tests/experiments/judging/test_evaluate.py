"""Judging a trained model: the same numbers as in training, the right rows, every look counted."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from experiments.evaluation.truth import RAW, RULES
from experiments.judging.evaluate import evaluate
from experiments.judging.outcome import Evaluation
from experiments.judging.span import Asked
from experiments.tracking import LOOK_TAG, Tracker
from features.dataset import Dataset
from features.errors import InputError, OutputError


@pytest.fixture(scope="module")
def told(trained: Any, tmp_path_factory: pytest.TempPathFactory) -> Evaluation:
    out = tmp_path_factory.mktemp("evaluated") / "out"
    return evaluate(str(trained.out), trained.dataset, out, trained.tracker, Asked())


def test_the_test_part_is_judged_as_training_judged_it(told: Any, trained: Any) -> None:
    own, trained_on = told.judgement, trained.result.judgements["test"]
    assert own.headline() == pytest.approx(trained_on.headline())  # sums in another order of rows
    for name in ("interval", "account_weeks", "networks", "kinds_at_capacity", "tops"):
        assert getattr(own, name) == getattr(trained_on, name), name
    named = {single.name: single for single in own.singles}
    assert all(named[single.name] == single for single in trained_on.singles)


def test_the_files_say_what_the_command_says(told: Any) -> None:
    plain = json.loads((told.out / "evaluation.json").read_text())
    assert plain == json.loads(json.dumps(told.plain()))
    assert plain["metrics"]["average_precision"] == told.judgement.average_precision
    assert plain["rows"]["part"] == "test"
    for point in plain["tables"]["capacity"]:
        assert point["recall"] == point["listed_illicit"] / point["candidates_illicit"]
    rows = pq.ParquetFile(told.out / "tables/rows.parquet").read()
    assert rows.num_rows == plain["rows"]["judged"] == told.judgement.rows
    assert pc.sum(rows["illicit"]).as_py() == plain["rows"]["illicit"]
    weeks = pq.ParquetFile(told.out / "tables/account_weeks.parquet").read()
    assert weeks.num_rows == told.judgement.account_weeks.count
    alone = {row["name"] for row in plain["tables"]["columns_alone"]}
    assert {"chance", "amount alone", "hbos", RULES, RAW} <= alone
    for each in plain["intervals"]:
        assert each["low"] is None or each["low"] <= each["high"]
    sure = {each["metric"]: each["value"] for each in plain["intervals"]}
    for name in ("average_precision", "precision_at_capacity", "recall_at_capacity"):
        assert sure[name] == pytest.approx(plain["metrics"][name])


def test_the_page_needs_nothing_from_elsewhere_and_shows_its_pictures(told: Any) -> None:
    page = (told.out / "index.html").read_text()
    assert "http://" not in page
    assert "https://" not in page
    pictures = [path.name for path in (told.out / "pictures").iterdir()]
    assert len(pictures) >= 4
    for name in pictures:
        assert f'src="pictures/{name}"' in page


def test_a_look_is_counted_as_training_counts_it(told: Any, trained: Any) -> None:
    assert list(told.looks) == [trained.result.looks.split]
    assert told.looks[trained.result.looks.split] > trained.result.looks.count
    with trained.tracker.pointed() as mlflow:
        run = mlflow.MlflowClient().get_run(told.run)
    assert run.data.tags[LOOK_TAG] == trained.result.looks.split
    assert run.data.tags["mlflow.parentRunId"] == trained.result.run_id
    assert run.data.metrics["test_average_precision"] == told.judgement.average_precision


def test_all_rows_are_judged_only_when_asked_and_with_a_warning(
    trained: Any, tmp_path: Path
) -> None:
    asked = Asked(split="all", budget=5)
    told = evaluate(str(trained.out), trained.dataset, tmp_path / "all", trained.tracker, asked)
    assert told.judgement.rows == trained.dataset.manifest.rows["transactions"]
    assert told.judgement.part == "judged"
    assert told.judgement.capacity.budget == 5
    assert any("flatter" in line for line in told.lines())


def part_of(world: Any, kept: pa.ChunkedArray, out: Path) -> Dataset:
    """Write some rows of the world, with their labels, as another dataset."""
    rows = world.transactions.filter(kept)
    ids = rows["transaction_id"].combine_chunks()
    labels = world.labels.filter(pc.is_in(world.labels["transaction_id"], ids))
    dataset: Dataset = world.write(out, rows, labels)
    return dataset


def test_other_data_is_judged_whole_without_a_look_and_without_a_store(
    trained: Any, world: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    late = pc.greater_equal(world.transactions["timestamp"], pa.scalar(trained.result.test_start))
    other = part_of(world, late, tmp_path / "other")
    tracker = Tracker(f"sqlite:///{tmp_path / 'mlflow.db'}")
    told = evaluate(str(trained.out), other, tmp_path / "out", tracker, Asked())
    assert (told.looks, told.run) == ({}, None)
    assert not (tmp_path / "mlflow.db").exists()
    assert told.judgement.rows == other.manifest.rows["transactions"]
    assert not told.judged.notes


def test_the_test_part_of_other_data_is_refused(trained: Any, world: Any, tmp_path: Path) -> None:
    early = pc.less(world.transactions["timestamp"], pa.scalar(trained.result.test_start))
    other = part_of(world, early, tmp_path / "other")
    with pytest.raises(InputError, match="no test part"):
        evaluate(str(trained.out), other, tmp_path / "out", trained.tracker, Asked(split="test"))


@pytest.mark.parametrize(
    ("completeness", "said"), [("none", "it has no labels"), ("complete", "nothing illicit")]
)
def test_data_without_labels_to_judge_by_is_refused_before_any_look(
    completeness: str, said: str, trained: Any, world: Any, tmp_path: Path
) -> None:
    honest = world.labels.filter(pc.equal(world.labels["label"], 0))
    labels = None if completeness == "none" else honest
    other = world.write(tmp_path / "other", None, labels, completeness)
    with pytest.raises(InputError, match=said):
        evaluate(str(trained.out), other, tmp_path / "out", trained.tracker, Asked())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other"]


def test_an_existing_output_is_refused(trained: Any) -> None:
    dataset: Dataset = trained.dataset
    with pytest.raises(OutputError, match="exists already"):
        evaluate(str(trained.out), dataset, trained.out, trained.tracker, Asked())
