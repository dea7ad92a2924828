"""Tiny and odd datasets: scored, reported and verified like any other."""

from copy import deepcopy
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest

from engine.bundle import load_bundle
from engine.report import write_report
from engine.scoring import Request, score
from engine.verification import verify
from features.errors import InputError

DAWN = datetime(2024, 12, 30, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def payments(*rows):
    """Make transactions of (time, sender, receiver, minor units)."""
    columns = list(zip(*rows, strict=True))
    return pa.table(
        {
            "transaction_id": [f"t{k:04}" for k in range(len(rows))],
            "timestamp": pa.array(columns[0], pa.timestamp("us", tz="UTC")),
            "sender": pa.array(columns[1], pa.string()),
            "receiver": pa.array(columns[2], pa.string()),
            "amount": pa.array(columns[3], pa.int64()),
            "currency": ["EUR"] * len(rows),
            "original_amount": pa.array([int(a) for a in columns[3]], pa.decimal128(38, 8)),
            "channel": ["wire"] * len(rows),
        }
    )


def many(one, count=120):
    return payments(*(one(k) for k in range(count)))


ODD = {
    "one payment": payments((DAWN, "a", "b", 100)),
    "one payment of nothing, from outside": payments((DAWN, None, "b", 0)),
    "one payment to oneself": payments((DAWN, "a", "a", 5)),
    "one instant": many(lambda k: (DAWN, f"a{k % 7}", f"b{k % 5}", k)),
    "one account paying itself": many(lambda k: (DAWN + k * HOUR, "a", "a", 100)),
    "one account and the world": many(
        lambda k: (DAWN + k * HOUR, *(("a", None) if k % 2 else (None, "a")), 100)
    ),
    "two accounts, to and fro": many(
        lambda k: (DAWN + k * DAY, *(("a", "b") if k % 2 else ("b", "a")), 100)
    ),
    "amounts of nothing": many(lambda k: (DAWN + k * HOUR, f"a{k % 7}", f"b{k % 5}", 0)),
    "amounts beyond float": many(
        lambda k: (DAWN + k * HOUR, f"a{k % 7}", f"b{k % 5}", 2**55 + k), 100
    ),
    "names that are no file names": many(
        lambda k: (DAWN + k * DAY, f"../{k % 3}", "<b>&\"'\n\x1b[31m", 10**4), 20
    ),
    "every row an account of its own": many(lambda k: (DAWN + k * HOUR, f"a{k}", f"b{k}", 10**4)),
}

# Listed because there is room, with nothing that raises its score; its page says so.
SAYING_NOTHING = {"one payment", "one payment of nothing, from outside"}


@pytest.mark.parametrize(
    ("name", "precision"),
    [
        *((name, "second") for name in ODD),
        ("one payment", "day"),
        ("two accounts, to and fro", "day"),
    ],
)
def test_odd_data_is_scored_reported_and_verified(served, tables, tmp_path, name, precision, read):
    rows = ODD[name]
    dataset = tables.write(tmp_path / "data", rows, time_precision=precision)
    made = score(dataset, served.model, tmp_path / "out", Request(budget=3))
    assert made.manifest["rows"]["in_range"] == rows.num_rows
    assert made.candidates >= 1
    if name not in SAYING_NOTHING:
        assert all(read(tmp_path / "out", "candidates")["reasons"].to_pylist())
    assert write_report(tmp_path / "out").is_file()
    assert verify(tmp_path / "out", dataset).ok


@pytest.fixture(scope="module")
def internal(served, resave, tmp_path_factory):
    """A model whose candidates come from payments between two known accounts alone."""
    bundle = load_bundle(served.model)
    facts = deepcopy(bundle.manifest["facts"])
    facts["config"]["population"]["evaluate"] = "internal"
    out = tmp_path_factory.mktemp("internal") / "model"
    resave(out, bundle, facts=facts)
    return out


def test_rows_with_an_unknown_side_alone_make_no_candidate_where_both_must_be_known(
    internal, tables, tmp_path, read
):
    dataset = tables.write(tmp_path / "data", ODD["one account and the world"])
    made = score(dataset, internal, tmp_path / "out", Request())
    assert made.candidates == 0
    assert made.manifest["rows"]["can_be_candidates"] == 0
    assert read(tmp_path / "out", "scores").num_rows == 120
    assert read(tmp_path / "out", "candidates").num_rows == 0
    assert read(tmp_path / "out", "evidence").num_rows == 0
    assert "no candidate" in write_report(tmp_path / "out").read_text(encoding="utf-8").lower()
    assert verify(tmp_path / "out", dataset).ok


def test_which_rows_can_be_candidates_changes_no_score(served, internal, tmp_path):
    score(served.dataset, internal, tmp_path / "out", Request(budget=1))
    again = (tmp_path / "out" / "scores.parquet").read_bytes()
    assert again == (served.scores / "scores.parquet").read_bytes()


def test_a_candidate_of_internal_rows_peaks_in_one_but_shows_all_its_rows(
    served, internal, tmp_path, read
):
    score(served.dataset, internal, tmp_path / "out", Request(budget=3))
    rows = {row["transaction_id"]: row for row in served.dataset.read().to_pylist()}
    found = read(tmp_path / "out", "candidates").to_pylist()
    for one in found:
        peak = rows[one["peak_transaction"]]
        assert peak["sender"] is not None
        assert peak["receiver"] is not None
    assert any(one["activity"]["outside_count"] for one in found)


def test_a_stretch_without_rows_is_an_error(served, tmp_path):
    start = served.dataset.manifest.coverage_from
    with pytest.raises(InputError, match="no rows between"):
        score(
            served.dataset,
            served.model,
            tmp_path / "out",
            Request(start=start, stop=start + timedelta(microseconds=1)),
        )
    assert not (tmp_path / "out").exists()


def test_an_account_with_more_rows_than_are_shown_shows_the_largest(served, tables, tmp_path, read):
    minute = timedelta(minutes=1)
    busy = many(lambda k: (DAWN + k * minute, "hub", f"b{k % 9}", 1000 + (k * 37) % 700), 700)
    dataset = tables.write(tmp_path / "data", busy)
    score(dataset, served.model, tmp_path / "out", Request(budget=1))
    one = read(tmp_path / "out", "candidates").to_pylist()[0]
    shown = [row for row in read(tmp_path / "out", "evidence").to_pylist() if row["in_period"]]
    assert one["account"] == "hub"
    assert one["activity"]["out_count"] == 700
    assert len(shown) >= 500
    assert len(shown) <= 500 + 100 * (len(one["reasons"]) + len(one["against"])) + 1
    assert verify(tmp_path / "out", dataset).ok


def test_an_account_is_no_counterparty_of_its_own(served, tables, tmp_path, read):
    rows = payments((DAWN, "a", "a", 5), (DAWN + HOUR, "a", None, 7), (DAWN + DAY, "b", "a", 9))
    dataset = tables.write(tmp_path / "data", rows)
    score(dataset, served.model, tmp_path / "out", Request())
    found = {one["account"]: one for one in read(tmp_path / "out", "candidates").to_pylist()}
    activity = found["a"]["activity"]
    names = ("in_count", "in_amount", "out_count", "out_amount", "counterparties", "outside_count")
    assert [activity[name] for name in names] == [2, 14, 2, 12, 1, 1]
