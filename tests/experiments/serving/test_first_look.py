"""A served model that looks twice says what `score` says."""

import json
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from experiments import serving
from experiments.serving.asked import Asked
from experiments.serving.batch import Batch
from features.history.coding import SUSPICION


@pytest.fixture(scope="module")
def rows(scouted: Any) -> pd.DataFrame:
    return serving.to_plain(scouted.dataset.read())


@pytest.fixture(scope="module")
def twice(scouted: Any) -> serving.Served:
    return serving.Served.load(scouted.model)


def asked(scouted: Any, **more: Any) -> dict[str, Any]:
    facts = scouted.dataset.manifest
    start = facts.coverage_to - timedelta(days=10)
    coverage = facts.coverage_from.isoformat()
    return {"from": start.isoformat(), "coverage_from": coverage, "explained": 30, **more}


def test_the_scores_are_those_of_score_bit_for_bit(
    scouted: Any, twice: serving.Served, rows: pd.DataFrame
) -> None:
    told = twice.predict(rows, asked(scouted))
    own = pq.ParquetFile(scouted.scores / "scores.parquet").read().to_pandas()
    both = own.merge(told, on="transaction_id", suffixes=("", "_served"))
    assert len(both) == len(told) > 100
    assert np.array_equal(both["score"], both["score_served"])
    assert np.array_equal(both["percentile"], both["percentile_served"])


def test_reasons_name_the_company_a_payment_is_in(
    scouted: Any, twice: serving.Served, rows: pd.DataFrame
) -> None:
    told = twice.predict(rows, asked(scouted, reasons=6))
    said = [one for text in told["reasons"].dropna() for one in json.loads(text)]
    company = [one for one in said if one["family"] == "company"]
    assert company
    ids = set(rows["transaction_id"])
    for one in company:
        assert one["evidence"]
        assert set(one["evidence"]) <= ids
        assert "{" not in one["sentence"]


def test_the_order_of_rows_and_the_future_change_nothing(
    scouted: Any, twice: serving.Served, rows: pd.DataFrame
) -> None:
    as_of = rows["timestamp"].iloc[-len(rows) // 20]
    past = rows[rows["timestamp"] <= as_of].sample(frac=1.0, random_state=2)
    limits = asked(scouted, as_of=as_of.isoformat(), explained=5)
    whole, own = (twice.predict(each, limits) for each in (rows, past))
    assert len(whole) > 50
    assert own.sort_index().equals(whole)


def test_only_rows_that_count_are_suspicious(twice: serving.Served, rows: pd.DataFrame) -> None:
    batch = Batch.of(serving.to_transactions(rows), Asked.of({}))
    found = batch.looked_at(twice.bundle, "second", 2)
    values = found.table[SUSPICION].to_numpy()
    counts = (rows["channel"] != "wire") & rows["sender"].notna() & rows["receiver"].notna()
    assert (values[~counts.to_numpy()] == 0).all()
    assert (values[counts.to_numpy()] > 0).any()


def test_a_model_that_looks_once_adds_no_column(served: Any, rows: pd.DataFrame) -> None:
    batch = Batch.of(serving.to_transactions(rows.head(50)), Asked.of({}))
    once = serving.Served.load(served.model)
    assert batch.looked_at(once.bundle, "second", 2) is batch
