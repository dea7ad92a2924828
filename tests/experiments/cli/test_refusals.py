"""Inputs that can't be used: what was found, where, what was wanted; nothing half-written."""

import json
import os
import shutil

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from engine.bundle import load_bundle
from features.dataset import Dataset, DatasetFacts, write_dataset
from features.dataset.manifest import canonical_digest


def test_a_missing_column_is_named_beside_those_that_are_there(refuse, source):
    said = refuse(*source("t1,2024-01-01,a,b,EUR,0", header="id,when,from,to,currency,fraud"))
    assert "batch.csv, amount: no such column; wanted one of id, when, from, to" in said


def test_an_unmapped_label_column_is_refused(refuse, source):
    said = refuse(
        *source(
            "t1,2024-01-01,a,b,1,EUR,0,1",
            header="id,when,from,to,amount,currency,fraud,is_laundering",
        )
    )
    assert "batch.csv, is_laundering: label column left unmapped; wanted it mapped" in said


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("t1,2024-01-01,a,b,-4.50,EUR,0", "amount: negative"),
        ("t1,2024-01-01,a,b,ten,EUR,0", "amount: not a number"),
        ("t1,yesterday,a,b,1,EUR,0", "time: unreadable"),
        ("t1,2024-01-01,a,b,1,QQQ,0", "currency: unknown"),
        ("t1,2024-01-01,a,,1,EUR,0", "receiver: no account"),
        ("t1,2024-01-01,a,b", "row: another number of fields"),
    ],
)
def test_a_row_that_cannot_be_used_is_named_with_its_file_and_place(refuse, source, row, words):
    said = refuse(*source(row))
    assert f"1 rows refused: {words}" in said
    assert "batch.csv row 1" in said


def test_refused_rows_among_good_ones_are_counted_and_kept(call, source, tmp_path):
    answer = call(*source("t1,2024-01-01,a,b,1,EUR,0", "t2,2024-01-01,a,b,-1,EUR,0"))
    assert answer.code == 0
    assert "1 transactions" in answer.out
    assert "1 refused: amount: negative" in answer.out
    kept = Dataset.open(tmp_path / "data").quarantine().to_pylist()
    assert len(kept) == 1


def test_ids_that_stand_for_different_rows_are_refused(refuse, source):
    said = refuse(*source("t1,2024-01-01,a,b,1,EUR,0", "t1,2024-01-01,a,b,2,EUR,0"))
    assert "2 rows refused: transaction_id: another row has this id" in said


def test_an_empty_file_is_named(refuse, source, tmp_path):
    asked = source()
    (tmp_path / "batch.csv").write_bytes(b"")
    assert "batch.csv: empty file; wanted CSV or Parquet" in refuse(*asked)
    (tmp_path / "batch.csv").write_text("id,when,from,to,amount,currency,fraud\n")
    assert "batch.csv: no rows" in refuse(*asked)


def test_a_truncated_parquet_file_is_named(refuse, source, tmp_path):
    source()
    file = tmp_path / "batch.parquet"
    pq.write_table(pa.table({"id": ["t1"] * 1000}), file)
    file.write_bytes(file.read_bytes()[:-9])
    said = refuse("ingest", "batch.parquet", "--profile", "plain.toml", "--out", "data")
    assert "batch.parquet: truncated or unreadable" in said


def test_a_missing_file_is_named(refuse, source, tmp_path):
    asked = source()
    (tmp_path / "batch.csv").unlink()
    assert "batch.csv: no such file" in refuse(*asked)


def test_a_profile_that_does_not_exist_is_named_beside_the_shipped_ones(refuse, source):
    asked = source()
    asked[asked.index("plain.toml")] = "amlgentx"
    said = refuse(*asked)
    assert "no config 'amlgentx'" in said
    assert "amlgentex" in said


def test_every_mistake_of_a_profile_is_named(refuse, source, tmp_path):
    asked = source()
    profile = (tmp_path / "plain.toml").read_text()
    (tmp_path / "plain.toml").write_text(
        profile.replace('precision = "second"', 'precision = "seconds"').replace(
            "[amount]", "[amout]"
        )
    )
    said = refuse(*asked)
    assert "plain.toml, time.precision: 'seconds'" in said
    assert "plain.toml, amout: unknown key" in said


