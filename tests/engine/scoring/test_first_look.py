"""A model that looks twice: what is first seen of a payment never changes, and all else follows."""

import json
import shutil
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scouted import LEFT_OUT, SCOUT_SEES, scout_of

from engine.bundle import load_bundle
from engine.scoring import Request, score
from engine.scoring.counted import Counted
from engine.scoring.first_look import first_look
from engine.scoring.flagged import write_flagged
from engine.scoring.run import features_of, settled
from engine.verification import verify
from experiments.simulation import WorldConfig, build_world
from features.catalogue import COMPANY, company_of, definition, pick
from features.dataset import Dataset
from features.errors import BundleError
from features.slices import Means, Reach, compute_frame, rows_before


@pytest.fixture(scope="module")
def whole(scouted, read):
    return read(scouted.scores, "scores")


@pytest.fixture(scope="module")
def bundle(scouted):
    return load_bundle(scouted.model)


@pytest.fixture(scope="module")
def look(scouted, bundle):
    run = settled(scouted.dataset, bundle, Request())
    return run.first_look


def scores_of(scouted, out, read, **asked):
    score(scouted.dataset, scouted.model, out, Request(budget=2, **asked))
    return read(out, "scores")


def test_suspicion_is_what_the_scout_says_of_the_rows_that_count_and_0_of_others(
    scouted, bundle, look
):
    frame = compute_frame(scouted.dataset, pick(SCOUT_SEES))
    said = bundle.scout.suspicion(frame.values)
    rows = scouted.dataset.read(["channel", "sender", "receiver"]).to_pylist()
    counts = np.array(
        [r["channel"] != LEFT_OUT and None not in (r["sender"], r["receiver"]) for r in rows]
    )
    assert 0 < counts.sum() < len(rows)
    assert any(r["channel"] == LEFT_OUT for r in rows)
    found = look.suspicion.of(0, len(rows))
    assert np.array_equal(found, np.where(counts, said, 0))
    assert len(np.unique(found)) > 20


def test_the_rows_that_count_are_those_that_can_be_candidates(bundle, scouted):
    counted, config = Counted.of(bundle), bundle.manifest["facts"]["config"]
    assert counted.population == config["population"]["evaluate"] == "internal"
    assert counted.left_out_channels == (LEFT_OUT,)
    frame = compute_frame(scouted.dataset, ())
    run = settled(scouted.dataset, bundle, Request())
    assert run.counted == counted
    assert counted.rows(frame).sum() < Counted("internal", ()).rows(frame).sum()
    assert Counted("all", ()).rows(frame).all()


def test_the_suspicion_of_a_row_is_the_same_whatever_is_asked(scouted, bundle, look):
    data, facts = scouted.dataset, scouted.dataset.manifest
    start = facts.coverage_from + timedelta(days=31, hours=5, microseconds=1)
    for days, reach in ((3, Reach(timedelta(days=9), timedelta(days=2))), (1, Reach.of(COMPANY))):
        stop = start + timedelta(days=days)
        as_of = stop + timedelta(hours=7)
        part = first_look(
            data,
            bundle.scout,
            Counted.of(bundle),
            start,
            stop,
            as_of,
            Means(1, 2, 50),
            reach=reach,
        )
        first = part.suspicion.first
        begin, end = reach.around(start, stop, as_of)
        assert first == rows_before(data, begin)
        assert len(part.suspicion.values) == rows_before(data, end) - first > 0
        own = look.suspicion.of(first, len(part.suspicion.values))
        assert np.array_equal(part.suspicion.values, own)


def test_company_decides_here(whole, scouted, bundle, resave, read, tmp_path):
    """Another scout, other scores: what follows would say nothing of a model that has no use."""
    other = scout_of(scouted.dataset, 2)
    resave(tmp_path / "other", bundle, scout=other)
    score(scouted.dataset, tmp_path / "other", tmp_path / "out", Request(budget=2))
    found = read(tmp_path / "out", "scores")["score"].to_numpy()
    assert (found != whole["score"].to_numpy()).mean() > 0.5


def test_a_later_stretch_alone_has_the_scores_it_has_among_all(scouted, whole, read, tmp_path):
    facts = scouted.dataset.manifest
    start = facts.coverage_to - timedelta(days=5, hours=3)
    alone = scores_of(scouted, tmp_path / "alone", read, start=start)
    assert 0 < alone.num_rows < whole.num_rows
    assert alone.equals(whole.slice(whole.num_rows - alone.num_rows))


