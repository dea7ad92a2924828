"""What a run leaves in MLflow, and finding a model again."""

import io
import json
import os
import pickle
import pickletools
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.booster import Trees
from engine.bundle import load_bundle
from experiments import serving
from experiments.config import ExperimentConfig
from experiments.tracking import Tracker, resolve_model
from experiments.tracking.runs import KIND_TAG
from experiments.training import train
from features.errors import BundleError, InputError


@pytest.fixture
def client(trained: Any) -> Iterator[Any]:
    with trained.tracker.pointed() as mlflow:
        yield mlflow.MlflowClient()


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_nothing_is_told_to_anyone(client: Any) -> None:
    from mlflow.telemetry.client import get_telemetry_client  # noqa: PLC0415

    assert get_telemetry_client() is None
    assert os.environ["MLFLOW_DISABLE_TELEMETRY"] == "true"


def test_the_tracking_store_of_the_user_is_left_as_it_was(trained: Any) -> None:
    assert os.environ.get("MLFLOW_TRACKING_URI") != trained.tracker.uri


def test_a_run_records_what_two_runs_are_compared_by(trained: Any, client: Any) -> None:
    run = client.get_run(trained.result.run_id)
    assert run.info.status == "FINISHED"
    assert run.data.params["snapshot_id"] == trained.dataset.manifest.snapshot_id
    assert run.data.params["split.train"] == "0.6"
    assert run.inputs.dataset_inputs[0].dataset.digest == trained.result.snapshot_id[:36]
    for name in ("average_precision", "base_rate", "recall_at_capacity", "score_psi"):
        assert f"test_{name}" in run.data.metrics
    assert run.data.metrics["test_looks"] >= 1
    assert run.data.tags["mlflow.note.content"].startswith("# Model card")


def test_the_list_of_runs_shows_few_metrics_and_the_tables_hold_the_rest(
    trained: Any, client: Any, tmp_path: Path
) -> None:
    metrics = client.get_run(trained.result.run_id).data.metrics
    assert len(metrics) <= 12
    place = client.download_artifacts(trained.result.run_id, "tables", str(tmp_path))
    told = json.loads((Path(place) / "measurements.json").read_text())["test"]
    for name, value in told["headline"].items():
        assert metrics.get(name, value) == value
    assert "test_recall_top_1pct" in told["headline"]
    assert told["networks_at_capacity"]


def test_what_was_tried_is_nested_under_the_run_that_tried_it(trained: Any, client: Any) -> None:
    run = client.get_run(trained.result.run_id)
    wanted = f"tags.`mlflow.parentRunId` = '{run.info.run_id}' and tags.`{KIND_TAG}` = 'trial'"
    trials = client.search_runs([run.info.experiment_id], wanted)
    tried = load_bundle(trained.out).ensemble.facts["trials"]
    assert isinstance(tried, list)
    assert len(trials) == len(tried) > 1
    assert {trial.info.status for trial in trials} == {"FINISHED"}
    assert sorted(trial.data.metrics["tuning_average_precision"] for trial in trials) == sorted(
        one["average_precision"] for one in tried
    )


def test_pictures_tables_and_card_are_artifacts(trained: Any, client: Any) -> None:
    listed = {
        entry.path
        for folder in ("", "pictures", "tables")
        for entry in client.list_artifacts(trained.result.run_id, folder)
    }
    pictures = ("precision_recall", "recall_at_capacity", "calibration", "score_distribution")
    assert {f"pictures/{name}.png" for name in pictures} <= listed
    assert {"model_card.md", "test_looks.jsonl", "tables/measurements.json"} <= listed
    assert "tables/test_pattern_recall_top_1pct.csv" in listed
    drawn = ("family_importance", "drift_by_family", "missing_by_family", "score_by_week")
    assert {f"pictures/{name}.png" for name in drawn} <= listed
    kept = ("family_importance", "drift_by_family", "drift_by_feature", "score_by_week")
    assert {f"tables/{name}.csv" for name in kept} <= listed


def test_artifacts_lie_beside_the_store(trained: Any, client: Any) -> None:
    beside = Path(trained.tracker.uri.removeprefix("sqlite:///")).parent
    assert client.get_run(trained.result.run_id).info.artifact_uri.startswith(beside.as_uri())


def test_the_registered_bundle_is_the_one_in_the_plain_folder(trained: Any, tmp_path: Path) -> None:
    found = resolve_model(trained.result.model_uri, tmp_path / "model", trained.tracker.uri)
    assert files(found.folder) == files(trained.out)
    assert found.uri == trained.result.model_uri
    assert found.run_id == trained.result.run_id


def pickled(data: bytes) -> bool:
    """Whether bytes are a pickle: of protocol 2 and later, or one that can be taken apart."""
    if data[:1] == b"\x80":
        return True
    try:
        return sum(1 for _ in pickletools.genops(data)) > 1
    except (ValueError, IndexError, UnicodeDecodeError):
        return False


