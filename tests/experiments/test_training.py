"""Training: what it may see, what it makes, and what happens when it fails."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from engine.bundle import load_bundle, save_bundle
from experiments import feature_selection, learning, training
from experiments.config import ExperimentConfig
from experiments.learning import learn
from experiments.rows import UNKNOWN, micros
from experiments.tracking import Tracker
from experiments.training import prepare, train
from experiments.tuning import search_for
from features.catalogue import CATALOGUE
from features.dataset import Dataset
from features.errors import ConfigError, OutputError


def model_files(config: ExperimentConfig, dataset: Dataset, folder: Path) -> dict[str, bytes]:
    """Train without recording; return the bundle's files, its manifest without the facts."""
    learned = learn(prepare(config, dataset))
    save_bundle(folder, learned.ensemble, definitions={}, facts={}, peers=learned.peers)
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def renamed(column: pa.ChunkedArray, prefix: str) -> pa.Array:
    """Rename ids so that their order turns around."""
    names = column.cast(pa.string()).to_pylist()
    fresh = {name: f"{prefix}{-place:010}" for place, name in enumerate(sorted({*names} - {None}))}
    return pa.array([fresh.get(name) for name in names], pa.string())


@pytest.fixture(scope="module")
def plain_files(
    trained: Any, quick: ExperimentConfig, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, bytes]:
    return model_files(quick, trained.dataset, tmp_path_factory.mktemp("plain") / "model")


def test_shuffled_rows_and_renamed_ids_make_the_same_model_bit_for_bit(
    world: Any, quick: ExperimentConfig, plain_files: dict[str, bytes], tmp_path: Path
) -> None:
    order = np.random.default_rng(1).permutation(world.transactions.num_rows)
    rows = world.transactions.take(order)
    table = rows
    sides = pa.chunked_array(
        [rows[side].cast(pa.string()).combine_chunks() for side in ("sender", "receiver")]
    )
    accounts = renamed(sides, "account")
    count = rows.num_rows
    new = {
        "transaction_id": renamed(rows["transaction_id"], "t"),
        "sender": accounts.slice(0, count),
        "receiver": accounts.slice(count),
    }
    for name, column in new.items():
        place = table.schema.get_field_index(name)
        table = table.set_column(place, name, column)
    ids = dict(
        zip(rows["transaction_id"].to_pylist(), new["transaction_id"].to_pylist(), strict=True)
    )
    labels = world.labels.set_column(
        0,
        "transaction_id",
        pa.array([ids[each] for each in world.labels["transaction_id"].to_pylist()]),
    )
    dataset = world.write(tmp_path / "renamed", table, labels)
    assert model_files(quick, dataset, tmp_path / "model") == plain_files


def test_features_and_settings_are_chosen_alike_on_any_threads_and_in_any_order(
    world: Any, quick: ExperimentConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learning, "LEAST_POSITIVES", 1)
    order = np.random.default_rng(2).permutation(world.transactions.num_rows)
    tables = {1: world.transactions, 2: world.transactions.take(order)}
    found = []
    for threads, table in tables.items():
        content = quick.plain()
        content["model"] |= {"threads": threads, "trees_a_round": 3, "choice_rows": 1_500}
        content |= {"features": {"sizes": [20, 50], "company": False}, "tuning": {"trials": 3}}
        config = ExperimentConfig.model_validate(content)
        prepared = prepare(config, world.write(tmp_path / f"data{threads}", table))
        place = tmp_path / str(threads)
        place.mkdir()
        search = search_for(config, "data", "catalogue", f"sqlite:///{place / 'm.db'}", str)
        learned = learn(prepared, search)
        folder = place / "model"
        save_bundle(folder, learned.ensemble, definitions={}, facts={}, peers=learned.peers)
        manifest = json.loads((folder / "bundle.json").read_bytes())
        assert manifest["settings"].pop("threads") == threads
        del manifest["digest"]
        files = {path.name: path.read_bytes() for path in folder.glob("[!b]*")}
        files["booster.ubj"] = (folder / "booster.ubj").read_bytes()
        found.append((manifest, files))
    assert found[0] == found[1]
    assert len(found[0][0]["fit"]["trials"]) == 3
    sizes = [tried["features"] for tried in learned.sizes]
    assert sizes == [20, 50, len(CATALOGUE)]
    assert len(found[0][0]["features"]) in sizes


