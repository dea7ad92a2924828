"""Payments cited for the company they are: each has with it what the first look made of it."""

import math
from datetime import timedelta

import pytest

from engine.bundle import load_bundle
from engine.candidates.reasons import NO_EARLIER_LOOK, cited_as_company
from engine.scoring import Request, score
from engine.scoring.run import settled
from engine.verification import verify
from engine.wording import COMPANY
from features.catalogue import COMPANY as FEATURES
from features.statistics.company import NAMED_PERCENT


@pytest.fixture(scope="module")
def found(scouted, read):
    """Candidates, and what the first look made of the rows shown for each, by its id."""
    return told(scouted.scores, read)


def told(folder, read):
    looks = {}
    for row in read(folder, "evidence").to_pylist():
        looks.setdefault(row["candidate_id"], {})[row["transaction_id"]] = row["first_look"]
    return read(folder, "candidates").to_pylist(), looks


def on_company(one):
    return [each for each in (*one["reasons"], *one["against"]) if each["family"] == COMPANY]


def test_what_is_cited_makes_up_most_of_the_value_and_all_of_it_where_that_is_all(found):
    candidates, looks = found
    whole = part = 0
    for one in candidates:
        for reason in on_company(one):
            if not reason["value"]:
                continue
            shown = [looks[one["candidate_id"]][name] for name in reason["evidence"]]
            least, total = NAMED_PERCENT / 100 * reason["value"], math.fsum(shown)
            assert all(0 < each <= 1 for each in shown)
            if len(shown) == reason["evidence_total"]:
                assert total == pytest.approx(reason["value"], abs=1e-9)
                whole += 1
            else:
                assert least - 1e-9 < total < reason["value"]
                part += 1
            assert math.fsum(each for each in shown if each > min(shown)) < least
    assert min(whole, part) > 10


def test_the_name_of_the_family_is_the_catalogue_s():
    assert {feature.family for feature in FEATURES} == {COMPANY}


def test_it_is_what_the_first_look_said_and_stands_with_no_other_rows(found, scouted):
    candidates, looks = found
    look = settled(scouted.dataset, load_bundle(scouted.model), Request()).first_look
    ids = scouted.dataset.read(["transaction_id"])["transaction_id"].to_pylist()
    said = dict(zip(ids, look.suspicion.of(0, len(ids)).tolist(), strict=True))
    blank = 0
    for one in candidates:
        cited = cited_as_company((*one["reasons"], *one["against"]))
        for name, shown in looks[one["candidate_id"]].items():
            wanted = said[name] / 1e6 if name in cited and said[name] else None
            assert shown == wanted
            blank += shown is None and said[name] > 0
    assert blank


def test_it_is_the_same_where_a_later_stretch_is_scored_alone(scouted, read, tmp_path):
    monday = scouted.dataset.manifest.coverage_to.replace(hour=0, minute=0, second=0, microsecond=0)
    monday -= timedelta(days=monday.weekday() + 7)
    for name, start in (("alone", monday), ("among", None)):
        score(scouted.dataset, scouted.model, tmp_path / name, Request(start=start, budget=4))
    candidates, own = told(tmp_path / "alone", read)
    among = told(tmp_path / "among", read)[1]
    assert candidates
    assert all(among[one["candidate_id"]] == own[one["candidate_id"]] for one in candidates)


def test_a_changed_one_is_found(scouted, tamper, read, tmp_path):
    out = tmp_path / "scores"
    start = scouted.dataset.manifest.coverage_to - timedelta(days=9)
    score(scouted.dataset, scouted.model, out, Request(start=start, budget=2))
    changed = []

    def change(rows):
        row = next(row for row in rows if row["first_look"])
        row["first_look"] += 1e-6
        changed.append(row["transaction_id"])

    tamper.table(out / "evidence.parquet", change)
    tamper.forge(out)
    differences = verify(out, scouted.dataset).differences
    assert [line.startswith("evidence.parquet") for line in differences] == [True]
    assert changed[0] in differences[0]
    assert "first_look" in differences[0]


def test_company_is_not_beside_its_own_past_and_says_so(found):
    reasons = [reason for one in found[0] for reason in on_company(one)]
    assert reasons
    assert {(each["own_past"], each["own_past_note"]) for each in reasons} == {
        (None, NO_EARLIER_LOOK)
    }


def test_a_model_that_looks_once_says_nothing_of_a_first_look(evidence):
    assert evidence
    assert all(row["first_look"] is None for rows in evidence.values() for row in rows)
