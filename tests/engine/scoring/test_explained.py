"""What is said of a candidate adds up, points at rows that are there, and at the right ones."""

from datetime import UTC, datetime, timedelta

import pytest

from engine.bundle import load_bundle
from engine.candidates.reasons import MOST_AGAINST, MOST_EVIDENCE, MOST_REASONS
from engine.scoring import Request, features_of, score

EXACT = 1e-9


def listed(one):
    return [*one["reasons"], *one["against"]]


@pytest.fixture(scope="module")
def features(served):
    return {feature.name: feature for feature in features_of(load_bundle(served.model))}


@pytest.fixture(scope="module")
def rows(served):
    return {row["transaction_id"]: row for row in served.dataset.read().to_pylist()}


def test_base_reasons_and_rest_add_up_to_the_margin(candidates):
    for one in candidates:
        receipt = one["receipt"]
        named = sum(reason["contribution"] for reason in listed(one))
        assert named + one["rest"] == pytest.approx(receipt["contributions"], abs=EXACT)
        total = receipt["base"] + named + one["rest"] + receipt["difference"]
        assert total == pytest.approx(receipt["margin"], abs=EXACT)
        assert abs(receipt["difference"]) <= 1e-4


def test_the_score_is_that_of_the_receipt_and_of_the_peak_row(served, candidates, read):
    scores = {row["transaction_id"]: row for row in read(served.scores, "scores").to_pylist()}
    for one in candidates:
        peak = scores[one["peak_transaction"]]
        assert one["score"] == peak["score"] == pytest.approx(one["receipt"]["score"], abs=1e-12)
        assert one["percentile"] == peak["percentile"]
        assert one["mature"] == peak["mature"]


def test_the_parts_of_a_reason_add_up_to_it_and_begin_with_its_feature(candidates, features):
    for reason in (reason for one in candidates for reason in listed(one)):
        parts = reason["parts"]
        whole = sum(part["contribution"] for part in parts)
        assert whole == pytest.approx(reason["contribution"], abs=EXACT)
        assert parts[0]["feature"] == reason["feature"]
        assert parts[0]["value"] == reason["value"]
        assert {features[part["feature"]].theme for part in parts} == {reason["theme"]}


def test_no_feature_is_counted_twice(candidates):
    for one in candidates:
        names = [part["feature"] for reason in listed(one) for part in reason["parts"]]
        assert len(names) == len(set(names))


def test_reasons_raise_the_score_and_the_others_lower_it_strongest_first(candidates):
    for one in candidates:
        raising = [reason["contribution"] for reason in one["reasons"]]
        lowering = [reason["contribution"] for reason in one["against"]]
        assert raising == sorted(raising, reverse=True)
        assert lowering == sorted(lowering)
        assert all(value > 0 for value in raising)
        assert all(value < 0 for value in lowering)
        assert len(raising) <= MOST_REASONS
        assert len(lowering) <= MOST_AGAINST


def test_every_candidate_here_has_three_reasons_in_words(candidates):
    for one in candidates:
        sentences = [reason["sentence"] for reason in one["reasons"]]
        assert len(sentences) >= 3
        assert all(text.endswith(".") and "{" not in text for text in sentences), sentences


def test_cited_rows_lie_in_the_evidence_once_each(candidates, evidence):
    for one in candidates:
        shown = [row["transaction_id"] for row in evidence[one["candidate_id"]]]
        assert len(shown) == len(set(shown))
        assert one["peak_transaction"] in shown
        for reason in listed(one):
            assert reason["evidence"]
            assert set(reason["evidence"]) <= set(shown)
            assert len(reason["evidence"]) == min(reason["evidence_total"], MOST_EVIDENCE)


def test_evidence_is_the_dataset_s_own_rows(evidence, rows):
    for row in (row for found in evidence.values() for row in found):
        same = set(row) & set(rows[row["transaction_id"]])
        assert {key: row[key] for key in same} == {
            key: rows[row["transaction_id"]][key] for key in same
        }