@pytest.mark.parametrize("command", ["score", "train", "validate", "features", "verify"])
def test_a_folder_that_is_no_dataset_is_named(refuse, served, tmp_path, command):
    (tmp_path / "nothing").mkdir()
    asked = {
        "score": ["score", "nothing", "--model", served.model, "--out", "out"],
        "train": ["train", "default", "--data", "nothing"],
        "validate": ["validate", "nothing"],
        "features": ["features", "nothing", "--out", "out"],
        "verify": ["verify", served.scores, "--data", "nothing"],
    }[command]
    assert "nothing: not a dataset" in refuse(*asked)


@pytest.mark.parametrize("command", ["report", "verify", "explain"])
def test_a_folder_that_holds_no_scores_is_named(refuse, served, tmp_path, command):
    (tmp_path / "nothing").mkdir()
    asked = {
        "report": ["report", "nothing"],
        "verify": ["verify", "nothing", "--data", served.dataset.path],
        "explain": ["explain", "nothing", "abc"],
    }[command]
    assert "nothing" in refuse(*asked)


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("nowhere", "nowhere: no such model: neither a folder nor an MLflow URI"),
        ("models:/moneytrail@champion", "no such model: no tracking store"),
        ("models:/moneytrail/1", "no such model: no tracking store"),
        ("runs:/abc/model", "no such model: no tracking store"),
        ("empty", "empty: not a model: bundle.json is missing"),
    ],
)
def test_a_model_that_does_not_exist_is_named(refuse, served, tmp_path, model, words):
    (tmp_path / "empty").mkdir()
    assert words in refuse("score", served.dataset.path, "--model", model, "--out", "out")


def test_a_changed_model_is_refused(refuse, served, tmp_path):
    model = shutil.copytree(served.model, tmp_path / "model")
    data = bytearray((model / "arrays.npz").read_bytes())
    data[99] ^= 1
    (model / "arrays.npz").write_bytes(data)
    said = refuse("score", served.dataset.path, "--model", "model", "--out", "out")
    assert "arrays.npz: changed" in said


@pytest.mark.parametrize("change", ["another name", "another definition"])
def test_a_model_made_for_another_catalogue_is_refused(refuse, served, resave, tmp_path, change):
    bundle = load_bundle(served.model)
    name, definitions = bundle.ensemble.names[7], dict(bundle.manifest["definitions"])
    if change == "another definition":
        definitions[name] = "0" * 64
    resave(tmp_path / "model", bundle, definitions=definitions)
    if change == "another name":
        _rename_a_feature(tmp_path / "model")
    said = refuse("score", served.dataset.path, "--model", "model", "--out", "out")
    assert "the model was trained for another catalogue" in said
    assert (name if change == "another definition" else "unheard_of") in said


def _rename_a_feature(model):
    file = model / "bundle.json"
    manifest = json.loads(file.read_text())
    manifest["features"][5] = "unheard_of"
    del manifest["digest"]
    manifest["digest"] = canonical_digest(manifest)
    file.write_text(json.dumps(manifest, sort_keys=True, indent=1, ensure_ascii=False) + "\n")


def test_a_dataset_in_other_money_than_the_model_s_is_refused(refuse, served, tables, tmp_path):
    tables.write(tmp_path / "crowns", reporting_currency="SEK")
    said = refuse("score", "crowns", "--model", served.model, "--out", "out")
    assert "reporting_currency: SEK; wanted EUR, as the model was trained on" in said


def test_a_dataset_with_a_broken_day_is_refused_and_the_file_named(refuse, served, tmp_path):
    data = shutil.copytree(served.dataset.path, tmp_path / "data")
    day = max((data / "transactions").rglob("*.parquet"))
    day.write_bytes(day.read_bytes()[:-20])
    said = refuse("score", "data", "--model", served.model, "--out", "out")
    assert f"{day.relative_to(tmp_path)}: unreadable" in said


def test_a_config_that_does_not_exist_is_named_beside_the_shipped_ones(refuse, served):
    said = refuse("train", "defalt", "--data", served.dataset.path)
    assert "no config 'defalt'" in said
    assert "default" in said


def test_every_mistake_of_a_config_is_named(refuse, served, tmp_path):
    (tmp_path / "mine.toml").write_text(
        '[split]\ntrian = 0.5\n[model]\ntree_depth = [3]\ndetectors = ["lof"]\n'
        '[population]\nfit = "some"\n[features]\nleading = 1\n'
    )
    said = refuse("train", "mine.toml", "--data", served.dataset.path)
    for words in ("split.trian: unknown key", "tree_depth", "population.fit: 'some'", "leading"):
        assert words in said