def test_odd_cuts_give_the_same_scores_bit_for_bit(scouted, whole, read, tmp_path):
    facts = scouted.dataset.manifest
    cuts = [facts.coverage_from]
    while cuts[-1] <= facts.coverage_to:
        cuts.append(cuts[-1] + timedelta(days=11, hours=len(cuts) % 24, microseconds=len(cuts)))
    parts = [
        scores_of(scouted, tmp_path / str(k), read, start=start, stop=stop, as_of=facts.coverage_to)
        for k, (start, stop) in enumerate(pairwise(cuts))
    ]
    assert pa.concat_tables(parts).equals(whole)


@pytest.mark.parametrize("means", [Means(1, 1, 1000), Means(1, 3, 97)], ids=["days", "blocks"])
def test_slices_and_blocks_of_any_size_give_the_same_files(scouted, means, tmp_path):
    request = Request(budget=scouted.budget, means=means)
    done = score(scouted.dataset, scouted.model, tmp_path / "out", request)
    for name in ("scores", "candidates", "evidence"):
        again = (tmp_path / "out" / f"{name}.parquet").read_bytes()
        assert again == (scouted.scores / f"{name}.parquet").read_bytes(), name
    told = json.loads((scouted.scores / "manifest.json").read_text())
    assert done.manifest["first_look"] == told["first_look"]


def test_the_future_changes_no_first_look_and_no_mature_score(scouted, whole, read, tmp_path):
    as_of = scouted.dataset.manifest.coverage_to - timedelta(days=12)
    seen = scores_of(scouted, tmp_path / "seen", read, as_of=as_of)
    mature = seen["mature"].to_numpy()
    assert 0 < mature.sum() < len(mature)
    same = whole.slice(0, seen.num_rows)
    assert seen["transaction_id"].equals(same["transaction_id"])
    for name in ("score", "percentile"):
        assert np.array_equal(seen[name].to_numpy()[mature], same[name].to_numpy()[mature])


def test_candidates_have_the_score_of_the_batch_and_cite_suspicious_payments(
    scouted, bundle, look, whole, read
):
    candidates = read(scouted.scores, "candidates").to_pylist()
    scores = dict(zip(whole["transaction_id"].to_pylist(), whole["score"].to_pylist(), strict=True))
    ids = scouted.dataset.read(["transaction_id"])["transaction_id"].to_pylist()
    values = look.suspicion.of(0, len(ids))
    suspicious = {name for name, value in zip(ids, values, strict=True) if value > 0}
    company = {feature.name for feature in company_of(features_of(bundle))}
    cited = 0
    for one in candidates:
        assert one["score"] == scores[one["peak_transaction"]]
        assert one["score"] == pytest.approx(one["receipt"]["score"], abs=1e-12)
        for reason in one["reasons"]:
            if reason["feature"] in company and reason["value"]:
                assert set(reason["evidence"]) <= suspicious | {one["peak_transaction"]}
                cited += 1
    assert candidates
    assert cited


def test_flags_need_no_first_look(scouted, served, tmp_path, read):
    request = Request(start=scouted.dataset.manifest.coverage_to - timedelta(days=9))
    said = []
    write_flagged(scouted.dataset, scouted.model, tmp_path / "a", request, progress=said.append)
    write_flagged(scouted.dataset, served.model, tmp_path / "b", request)
    assert not any("first look" in line for line in said)
    own, other = (
        [pq.read_table(file) for file in sorted((tmp_path / name).iterdir())] for name in "ab"
    )
    assert pa.concat_tables(own).equals(pa.concat_tables(other))
    assert pa.concat_tables(own).num_rows


def test_the_manifest_says_what_the_first_look_saw_and_names_the_files_it_read(
    scouted, bundle, served, tmp_path
):
    said = []
    start = scouted.dataset.manifest.coverage_to - timedelta(days=2)
    done = score(
        scouted.dataset,
        scouted.model,
        tmp_path / "out",
        Request(start=start, budget=1),
        progress=said.append,
    ).manifest
    run = settled(scouted.dataset, bundle, Request(start=start))
    told, rows = done["first_look"], run.first_look.suspicion.values
    assert told == run.first_look.plain()
    assert (told["rows"], told["suspicious"]) == (len(rows), int((rows > 0).sum()))
    assert any(line.startswith("first look: ") for line in said)
    back = max(f.statistic.lookback for f in bundle.scout.features())
    company = max(f.statistic.lookback for f in company_of(features_of(bundle)))
    assert run.reach.lookback >= timedelta(microseconds=back + company)
    bare = score(served.dataset, served.model, tmp_path / "bare", Request(start=start, budget=1))
    assert bare.manifest["first_look"] is None