def test_a_model_computes_the_features_it_kept_and_what_indicators_need_beside(
    trained: Any, quick: ExperimentConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learning, "LEAST_POSITIVES", 1)
    content = {**quick.plain(), "features": {"sizes": [5], "company": False}}
    wide = prepare(ExperimentConfig.model_validate(content), trained.dataset)
    monkeypatch.setattr(feature_selection, "_error", lambda _: 1.0)
    learned = learn(wide)
    narrow = learned.prepared
    assert len(narrow.names) == 5
    assert learned.ensemble.names == narrow.names
    assert [row["features"] for row in learned.sizes] == [5, len(wide.names)]
    again, part = narrow.judged("calibration"), learned.validation["calibration"]
    for own in (again, part):  # rows of one instant are ordered by all features there were
        assert set(own.at) == set(again.at)
    places = [np.argsort(own.at) for own in (again, part)]
    assert np.array_equal(again.X[places[0]], part.X[places[1]], equal_nan=True)
    assert set(narrow.measured) >= set(wide.indicators.measured(()))


def test_nothing_of_the_test_part_reaches_the_model(
    world: Any,
    trained: Any,
    quick: ExperimentConfig,
    plain_files: dict[str, bytes],
    tmp_path: Path,
) -> None:
    test = prepare(quick, trained.dataset).split["test"]
    late = pc.greater_equal(world.transactions["timestamp"], pa.scalar(test.start))
    amount = world.transactions["amount"]
    changed = pc.if_else(late, pc.add(pc.multiply(amount, 3), 7), amount)
    place = world.transactions.schema.get_field_index("amount")
    rows = world.transactions.set_column(place, "amount", changed)
    hidden = rows.filter(late)["transaction_id"]
    flipped = pc.if_else(
        pc.is_in(world.labels["transaction_id"], value_set=hidden.combine_chunks()),
        pc.subtract(pa.scalar(1, pa.int8()), world.labels["label"]),
        world.labels["label"],
    )
    place = world.labels.schema.get_field_index("label")
    dataset = world.write(
        tmp_path / "changed", rows, world.labels.set_column(place, "label", flipped)
    )
    assert model_files(quick, dataset, tmp_path / "model") == plain_files


def test_each_part_knows_only_the_labels_of_its_own_time(
    world: Any, quick: ExperimentConfig, tmp_path: Path
) -> None:
    late = pa.scalar(world.transactions["timestamp"].to_pylist()[-1])
    place = world.labels.schema.get_field_index("known_at")
    known_at = pa.array([late] * world.labels.num_rows, world.labels.schema.field("known_at").type)
    dataset = world.write(
        tmp_path / "late", labels=world.labels.set_column(place, "known_at", known_at)
    )
    prepared = prepare(quick, dataset)
    assert set(prepared.training().label) == {UNKNOWN}
    assert set(prepared.judged("tuning").label) == {UNKNOWN}
    assert set(prepared.judged("test").label) == {0, 1}
    learned = learn(prepared)
    assert learned.ensemble.score_kind == "anomaly"
    assert any("without labels" in note for note in learned.notes)


def test_leading_features_are_unknown_at_the_end_of_the_train_part(
    trained: Any, quick: ExperimentConfig
) -> None:
    prepared = prepare(quick, trained.dataset)
    leading = [
        column
        for column, feature in enumerate(prepared.catalogue)
        if feature.direction == "leading"
    ]
    assert leading
    part = prepared.training()
    last = prepared.rows.time[part.at] == micros(prepared.split["train"].as_of)
    assert last.any()
    assert np.isnan(part.X[np.ix_(last, leading)]).all()


def test_only_illicit_labels_count_all_others_as_honest(
    world: Any, quick: ExperimentConfig, tmp_path: Path
) -> None:
    positive = world.labels.filter(pc.equal(world.labels["label"], 1))
    dataset = world.write(tmp_path / "pu", labels=positive, completeness="positive-only")
    label = prepare(quick, dataset).training().label
    assert set(label) == {0, 1}