def test_a_config_that_asks_for_a_family_nobody_has_is_refused(refuse, served, tmp_path):
    (tmp_path / "mine.toml").write_text('[features]\nfamilies = ["astrology"]\n')
    assert "astrology" in refuse("train", "mine.toml", "--data", served.dataset.path)


@pytest.mark.parametrize("command", ["score", "ingest", "simulate", "features", "train"])
@pytest.mark.parametrize("kind", ["folder", "file", "dangling link"])
def test_an_output_that_exists_is_refused_and_left_alone(
    refuse, served, source, tmp_path, command, kind
):
    ingest = source()
    out = tmp_path / "taken"
    if kind == "folder":
        out.mkdir()
        (out / "mine.txt").write_text("mine")
    elif kind == "file":
        out.write_text("mine")
    else:
        out.symlink_to("nowhere")
    asked = {
        "score": ["score", served.dataset.path, "--model", served.model],
        "ingest": ingest[:-2],
        "simulate": ["simulate", "--transactions", "2000", "--days", "7"],
        "features": ["features", served.dataset.path],
        "train": ["train", "default", "--data", served.dataset.path],
    }[command]
    assert "taken: exists already" in refuse(*asked, "--out", "taken")
    if kind == "folder":
        assert (out / "mine.txt").read_text() == "mine"


def test_a_report_is_not_written_over_another(call, refuse, small, tmp_path):
    small.copy(tmp_path / "scores")
    assert call("report", "scores").code == 0
    assert "report: exists already" in refuse("report", "scores")


def test_missing_folders_above_an_output_are_made(call, source, tmp_path):
    asked = source()
    asked[-1] = "new/and/deep"
    assert call(*asked).code == 0
    assert Dataset.open(tmp_path / "new" / "and" / "deep").manifest.rows["transactions"] == 3


def test_a_place_that_cannot_hold_a_folder_is_named(refuse, source, tmp_path):
    asked = source()
    (tmp_path / "file").write_text("a file")
    asked[-1] = "file/data"
    assert "file/data: cannot be written: Not a directory" in refuse(*asked)
    asked[-1] = "n" * 250
    assert "cannot be written: File name too long" in refuse(*asked)


@pytest.mark.skipif(os.geteuid() == 0, reason="the root user may write everywhere")
def test_a_folder_that_may_not_be_written_is_named(refuse, source, tmp_path):
    asked = source()
    (tmp_path / "locked").mkdir(mode=0o500)
    asked[-1] = "locked/data"
    assert "locked/data: cannot be written: Permission denied" in refuse(*asked)


def test_a_full_disk_is_a_message_and_leaves_nothing(served, refuse, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("engine.scoring.write_manifest", full)
    asked = ["score", served.dataset.path, "--model", served.model, "--out", "out"]
    said = refuse(*asked, "--budget", "1")
    assert "No space left on device" in said


def test_an_unknown_candidate_is_named_beside_those_there_are(refuse, small):
    first = pq.ParquetFile(small.scores / "candidates.parquet").read()["candidate_id"][0].as_py()
    assert first in refuse("explain", small.scores, "zzz")
    assert "candidates have an id that begins so" in refuse("explain", small.scores, "")


def test_changed_scores_are_not_reported_on(refuse, small, tmp_path, tamper):
    scores = small.copy(tmp_path / "scores")
    tamper.table(scores / "candidates.parquet", lambda rows: rows[0].update(rank=7))
    assert "candidates.parquet: changed" in refuse("report", "scores")


def test_a_dataset_that_is_not_what_its_manifest_says_fails_validation(call, served, tmp_path):
    data = shutil.copytree(served.dataset.path, tmp_path / "data")
    (data / "labels.parquet").write_bytes(b"")
    answer = call("validate", "data")
    assert answer.code == 1
    assert "labels.parquet" in answer.out
    assert call("validate", served.dataset.path).code == 0


def test_a_batch_of_one_row_needs_no_more_than_that(tmp_path, call, served):
    table = pa.table(
        {
            "transaction_id": ["t"],
            "timestamp": pa.array([0], pa.timestamp("us", tz="UTC")),
            "sender": ["a"],
            "receiver": ["b"],
            "amount": [1],
            "currency": ["EUR"],
            "original_amount": pa.array([1], pa.decimal128(38, 8)),
            "channel": ["wire"],
        }
    )
    facts = DatasetFacts({"test": 1}, "EUR", 2, "second", "none")
    write_dataset(tmp_path / "data", table, facts)
    assert call("score", "data", "--model", served.model, "--out", "out").code == 0