def test_what_was_not_touched_is_verified_and_a_changed_score_is_found(
    scouted, tamper, read, tmp_path
):
    out = tmp_path / "scores"
    start = scouted.dataset.manifest.coverage_to - timedelta(days=9)
    score(scouted.dataset, scouted.model, out, Request(start=start, budget=2))
    found = verify(out, scouted.dataset)
    assert found.ok
    assert found.candidates

    def change(rows):
        rows[3]["score"] = min(1.0, rows[3]["score"] + 1e-12)

    tamper.table(out / "scores.parquet", change)
    tamper.forge(out)
    told = verify(out, scouted.dataset).differences
    assert [line.startswith("scores.parquet") for line in told] == [True]


def test_another_scout_than_the_one_used_is_found(scouted, bundle, resave, tamper, tmp_path):
    out = tmp_path / "scores"
    start = scouted.dataset.manifest.coverage_to - timedelta(days=9)
    score(scouted.dataset, scouted.model, out, Request(start=start, budget=2))
    shutil.rmtree(out / "model")
    resave(out / "model", bundle, scout=scout_of(scouted.dataset, 2))
    tamper.forge(out)
    assert any("score" in line for line in verify(out, scouted.dataset).differences)


def test_a_scout_whose_features_mean_something_else_here_is_refused(
    scouted, bundle, resave, tmp_path
):
    changed = {**bundle.manifest["definitions"], SCOUT_SEES[0]: "another"}
    other = load_bundle(resave(tmp_path / "other", bundle, definitions=changed))
    with pytest.raises(BundleError, match=f"defined in another way.*{SCOUT_SEES[0]}"):
        features_of(other)
    lacking = {k: v for k, v in bundle.manifest["definitions"].items() if k != SCOUT_SEES[0]}
    other = load_bundle(resave(tmp_path / "lacking", bundle, definitions=lacking))
    with pytest.raises(BundleError, match=SCOUT_SEES[0]):
        features_of(other)


@pytest.fixture(scope="module")
def year(tables, tmp_path_factory):
    """A dataset that reaches back further than all that is said of its last days."""
    world = WorldConfig(transactions=3_000, days=300, seed=5, start=date(2024, 2, 5))
    transactions, _, _ = build_world(world)
    return tables.write(tmp_path_factory.mktemp("year") / "data", transactions)


def test_the_last_weeks_of_a_year_alone_make_the_candidates_they_make_among_all(
    year, scouted, read, tmp_path
):
    monday = year.manifest.coverage_to.replace(hour=0, minute=0, second=0, microsecond=0)
    monday -= timedelta(days=monday.weekday() + 14)
    score(year, scouted.model, tmp_path / "whole", Request(budget=5))
    score(year, scouted.model, tmp_path / "alone", Request(start=monday, budget=5))
    own, among = (read(tmp_path / name, "candidates").to_pylist() for name in ("alone", "whole"))
    assert own == [one for one in among if one["period_start"] >= monday]
    assert any(reason["own_past"] for one in own for reason in one["reasons"])
    own, among = (read(tmp_path / name, "scores") for name in ("alone", "whole"))
    assert own.equals(among.slice(among.num_rows - own.num_rows))


def test_no_file_is_read_that_the_manifest_does_not_name(
    year, bundle, resave, tmp_path, monkeypatch
):
    """Of a scout that looks back so far that with the company it is further than all else."""
    far = pick(["pair_out_gap_120d"])[0]
    scout = replace(bundle.scout, names=(far.name, *SCOUT_SEES[1:]))
    known = {**bundle.manifest["definitions"], far.name: definition(far)}
    resave(tmp_path / "model", bundle, scout=scout, definitions=known)
    opened = set()
    table = Dataset.table

    def noted(self, entry, columns=None):
        opened.add(entry.path)
        return table(self, entry, columns)

    monkeypatch.setattr(Dataset, "table", noted)
    start = year.manifest.coverage_to - timedelta(days=3)
    done = score(year, tmp_path / "model", tmp_path / "out", Request(start=start, budget=2))
    listed = {entry["path"] for entry in done.manifest["dataset"]["files_read"]}
    assert opened <= listed
    assert len(listed) < len(year.manifest.files)
