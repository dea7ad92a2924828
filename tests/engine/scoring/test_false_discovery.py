"""Lists that keep to a share of false candidates: who is on them, and what they say."""

import json
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.bundle import load_bundle
from engine.report import write_report
from engine.scoring import Request, score
from engine.verification import verify
from features.dataset.manifest import canonical_digest
from features.errors import InputError


@pytest.fixture(scope="module")
def manifest(promised: Any) -> Any:
    return json.loads((promised.scores / "manifest.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def listed(promised: Any, read: Any) -> Any:
    return read(promised.scores, "candidates").to_pylist()


def account_weeks(promised: Any, read: Any) -> dict[tuple[str, str], float]:
    """Group the scores as words say it: account, ISO week, the highest."""
    rows = {
        row["transaction_id"]: row["score"] for row in read(promised.scores, "scores").to_pylist()
    }
    best: dict[tuple[str, str], float] = {}
    for row in promised.dataset.read().to_pylist():
        found = rows.get(row["transaction_id"])
        for account in {row["sender"], row["receiver"]} - {None}:
            if found is not None:
                year, week, _ = row["timestamp"].isocalendar()
                key = account, f"{year}-W{week:02d}"
                best[key] = max(best.get(key, 0.0), found)
    return best


def test_the_list_is_everyone_from_a_score_on(promised, read, manifest, listed):
    found = account_weeks(promised, read)
    threshold = manifest["discovery"]["threshold"]
    wanted = {key for key, score in found.items() if score >= threshold}
    assert wanted
    assert {(one["account"], one["period"]) for one in listed} == wanted
    assert manifest["discovery"]["account_weeks"] == len(found)
    assert manifest["discovery"]["listed"] == manifest["rows"]["candidates"] == len(wanted)


def test_every_candidate_has_its_p_value_in_the_order_of_scores(promised, listed):
    block = load_bundle(promised.model).honest
    scores = np.array([one["score"] for one in listed])
    p_values = np.array([one["p_value"] for one in listed])
    assert p_values.tolist() == block.p_values(scores).tolist()
    assert (np.diff(p_values[np.argsort(scores)]) <= 0).all()


def test_ranks_are_those_of_the_week(listed):
    for week in {one["period"] for one in listed}:
        own = [one for one in listed if one["period"] == week]
        assert [one["rank"] for one in own] == list(range(1, len(own) + 1))
        assert [one["score"] for one in own] == sorted((o["score"] for o in own), reverse=True)


def test_the_manifest_says_what_was_asked_and_what_it_rests_on(promised, manifest):
    facts = load_bundle(promised.model).manifest
    assert (manifest["fdr"], manifest["budget"]) == (0.9, None)
    assert manifest["honest"] == facts["honest"]
    assert facts["honest"]["start"] == facts["facts"]["split"]["conformal"]["start"]
    assert facts["honest"]["weeks"] == 1


def test_it_is_rebuilt_byte_for_byte(promised):
    assert verify(promised.scores, promised.dataset).differences == ()


@pytest.mark.parametrize(
    ("key", "value"), [("fdr", 0.25), ("fdr", None), ("fdr", "0.5"), ("budget", 3)]
)
def test_another_share_or_a_budget_in_the_manifest_is_found(promised, tamper, tmp_path, key, value):
    folder = promised.copy(tmp_path / "out")
    tamper.manifest(folder, lambda manifest: manifest.update({key: value}))
    tamper.forge(folder)
    assert verify(folder, promised.dataset).differences


def test_a_changed_p_value_is_found(promised, tamper, tmp_path):
    folder = promised.copy(tmp_path / "out")
    tamper.table(folder / "candidates.parquet", lambda rows: rows[0].update(p_value=0.001))
    tamper.forge(folder)
    assert "p_value" in verify(folder, promised.dataset).differences[0]


def test_a_list_by_budget_has_p_values_too(promised, read, tmp_path):
    start = promised.dataset.manifest.coverage_to - timedelta(days=3)
    made = score(promised.dataset, promised.model, tmp_path / "out", Request(start=start, budget=2))
    found = read(tmp_path / "out", "candidates").to_pylist()
    assert all(0 < one["p_value"] <= 1 for one in found)
    assert (made.manifest["fdr"], made.manifest["discovery"]) == (None, None)


def test_an_empty_list_says_why_and_is_written_read_and_verified(promised, tmp_path):
    block = load_bundle(promised.model).honest
    start = promised.dataset.manifest.coverage_to - timedelta(weeks=3)
    request = Request(start=start, fdr=block.smallest)
    made = score(promised.dataset, promised.model, tmp_path / "out", request)
    assert made.candidates == 0
    assert made.manifest["discovery"]["needed"] == made.manifest["discovery"]["account_weeks"]
    page = write_report(tmp_path / "out").read_text(encoding="utf-8")
    assert "The list is empty" in page
    assert verify(tmp_path / "out", promised.dataset).ok


def test_the_pages_tell_the_promise_and_its_conditions(promised, tmp_path, listed):
    folder = promised.copy(tmp_path / "out")
    index = write_report(folder)
    page = index.parent / "candidates" / f"{listed[0]['candidate_id']}.html"
    promise = "at most 90 % are expected to be false"
    assert promise in index.read_text(encoding="utf-8")
    assert promise in page.read_text(encoding="utf-8")
    assert "honest account-weeks score as high" in page.read_text(encoding="utf-8")


def refused(promised: Any, out: Path, model: Path, **asked: Any) -> str:
    with pytest.raises(InputError) as refusal:
        score(promised.dataset, model, out, Request(**asked))
    assert not out.exists()
    return str(refusal.value)


@pytest.mark.parametrize("rate", [0.0, 1.0, -0.1, 10.0, float("nan")])
def test_a_share_that_is_none_is_refused(promised, tmp_path, rate):
    assert "wanted more than 0, less than 1" in refused(
        promised, tmp_path / "out", promised.model, fdr=rate
    )


def test_a_share_that_no_list_could_keep_is_refused_with_the_number_needed(promised, tmp_path):
    said = refused(promised, tmp_path / "out", promised.model, fdr=0.0001)
    assert "19,998 at the very least" in said


def test_a_budget_and_a_share_are_too_much(promised, tmp_path):
    assert "wanted one of them" in refused(
        promised, tmp_path / "out", promised.model, fdr=0.1, budget=3
    )


def test_a_model_without_weeks_set_aside_refuses_a_share_and_gives_no_p_values(
    promised, resave, read, tmp_path
):
    model = resave(tmp_path / "model", load_bundle(promised.model), honest=None)
    assert "no weeks were set aside" in refused(promised, tmp_path / "out", model, fdr=0.1)
    start = promised.dataset.manifest.coverage_to - timedelta(days=3)
    score(promised.dataset, model, tmp_path / "out", Request(start=start, budget=2))
    found = read(tmp_path / "out", "candidates").to_pylist()
    assert {one["p_value"] for one in found} == {None}
    assert verify(tmp_path / "out", promised.dataset).ok


def test_a_model_from_before_there_were_such_weeks_still_loads(served, tmp_path):
    folder = Path(shutil.copytree(served.model, tmp_path / "old"))
    file = folder / "bundle.json"
    manifest = json.loads(file.read_text(encoding="utf-8"))
    del manifest["honest"], manifest["digest"]
    manifest["digest"] = canonical_digest(manifest)
    text = json.dumps(manifest, sort_keys=True, indent=1, ensure_ascii=False) + "\n"
    file.write_text(text, encoding="utf-8")
    assert load_bundle(folder).honest is None
