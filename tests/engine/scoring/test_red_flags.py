"""The red flags of candidates: fired, at the right rows, with the evidence and the comparison."""

import json

import pyarrow.dataset as pad
import pyarrow.parquet as pq
import pytest

from engine.bundle import load_bundle
from engine.candidates.view import MOST_EVIDENCE
from engine.scoring import Request, indicators_of, score
from engine.scoring.flagged import write_flagged
from engine.verification import verify
from features.errors import BundleError


@pytest.fixture(scope="module")
def flagged(served, tmp_path_factory):
    """All rows and sides on which something fired, by transaction and side."""
    out = tmp_path_factory.mktemp("flags") / "out"
    seen, written = write_flagged(served.dataset, served.model, out, Request())
    rows = pad.dataset(out).to_table().to_pylist()
    assert seen == served.dataset.manifest.rows["transactions"]
    assert written == len(rows)
    return {(row["transaction_id"], row["side"]): row for row in rows}


@pytest.fixture(scope="module")
def shown(candidates):
    found = [(one, flag) for one in candidates for flag in one["indicators"]]
    assert len({flag["id"] for _, flag in found}) >= 5
    return found


def test_what_is_shown_fired_there_for_the_candidate_s_own_account(shown, flagged):
    for one, flag in shown:
        row = flagged[flag["transaction"], flag["side"]]
        assert row["account"] == one["account"]
        assert flag["id"] in row["indicators"]
        assert one["period_start"] <= row["timestamp"] < one["period_stop"]


def test_what_fired_in_the_period_is_shown_and_counted(candidates, flagged):
    for one in candidates:
        rows = [
            row
            for row in flagged.values()
            if row["account"] == one["account"]
            and one["period_start"] <= row["timestamp"] < one["period_stop"]
        ]
        payments = {}
        for row in rows:
            for id_ in row["indicators"]:
                payments.setdefault(id_, set()).add(row["transaction_id"])
        assert {flag["id"]: flag["payments"] for flag in one["indicators"]} == {
            id_: len(found) for id_, found in payments.items()
        }


def test_a_flag_that_fired_at_the_peak_is_shown_there(shown, flagged):
    for one, flag in shown:
        peak = flagged.get((one["peak_transaction"], one["peak_side"]), {"indicators": []})
        at_peak = flag["id"] in peak["indicators"]
        assert flag["on_peak"] == at_peak
        if at_peak:
            assert (flag["transaction"], flag["side"]) == (
                one["peak_transaction"],
                one["peak_side"],
            )


def test_a_flag_passes_its_threshold_and_cites_rows_that_are_there(shown, evidence):
    asked = {"at least": float.__ge__, "more than": float.__gt__}
    asked |= {"at most": float.__le__, "less than": float.__lt__}
    for one, flag in shown:
        for limit in flag["conditions"]:
            assert asked[limit["op"]](limit["value"], limit["threshold"]), flag["id"]
            if limit["peer_threshold"] is not None:
                high = limit["op"] == "at least"
                share = limit["peer_percentile"], limit["peer_threshold"]
                assert share[0] >= share[1] if high else share[0] <= share[1], flag["id"]
        there = {row["transaction_id"] for row in evidence[one["candidate_id"]]}
        assert flag["evidence"]
        assert {*flag["evidence"], flag["transaction"]} <= there
        assert len(flag["evidence"]) == min(flag["evidence_total"], MOST_EVIDENCE)


def test_a_flag_is_told_as_its_config_tells_it(shown, served):
    known = indicators_of(load_bundle(served.model)).by_id
    for _, flag in shown:
        told = known[flag["id"]]
        assert (flag["name"], flag["source"]) == (told.name, told.source)
        firsts = [rule.conditions[0].feature.name for rule in told.rules]
        assert flag["feature"] in firsts
        assert flag["sentence"].endswith(".")


def test_a_reason_names_the_flags_that_fired_at_the_peak_by_one_of_its_features(candidates):
    for one in candidates:
        fired = [flag for flag in one["indicators"] if flag["on_peak"]]
        for reason in (*one["reasons"], *one["against"]):
            parts = {part["feature"] for part in reason["parts"]}
            wanted = sorted(flag["id"] for flag in fired if flag["feature"] in parts)
            assert reason["red_flags"] == wanted


def test_what_is_not_known_did_not_fire_and_says_why(candidates):
    whys = set()
    for one in candidates:
        fired = {flag["id"] for flag in one["indicators"]}
        for flag in one["not_known"]:
            assert flag["id"] not in fired
            assert flag["why"]
            whys |= set(flag["why"].split("; "))
    assert "not enough history" in whys


def test_too_little_history_is_never_worded_as_new_or_dormant(candidates, served):
    begin = served.dataset.manifest.coverage_from
    early = [one for one in candidates if (one["period_start"] - begin).days < 14]
    assert early
    for one in early:
        assert not {"IND-26", "IND-27"} & {flag["id"] for flag in one["indicators"]}
        for reason in (*one["reasons"], *one["against"]):
            if "28 days up to" in reason["sentence"]:
                assert "Not enough history: the data begin on" in reason["sentence"]
            if reason["peer_percentile"] is not None:
                assert "not enough history" in reason["peer_note"]
    said = {(flag["id"], flag["why"]) for one in early for flag in one["not_known"]}
    assert {("IND-26", "not enough history"), ("IND-27", "not enough history")} & said


def test_the_table_of_indicators_is_that_of_the_candidates(served, read, candidates):
    rows = read(served.scores, "indicators").to_pylist()
    wanted = [
        {"candidate_id": one["candidate_id"], "account": one["account"], **flag}
        for one in candidates
        for flag in one["indicators"]
    ]
    for row, flag in zip(rows, wanted, strict=True):
        assert {key: row[key] for key in flag if key in row} == {
            key: value for key, value in flag.items() if key in row
        }


def test_the_manifest_names_the_model_s_indicators(served):
    bundle = load_bundle(served.model)
    own = indicators_of(bundle)
    manifest = json.loads((served.scores / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["indicators"] == {"version": own.version, "digest": own.digest}


def test_a_model_keeps_its_own_indicators(served, resave, read, tmp_path):
    bundle = load_bundle(served.model)
    text = bundle.indicators.replace('version = "', 'version = "changed-', 1)
    text = text.replace("[IND-11]", "[IND-99]").replace("[[IND-11.rules]]", "[[IND-99.rules]]")
    model = resave(tmp_path / "model", bundle, indicators=text)
    start = served.dataset.manifest.coverage_to.replace(day=1)
    said = []
    request = Request(start=start, budget=5)
    score(served.dataset, model, tmp_path / "out", request, progress=said.append)
    assert "changed-" in said[0]
    assert said[0].endswith("differ: IND-11, IND-99")
    ids = set(pq.ParquetFile(tmp_path / "out" / "indicators.parquet").read()["id"].to_pylist())
    assert "IND-11" not in ids
    assert verify(tmp_path / "out", served.dataset).ok


def test_a_model_without_peers_is_refused(served, resave, tmp_path):
    model = resave(tmp_path / "model", load_bundle(served.model), peers=None)
    with pytest.raises(BundleError, match="no peer groups"):
        score(served.dataset, model, tmp_path / "out", Request(budget=1))


def test_a_model_that_never_looks_ahead_is_mature_throughout(served, read, tmp_path):
    score(served.dataset, served.other, tmp_path / "out", Request(budget=1))
    assert all(read(tmp_path / "out", "scores")["mature"].to_pylist())