def test_all_rows_of_the_account_in_its_week_are_shown_and_marked(candidates, evidence, rows):
    for one in candidates:
        own = {
            name
            for name, row in rows.items()
            if one["account"] in (row["sender"], row["receiver"])
            and one["period_start"] <= row["timestamp"] < one["period_stop"]
        }
        marked = {
            row["transaction_id"] for row in evidence[one["candidate_id"]] if row["in_period"]
        }
        assert marked == own


def test_the_activity_counts_what_the_account_did_in_its_week(candidates, rows):
    for one in candidates:
        me = one["account"]
        week = [
            r for r in rows.values() if one["period_start"] <= r["timestamp"] < one["period_stop"]
        ]
        came = [row for row in week if row["receiver"] == me]
        went = [row for row in week if row["sender"] == me]
        parties = [row["sender"] for row in came] + [row["receiver"] for row in went]
        times = [row["timestamp"] for row in (*came, *went)]
        assert one["activity"] == {
            "in_count": len(came),
            "in_amount": sum(row["amount"] for row in came),
            "out_count": len(went),
            "out_amount": sum(row["amount"] for row in went),
            "counterparties": len({*parties} - {me, None}),
            "outside_count": parties.count(None),
            "first": min(times),
            "last": max(times),
        }


def test_cited_rows_lie_in_the_window_of_their_feature(candidates, features, rows):
    for one in candidates:
        instant = rows[one["peak_transaction"]]["timestamp"]
        for reason in listed(one):
            statistic = features[reason["feature"]].statistic
            first = instant - timedelta(microseconds=statistic.lookback)
            last = instant + timedelta(microseconds=statistic.lookahead)
            times = [rows[name]["timestamp"] for name in reason["evidence"]]
            assert first <= min(times), reason["feature"]
            assert max(times) <= last, reason["feature"]


def test_cited_rows_belong_to_an_account_of_the_peak_row(candidates, features, rows):
    for one in candidates:
        peak = rows[one["peak_transaction"]]
        sides = {peak["sender"], peak["receiver"]} - {None}
        # A pattern reaches further than its own accounts' payments.
        near = [r for r in listed(one) if features[r["feature"]].theme != "patterns: payment"]
        for reason in near:
            for name in reason["evidence"]:
                assert sides & {rows[name]["sender"], rows[name]["receiver"]}, reason["feature"]


def test_evidence_never_comes_from_after_as_of(served, read, tmp_path):
    instant = served.dataset.manifest.coverage_to - timedelta(days=20, hours=3)
    score(served.dataset, served.model, tmp_path / "out", Request(as_of=instant, budget=3))
    assert max(read(tmp_path / "out", "evidence")["timestamp"].to_pylist()) <= instant
    last = [one["activity"]["last"] for one in read(tmp_path / "out", "candidates").to_pylist()]
    assert max(last) <= instant


def test_candidates_come_in_order_of_week_and_rank_with_ids_of_their_own(served, candidates):
    places = [(one["period_start"], one["rank"]) for one in candidates]
    assert places == sorted(places)
    assert len({one["candidate_id"] for one in candidates}) == len(candidates)
    assert len({(one["account"], one["period"]) for one in candidates}) == len(candidates)
    assert max(one["rank"] for one in candidates) == served.budget


def test_a_week_is_shown_whole_though_the_rows_scored_end_within_it(served, read, rows, tmp_path):
    stop = datetime(2025, 1, 14, 12, tzinfo=UTC)
    request = Request(start=stop - timedelta(hours=30), stop=stop, budget=20)
    score(served.dataset, served.other, tmp_path / "out", request)
    found = read(tmp_path / "out", "candidates").to_pylist()
    later = 0
    for one in found:
        assert request.start <= rows[one["peak_transaction"]]["timestamp"] < stop
        times = [
            row["timestamp"]
            for row in rows.values()
            if one["account"] in (row["sender"], row["receiver"])
            and one["period_start"] <= row["timestamp"] < one["period_stop"]
        ]
        assert one["activity"]["first"] == min(times)
        assert one["activity"]["last"] == max(times)
        later += max(times) >= stop
    assert later