def test_every_file_of_a_logged_model_is_data_and_none_is_a_pickle_or_code(
    trained: Any, client: Any
) -> None:
    outputs = client.get_run(trained.result.run_id).outputs.model_outputs
    model = client.get_logged_model(outputs[0].model_id)
    inside = files(Path(model.artifact_location.removeprefix("file://")))
    assert {"MLmodel", "requirements.txt"} < set(inside)
    assert "code: null" in inside["MLmodel"].decode()
    for name, data in inside.items():
        assert not pickled(data), name
        match Path(name).suffix:
            case ".json":
                json.loads(data)
            case ".toml":
                tomllib.loads(data.decode())
            case ".yaml" | ".txt" | "":
                assert data.decode().isprintable() or "\n" in data.decode()
                assert "!!python" not in data.decode()
            case ".npz":
                only_numbers(data)
            case ".ubj":
                assert data.startswith(b"{L")  # an object of UBJSON, which has no code
                Trees.from_bytes(data)
            case other:
                pytest.fail(f"{name}: no file of {other} is expected")


def only_numbers(archive: bytes) -> None:
    """Every member is a bare array; reading one as a pickle would be refused here."""
    with zipfile.ZipFile(io.BytesIO(archive)) as members:
        for name in members.namelist():
            assert name.endswith(".npy")
            array = np.load(io.BytesIO(members.read(name)), allow_pickle=False)
            assert array.dtype.kind in "biufU"
            assert not array.dtype.hasobject


def test_a_pickle_would_be_noticed() -> None:
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert pickled(pickle.dumps({"a": [1, 2]}, protocol))


def test_the_pyfunc_scores_plain_rows_as_the_bundle_does_in_the_order_given(
    trained: Any, tmp_path: Path
) -> None:
    rows = serving.example()
    with trained.tracker.pointed() as tracked:
        model = tracked.pyfunc.load_model(trained.result.model_uri)
        forward, backward = model.predict(rows), model.predict(rows.iloc[::-1])
    assert list(forward.columns) == [column.name for column in serving.OUTPUTS]
    assert forward["score"].between(0, 1).all()
    assert forward["score"].tolist() == backward["score"].tolist()[::-1]
    assert set(forward["score_kind"]) == {load_bundle(trained.out).ensemble.score_kind}


def test_plain_columns_and_dataset_rows_are_the_same(world: Any) -> None:
    rows = world.transactions.slice(0, 50)
    back = serving.to_transactions(serving.to_plain(rows))
    assert back.to_pylist() == rows.to_pylist()


def test_rows_that_cannot_be_scored_are_refused_with_every_fault(world: Any) -> None:
    rows = serving.to_plain(world.transactions.slice(0, 3)).drop(columns=["amount"])
    rows["timestamp"] = "yesterday"
    with pytest.raises(InputError) as caught:
        serving.to_transactions(rows)
    assert "amount" in str(caught.value)
    assert "timestamp" in str(caught.value)


def test_looking_again_is_counted_and_the_champion_stays(
    trained: Any, quick: ExperimentConfig, client: Any, tmp_path: Path
) -> None:
    earlier = train(quick, trained.dataset, None, trained.tracker)
    again = train(quick, trained.dataset, None, trained.tracker)
    assert earlier.looks is not None
    assert again.looks is not None
    assert again.looks.count == earlier.looks.count + 1
    assert any("the more looks" in line for line in again.lines())
    client.download_artifacts(again.run_id, "test_looks.jsonl", str(tmp_path))
    lines = [json.loads(line) for line in (tmp_path / "test_looks.jsonl").read_text().splitlines()]
    assert [line["look"] for line in lines] == list(range(1, again.looks.count + 1))
    assert {earlier.run_id, again.run_id} <= {line["run"] for line in lines}
    for alias, uri in (("champion", trained.result.model_uri), ("challenger", again.model_uri)):
        found = resolve_model(f"models:/moneytrail@{alias}", tmp_path / alias, trained.tracker.uri)
        assert found.uri == uri
    assert (trained.result.alias, again.alias) == ("champion", "challenger")
    assert any("moneytrail promote" in line for line in again.lines())


def test_a_run_that_looks_at_two_test_parts_is_counted_at_both(tmp_path: Path) -> None:
    tracker = Tracker(f"sqlite:///{tmp_path / 'mlflow.db'}")
    with tracker.run("moneytrail", "both") as run:
        assert [run.look("a" * 64), run.look("b" * 64)] == [1, 1]
    with tracker.run("moneytrail", "again") as run:
        assert [run.look("b" * 64), run.look("a" * 64)] == [2, 2]


def test_a_plain_folder_is_a_model(trained: Any, tmp_path: Path) -> None:
    found = resolve_model(str(trained.out), tmp_path / "unused")
    assert (found.folder, found.version, found.run_id) == (trained.out, None, None)
    assert not (tmp_path / "unused").exists()


@pytest.mark.parametrize(
    "uri",
    [
        "nowhere",
        "models:/nobody@champion",
        "models:/moneytrail@runner-up",
        "models:/moneytrail/999",
        "models:/moneytrail",
        "models:/",
        "runs:/none/model",
    ],
)
def test_a_model_that_is_not_there_is_a_clear_error(uri: str, trained: Any, tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="no such model"):
        resolve_model(uri, tmp_path / "model", trained.tracker.uri)
    assert not list(tmp_path.iterdir())


def test_asking_for_a_model_makes_no_store(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="no tracking store"):
        resolve_model("models:/moneytrail@champion", tmp_path / "m", f"sqlite:///{tmp_path}/x.db")
    assert not list(tmp_path.iterdir())


def test_a_relative_store_is_meant_from_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    assert Tracker().uri == f"sqlite:///{tmp_path}/mlflow.db"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:1")
    assert Tracker().uri == "http://127.0.0.1:1"
