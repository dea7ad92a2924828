"""What a loaded model says of a table of payments: the scores of `score`, and why."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from engine.scoring import Request, score
from experiments import serving
from experiments.serving.asked import Asked
from experiments.serving.batch import Batch
from features.catalogue import CATALOGUE
from features.errors import InputError
from features.slices import Means


@pytest.fixture(scope="module")
def served(trained: Any) -> serving.Served:
    return serving.Served.load(trained.out)


@pytest.fixture(scope="module")
def rows(trained: Any) -> pd.DataFrame:
    return serving.to_plain(trained.dataset.read())


@pytest.fixture(scope="module")
def week(trained: Any) -> str:
    return trained.result.test_start.isoformat()


@pytest.fixture(scope="module")
def told(served: serving.Served, rows: pd.DataFrame, week: str) -> pd.DataFrame:
    return served.predict(rows, {"from": week, "explained": 40, "reasons": 6})


def reasons(told: pd.DataFrame) -> dict[str, list[dict[str, Any]]]:
    known = told[told["reasons"].notna()]
    texts = zip(known["transaction_id"], known["reasons"], strict=True)
    return {name: json.loads(text) for name, text in texts}


def test_scores_are_those_of_score_bit_for_bit(
    told: pd.DataFrame, trained: Any, tmp_path: Path
) -> None:
    request = Request(trained.result.test_start, budget=5, means=Means.of(None, 1))
    score(trained.dataset, trained.out, tmp_path / "out", request)
    own = pq.ParquetFile(tmp_path / "out" / "scores.parquet").read().to_pandas()
    both = own.merge(told, on="transaction_id", how="outer", suffixes=("", "_served"))
    assert len(both) == len(own) == len(told)
    assert np.array_equal(both["score"], both["score_served"])
    assert np.array_equal(both["percentile"], both["percentile_served"])


def test_reasons_are_those_of_the_candidates(
    told: pd.DataFrame, trained: Any, tmp_path: Path
) -> None:
    request = Request(trained.result.test_start, budget=5, means=Means.of(None, 1))
    score(trained.dataset, trained.out, tmp_path / "out", request)
    listed = pq.ParquetFile(tmp_path / "out" / "candidates.parquet").read().to_pylist()
    found, compared = reasons(told), 0
    for one in listed:
        for own, served in zip(
            one["reasons"], found.get(one["peak_transaction"], []), strict=False
        ):
            compared += 1
            for key in ("feature", "value", "contribution", "evidence", "own_past"):
                assert served[key] == own[key]
    assert compared > 10


def test_the_highest_scored_get_reasons_and_no_others(told: pd.DataFrame) -> None:
    explained = told[told["reasons"].notna()]
    assert len(explained) == 40
    assert explained["score"].min() >= told[told["reasons"].isna()]["score"].max()
    assert sum(map(len, reasons(told).values())) > 40


def test_a_reason_speaks_of_sender_and_receiver_and_cites_payments_that_are_there(
    told: pd.DataFrame, rows: pd.DataFrame
) -> None:
    ids = set(rows["transaction_id"])
    for one in (one for each in reasons(told).values() for one in each):
        assert one["contribution"] > 0
        assert one["evidence"]
        assert set(one["evidence"]) <= ids
        assert not re.search(r"this account|the other account|\{", one["sentence"])


def test_how_many_reasons_may_be_asked_for(
    served: serving.Served, rows: pd.DataFrame, told: pd.DataFrame, week: str
) -> None:
    few = served.predict(rows, {"from": week, "explained": 40, "reasons": 1})
    whole = reasons(told)
    assert {name: each[:1] for name, each in whole.items()} == reasons(few)
    assert served.predict(rows, {"from": week, "explained": 0})["reasons"].isna().all()
    assert served.predict(rows, {"from": week, "reasons": 0})["reasons"].isna().all()


def test_the_future_changes_nothing(served: serving.Served, rows: pd.DataFrame, week: str) -> None:
    as_of = rows["timestamp"].iloc[-len(rows) // 10]
    past = rows[rows["timestamp"] <= as_of]
    asked = {"from": week, "as_of": as_of.isoformat(), "explained": 10}
    whole = served.predict(rows, asked)
    assert set(whole["transaction_id"]) == set(past[past["timestamp"] >= week[:19]].transaction_id)
    assert whole.equals(served.predict(past, asked))


def test_rows_come_back_in_the_order_and_with_the_index_they_had(
    served: serving.Served, rows: pd.DataFrame, told: pd.DataFrame, week: str
) -> None:
    mixed = rows.sample(frac=1.0, random_state=5)
    again = served.predict(mixed, {"from": week, "explained": 40, "reasons": 6})
    wanted = mixed[mixed["timestamp"] >= week[:19]]
    assert again["transaction_id"].tolist() == wanted["transaction_id"].tolist()
    assert again.index.equals(wanted.index)
    assert again.sort_index().equals(told)


def test_names_of_accounts_mean_nothing(
    served: serving.Served, rows: pd.DataFrame, told: pd.DataFrame, week: str
) -> None:
    renamed = rows.assign(
        sender="x" + rows["sender"].str[::-1], receiver="x" + rows["receiver"].str[::-1]
    )
    again = served.predict(renamed, {"from": week, "explained": 40, "reasons": 6})
    assert again.equals(told)


def test_what_is_covered_may_begin_before_the_first_row(rows: pd.DataFrame) -> None:
    later = rows[rows["timestamp"] >= rows["timestamp"].iloc[0] + pd.Timedelta(days=3)].head(200)
    past = tuple(feature for feature in CATALOGUE if feature.direction == "trailing")
    table = serving.to_transactions(later)
    unknown = {
        coverage: int(np.isnan(batch.frame(past, "second", 2).values).sum())
        for coverage in ("", "2000-01-01")
        for batch in [Batch.of(table, Asked.of({"coverage_from": coverage}))]
    }
    assert unknown[""] > unknown["2000-01-01"]


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"from": "yesterday"}, "ISO 8601"),
        ({"as_of": "2025-99-01"}, "ISO 8601"),
        ({"reasons": -1}, "whole number from 0"),
        ({"explained": "all"}, "whole number from 0"),
        ({"colour": "red"}, "unknown"),
        ({"coverage_from": "2999-01-01"}, "after the first row"),
    ],
)
def test_a_parameter_that_cannot_be_read_is_a_clear_error(
    params: dict[str, Any], said: str, served: serving.Served, rows: pd.DataFrame
) -> None:
    with pytest.raises(InputError, match=said):
        served.predict(rows.head(5), params)


def test_nothing_to_score_is_an_empty_answer(served: serving.Served, rows: pd.DataFrame) -> None:
    columns = [column.name for column in serving.OUTPUTS]
    for given, asked in ((rows.head(0), {}), (rows.head(9), {"from": "2999-01-01"})):
        found = served.predict(given, asked)
        assert (len(found), list(found.columns)) == (0, columns)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"amount": -5}, "negative"),
        ({"channel": "pigeon"}, "unknown channel"),
        ({"transaction_id": "same"}, "duplicate ids"),
        ({"amount": None}, "null"),
        ({"sender": None, "receiver": None}, "neither sender nor receiver"),
    ],
)
def test_rows_that_break_the_rules_of_a_dataset_are_refused(
    change: dict[str, Any], said: str, served: serving.Served, rows: pd.DataFrame
) -> None:
    with pytest.raises(InputError, match=said):
        served.predict(rows.head(5).assign(**change))