def test_rows_without_a_label_are_unknown_not_honest(
    world: Any, quick: ExperimentConfig, tmp_path: Path
) -> None:
    some = world.labels.slice(0, world.labels.num_rows // 2)
    dataset = world.write(tmp_path / "some", labels=some, completeness="partial")
    prepared = prepare(quick, dataset)
    part = prepared.training()
    assert UNKNOWN in set(part.label)
    test = prepared.judged("test")
    known = prepared.truth(test)
    assert known is not None
    assert len(known[1]) == (test.label != UNKNOWN).sum() < len(test.at)


def test_internal_rows_only_where_the_config_says_so(trained: Any, quick: ExperimentConfig) -> None:
    content = {**quick.plain(), "population": {"fit": "internal", "reference": "all"}}
    prepared = prepare(ExperimentConfig.model_validate(content), trained.dataset)
    part, rows = prepared.training(), prepared.rows
    outside = (rows.sender[part.at] < 0) | (rows.receiver[part.at] < 0)
    assert outside.any()
    assert set(part.label[outside]) == {UNKNOWN}
    assert 1 in part.label[~outside]


def test_without_labels_the_detectors_alone_are_trained_and_that_is_said(
    world: Any, quick: ExperimentConfig, tmp_path: Path
) -> None:
    prepared = prepare(quick, world.write(tmp_path / "bare", completeness="none"))
    learned = learn(prepared)
    assert learned.ensemble.score_kind == "anomaly"
    assert learned.notes == ("the dataset has no labels: trained the detectors alone",)


def test_without_labels_nothing_is_judged_and_no_look_is_counted(
    world: Any, quick: ExperimentConfig, trained: Any, tmp_path: Path
) -> None:
    dataset = world.write(tmp_path / "bare", completeness="none")
    result = train(quick, dataset, None, trained.tracker)
    assert result.looks is None
    assert not result.judgements
    assert any("no labels" in line for line in result.lines())


def test_an_unknown_family_is_refused(trained: Any) -> None:
    config = ExperimentConfig.model_validate({"features": {"families": ["astrology"]}})
    with pytest.raises(ConfigError, match="astrology"):
        prepare(config, trained.dataset)


def test_an_existing_output_is_refused_before_any_work(
    quick: ExperimentConfig, trained: Any, tmp_path: Path
) -> None:
    tracker = Tracker(f"sqlite:///{tmp_path / 'mlflow.db'}")
    with pytest.raises(OutputError, match="exists already"):
        train(quick, trained.dataset, trained.out, tracker)
    assert not (tmp_path / "mlflow.db").exists()


def test_a_failed_training_is_marked_and_leaves_nothing_half_written(
    quick: ExperimentConfig, trained: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(training, "draw_importance", broken)
    before = trained.tracker.versions("moneytrail")
    with pytest.raises(OSError, match="the disk is full"):
        train(quick, trained.dataset, tmp_path / "model", trained.tracker, title="broken")
    assert not list(tmp_path.iterdir())
    assert trained.tracker.versions("moneytrail") == before
    with trained.tracker.pointed() as mlflow:
        runs = mlflow.search_runs(experiment_names=["moneytrail"], output_format="list")
    assert [run.info.status for run in runs if run.info.run_name == "broken"] == ["FAILED"]


def test_the_bundle_says_what_it_was_made_from(trained: Any, quick: ExperimentConfig) -> None:
    facts = load_bundle(trained.out).manifest["facts"]
    assert facts["config"] == quick.plain()
    assert facts["data"]["snapshot_id"] == trained.dataset.manifest.snapshot_id
    assert set(facts["split"]) == {"train", "tuning", "calibration", "test"}


def test_the_summary_tells_precision_beside_the_base_rate_and_what_to_do_next(trained: Any) -> None:
    told = "\n".join(trained.result.lines())
    for part in (
        "average precision",
        "base rate",
        "top 1 %",
        "look ",
        "champion",
        "Next, on rows it was not trained on:",
        "moneytrail score",
    ):
        assert part in told
    assert trained.result.plain()["metrics"]["test_average_precision"] >= 0
