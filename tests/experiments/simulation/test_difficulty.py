"""No column gives the planted rows away, and planted accounts are ordinary ones."""

import numpy as np
import pyarrow as pa
import pytest

from experiments.simulation.difficulty import (
    as_table,
    by_size,
    by_word,
    dataset_columns,
    derived_columns,
    row_labels,
)

MOST = 0.2


def test_no_column_of_the_dataset_gives_the_planted_rows_away(world):
    found = dataset_columns(world.transactions, world.accounts, world.labels)
    measured = {one.column for one in found}
    assert {"amount", "channel", "hour of day", "sender", "transaction_id order"} <= measured
    assert found[0].average_precision <= MOST, as_table(found[:3])


def test_no_simple_column_of_behaviour_gives_them_away_either(world):
    found = derived_columns(world.transactions, world.labels)
    assert found[0].average_precision <= MOST, as_table(found[:3])


def test_ids_and_row_order_say_nothing(world):
    found = dataset_columns(world.transactions, world.accounts, world.labels)
    silent = ("transaction_id order", "transaction_id hash", "row order", "second", "minute")
    for one in found:
        if one.column in silent:
            assert one.average_precision < 3 * one.base_rate


def test_a_column_that_is_the_label_would_be_found():
    label = (np.arange(4_000) % 50 == 0).astype(np.int64)
    assert by_word("leak", label, label).average_precision == pytest.approx(1)
    best = max(one.average_precision for one in by_size("leak", label * 1.0, label))
    assert best == pytest.approx(1)


def test_labels_are_matched_by_id_and_not_by_place():
    rows = pa.table({"transaction_id": ["b", "c", "a"]})
    labels = pa.table({"transaction_id": ["a", "b", "c"], "label": [1, 0, 0]})
    assert row_labels(rows, labels).tolist() == [0, 0, 1]


def test_many_honest_pairs_meet_for_the_first_time_and_some_planted_ones_do_not(world, first_seen):
    rows = world.rows
    transfer = rows.sender.notna() & rows.receiver.notna() & ~rows.channel.isin(["card"])
    honest = first_seen[(transfer & (rows.label == 0)).to_numpy()].mean()
    planted = first_seen[(transfer & (rows.label == 1)).to_numpy()].mean()
    assert honest > 0.35
    assert planted < 0.95


def test_planted_accounts_have_honest_lives_and_are_not_newer(world):
    rows, planted = world.rows, world.planted
    accounts = world.accounts.to_pandas().set_index("account")
    persons = set(accounts.index[accounts.kind == "person"])
    involved = (set(planted.sender) | set(planted.receiver)) & persons
    honest = rows[rows.label == 0]
    lived = honest[honest.sender.isin(involved) | honest.receiver.isin(involved)]
    theirs = planted[planted.sender.isin(involved) | planted.receiver.isin(involved)]
    assert len(lived) > 5 * len(theirs)
    opened = accounts.opened.astype("int64")
    assert opened[list(involved)].median() == pytest.approx(opened[list(persons)].median(), rel=0.1)


def test_planted_amounts_lie_among_those_of_honest_transfers(world):
    rows = world.rows[lambda rows: rows.sender.notna() & rows.receiver.notna()]
    rows = rows[(rows.channel != "card") & (rows.channel_source != "order")]
    honest, planted = rows.amount[rows.label == 0], rows.amount[rows.label == 1]
    assert planted.between(*honest.quantile([0.01, 0.99])).mean() > 0.85
    assert planted.median() < honest.quantile(0.9)
    assert planted.max() < honest.max()
