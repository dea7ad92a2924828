"""Scores don't depend on how the batch is cut, on the order of rows, on names, or on labels."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest

from engine.scoring import Request, score
from features.slices import Means

IDS = ("transaction_id",)
SIDES = ("sender", "receiver")
CITING = ("reasons", "against", "indicators")


def scores_of(dataset, model, out, read, **asked):
    asked.setdefault("budget", 1)
    score(dataset, model, out, Request(**asked))
    return read(out, "scores")


@pytest.fixture(scope="module")
def whole(served, read):
    return read(served.scores, "scores")


def test_the_scores_are_those_of_all_rows_in_time_order(served, whole):
    rows = served.dataset.read(["transaction_id"])
    assert whole["transaction_id"].to_pylist() == rows["transaction_id"].to_pylist()
    scores = whole["score"].to_numpy()
    assert ((scores >= 0) & (scores <= 1)).all()


@pytest.mark.parametrize(
    "means",
    [Means(1, 1, 1000), Means(1, 2, 20), Means(10**10, 3, 7)],
    ids=["days", "blocks", "rows"],
)
def test_slices_and_blocks_of_any_size_give_the_same_files_bit_for_bit(served, means, tmp_path):
    request = Request(budget=served.budget, means=means)
    score(served.dataset, served.model, tmp_path / "again", request)
    for name in ("scores", "candidates", "evidence"):
        again = (tmp_path / "again" / f"{name}.parquet").read_bytes()
        assert again == (served.scores / f"{name}.parquet").read_bytes(), name


def test_day_by_day_and_at_odd_hours_gives_the_same_scores_bit_for_bit(
    served, whole, read, tmp_path
):
    facts = served.dataset.manifest
    cuts = [facts.coverage_from]
    while cuts[-1] <= facts.coverage_to:
        cuts.append(cuts[-1] + timedelta(days=3, hours=len(cuts) % 24, microseconds=len(cuts)))
    parts = [
        scores_of(
            served.dataset,
            served.model,
            tmp_path / str(k),
            read,
            start=start,
            stop=stop,
            as_of=facts.coverage_to,
        )
        for k, (start, stop) in enumerate(pairwise(cuts))
    ]
    assert len(parts) > 10
    assert pa.concat_tables(parts).equals(whole)


def test_an_earlier_as_of_gives_what_a_dataset_that_ends_there_gives(
    served, tables, read, tmp_path
):
    instant = datetime(2025, 1, 20, 12, tzinfo=UTC)
    rows = tables.transactions
    known = rows.filter(np.array([t <= instant for t in rows["timestamp"].to_pylist()]))
    cut = tables.write(tmp_path / "cut", known)
    last = cut.manifest.coverage_to
    seen = scores_of(served.dataset, served.model, tmp_path / "seen", read, as_of=last)
    assert seen.equals(scores_of(cut, served.model, tmp_path / "ended", read))
    rows_read = read(tmp_path / "seen", "evidence")["timestamp"].to_pylist()
    assert max(rows_read) <= last


def test_labels_make_no_difference_to_scores(served, tables, whole, read, tmp_path):
    bare = tables.write(tmp_path / "bare")
    assert scores_of(bare, served.model, tmp_path / "scores", read).equals(whole)


def renamed(names, prefix):
    """Give every name another, of other length, that sorts the other way around."""
    return {
        name: f"{prefix}-{10**6 - place}-{'x' * (place % 7)}"
        for place, name in enumerate(sorted(set(names) - {None}))
    }


@pytest.fixture(scope="module")
def disguised(tables, served, tmp_path_factory):
    """The same world, shuffled, with every id renamed; and the way back."""
    place = tmp_path_factory.mktemp("disguised")
    rows = tables.transactions.take(
        np.random.default_rng(5).permutation(tables.transactions.num_rows)
    )
    words = {name: rows[name].cast(pa.string()).to_pylist() for name in (*IDS, *SIDES)}
    ids = renamed(words["transaction_id"], "t")
    accounts = renamed([*words["sender"], *words["receiver"]], "account")
    for name, known in (("transaction_id", ids), ("sender", accounts), ("receiver", accounts)):
        column = pa.array([known.get(word) for word in words[name]], pa.string())
        rows = rows.set_column(rows.schema.get_field_index(name), name, column)
    dataset = tables.write(place / "data", rows)
    score(dataset, served.model, place / "scores", Request(budget=served.budget))
    back = {new: old for names in (ids, accounts) for old, new in names.items()}
    return place / "scores", back


def test_shuffled_and_renamed_rows_have_the_same_scores(disguised, whole, read):
    folder, back = disguised
    found = read(folder, "scores").to_pylist()
    assert {back[row.pop("transaction_id")]: row for row in found} == {
        row.pop("transaction_id"): row for row in whole.to_pylist()
    }


def test_shuffled_and_renamed_rows_make_the_same_candidates(disguised, candidates, read):
    folder, back = disguised

    def shown(one, names):
        """Everything but what is made from names or ordered by them."""
        listed = [
            {
                **{key: value for key, value in reason.items() if key != "evidence"},
                "evidence": sorted(names.get(name, name) for name in reason["evidence"]),
            }
            for reason in (each for key in CITING for each in one[key])
        ]
        for flag in listed:
            flag.update({key: names.get(flag[key], flag[key]) for key in {"transaction"} & {*flag}})
        kept = {
            key: value
            for key, value in one.items()
            if key not in {"candidate_id", "account", "peak_transaction", *CITING}
        }
        account, peak = one["account"], one["peak_transaction"]
        return kept, listed, names.get(account, account), names.get(peak, peak)

    again = read(folder, "candidates").to_pylist()
    assert [shown(one, back) for one in again] == [shown(one, {}) for one in candidates]
