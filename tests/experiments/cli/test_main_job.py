"""The main job through the command, and what it prints."""

import json
import re

import pyarrow.parquet as pq

from features.catalogue import CATALOGUE

QUICK = """
name = "quick"
[model]
forest_trees = 10
forest_sample = 64
tree_depths = [3]
positive_weights = [1.0]
anomaly_weights = [0.0]
rounds = 20
threads = 1
reference_points = 101
"""


def test_the_main_job_from_simulation_to_verification(call, tmp_path):
    (tmp_path / "quick.toml").write_text(QUICK, encoding="utf-8")
    assert call("simulate", "--out", "data", "--transactions", "4000", "--days", "40").code == 0
    assert call("validate", "data").code == 0
    trained = call("train", "quick.toml", "--data", "data", "--out", "model", "--json")
    assert trained.code == 0
    assert json.loads(trained.out)["model_uri"] == "models:/quick/1"
    champion = ["score", "data", "--model", "models:/quick@champion", "--budget", "3", "--json"]
    scored = call(*champion, "--out", "scores")
    assert scored.code == 0
    manifest = json.loads(scored.out)
    assert manifest["model"]["uri"] == "models:/quick/1"
    assert manifest["model"]["version"] == "1"
    assert call("score", "data", "--model", "model", "--budget", "3", "--out", "again").code == 0
    for name in ("scores", "candidates", "evidence"):
        first, second = (tmp_path / place / f"{name}.parquet" for place in ("scores", "again"))
        assert first.read_bytes() == second.read_bytes()
    assert (tmp_path / "scores/model/bundle.json").read_bytes() == (
        tmp_path / "model/bundle.json"
    ).read_bytes()
    assert "report/index.html in a browser" in call("report", "scores").out
    verified = call("verify", "scores", "--data", "data")
    assert verified.code == 0
    assert "all the same" in verified.out


def test_results_go_to_stdout_and_progress_to_stderr(call, served):
    asked = ["score", served.dataset.path, "--model", served.model, "--budget", "1"]
    answer = call(*asked, "--from", "2025-01-20", "--out", "out", "--json")
    assert answer.code == 0
    assert json.loads(answer.out)["budget"] == 1
    assert answer.said.startswith("… ")
    assert "rows scored" in answer.said


def test_a_verification_that_fails_names_the_first_difference_and_exits_with_1(
    call, small, tmp_path, tamper
):
    scores = small.copy(tmp_path / "scores")
    tamper.table(scores / "scores.parquet", lambda rows: rows[7].update(score=0.5))
    answer = call("verify", "scores", "--data", small.dataset.path)
    assert answer.code == 1
    assert re.search(r"First difference:\n  scores.parquet, transaction_id \w+, score", answer.out)
    assert "Traceback" not in answer.said
    as_json = call("verify", "scores", "--data", small.dataset.path, "--json")
    assert as_json.code == 1
    assert json.loads(as_json.out)["ok"] is False


def test_explain_prints_the_reasons_and_the_receipt_of_one_candidate(call, small):
    one = pq.ParquetFile(small.scores / "candidates.parquet").read().to_pylist()[0]
    answer = call("explain", small.scores, one["candidate_id"][:8])
    assert answer.code == 0
    assert one["account"] in answer.out
    for reason in one["reasons"]:
        assert reason["sentence"] in answer.out
    assert "not a verdict" in answer.out
    as_json = call("explain", small.scores, one["candidate_id"], "--json")
    assert json.loads(as_json.out)["reasons"][0]["sentence"] == one["reasons"][0]["sentence"]


def test_the_catalogue_is_a_table_and_json(call):
    lines = call("catalogue").out.splitlines()
    assert len(lines) == len(CATALOGUE) + 1
    assert {line.count("\t") for line in lines} == {3}
    assert len(json.loads(call("catalogue", "--json").out)["features"]) == len(CATALOGUE)


def test_ingest_says_what_became_of_every_row(call, source):
    answer = call(*source(), "--json")
    assert answer.code == 0
    said = json.loads(answer.out)
    assert (said["read"], said["transactions"], said["labelled_illicit"]) == (3, 3, 1)
