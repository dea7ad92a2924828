"""A world is what was asked for, the same each time, and well formed."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from experiments.simulation import WorldConfig, build_world, simulate
from experiments.simulation.places import EURO_MILLIONTHS
from features.dataset import Dataset, validate
from features.dataset.schema import ACCOUNTS, LABELS, TRANSACTIONS
from features.errors import ConfigError, OutputError

SMALL = WorldConfig(transactions=8_000, days=21, seed=5)


def test_a_world_has_exactly_the_rows_asked_for_and_the_three_schemas(world):
    assert len(world.transactions) == world.config.transactions
    assert world.transactions.schema == TRANSACTIONS
    assert world.accounts.schema == ACCOUNTS
    assert world.labels.schema == LABELS


def test_equal_configs_make_equal_worlds_and_another_seed_makes_another():
    one, same = build_world(SMALL), build_world(SMALL)
    assert all(a.equals(b) for a, b in zip(one, same, strict=True))
    other = build_world(replace(SMALL, seed=6))
    shared = set(one[0]["transaction_id"].to_pylist()) & set(other[0]["transaction_id"].to_pylist())
    assert not shared


@pytest.mark.parametrize(
    ("transactions", "days"), [(2_000, 7), (2_000, 3_660), (20_000, 7), (30_000, 400)]
)
def test_odd_sizes_make_worlds_too(transactions, days):
    config = WorldConfig(transactions=transactions, days=days, start=date(2024, 2, 27))
    rows, accounts, labels = build_world(config)
    assert len(rows) == transactions
    assert labels["label"].to_numpy().sum() > 0
    assert len(accounts) == config.accounts


def test_without_illicit_rows_every_label_is_zero():
    _, _, labels = build_world(replace(SMALL, illicit_share=0))
    assert labels["label"].to_numpy().sum() == 0
    assert labels["pattern_id"].null_count == len(labels)


def test_the_folder_written_is_a_valid_dataset_with_the_same_bytes_each_time(tmp_path):
    first, second = (simulate(tmp_path / name, SMALL) for name in ("a", "b"))
    assert first.snapshot_id == second.snapshot_id
    assert [f.sha256 for f in first.files] == [f.sha256 for f in second.files]
    assert not validate(tmp_path / "a").faults
    dataset = Dataset.open(tmp_path / "a")
    assert dataset.manifest.labels == "complete"
    assert dataset.manifest.time_precision == "second"
    assert dataset.manifest.source["seed"] == SMALL.seed
    assert dataset.read(["transaction_id"]).num_rows == SMALL.transactions


def test_an_existing_folder_is_refused_and_left_alone(tmp_path):
    (tmp_path / "kept").mkdir()
    with pytest.raises(OutputError):
        simulate(tmp_path / "kept", SMALL)
    assert list(Path(tmp_path / "kept").iterdir()) == []


def test_every_fault_of_a_config_is_named_at_once():
    with pytest.raises(ConfigError) as caught:
        WorldConfig(transactions=10, days=1, seed=-1, illicit_share=0.5, reporting_currency="USD")
    for name in ("transactions", "days", "seed", "illicit_share", "reporting_currency"):
        assert name in str(caught.value)


def test_ids_are_unique_and_rows_stand_by_time_and_id(world):
    rows = world.rows
    assert rows.transaction_id.is_unique
    ordered = rows.sort_values(["timestamp", "transaction_id"], kind="stable")
    assert (ordered.transaction_id == rows.transaction_id).all()


def test_rows_lie_inside_the_world_and_after_their_accounts_opened(world):
    rows = world.rows
    start = pd.Timestamp(datetime(2025, 3, 3, tzinfo=UTC))
    assert rows.timestamp.min() >= start
    assert rows.timestamp.max() < start + pd.Timedelta(days=world.config.days)
    opened = world.accounts.to_pandas().set_index("account").opened
    for side in ("sender", "receiver"):
        known = rows[side].notna()
        assert (opened[rows[side][known]].to_numpy() <= rows.timestamp[known]).all()


def test_every_side_is_an_account_of_the_table_or_null_and_never_both_null(world):
    rows, accounts = world.rows, set(world.accounts["account"].to_pylist())
    sides = set(rows.sender.dropna()) | set(rows.receiver.dropna())
    assert sides <= accounts
    assert not (rows.sender.isna() & rows.receiver.isna()).any()
    assert not (rows.sender == rows.receiver).any()
    assert 0.1 < (rows.sender.isna() | rows.receiver.isna()).mean() < 0.6


def test_amounts_are_the_paid_amount_at_the_stated_rate(world):
    rows = world.rows.sample(2_000, random_state=0)
    assert (rows.amount > 0).all()
    for row in rows.itertuples():
        exact = int(row.original_amount * 100) * EURO_MILLIONTHS[row.currency]
        whole, part = divmod(exact, 1_000_000)
        up = part > 500_000 or (part == 500_000 and whole % 2 == 1)
        assert row.amount == whole + up


def test_several_banks_currencies_countries_and_channels_occur(world):
    rows = world.rows
    assert rows.sender_bank.nunique() > 10
    assert rows.currency.nunique() >= 6
    assert rows.receiver_country.nunique() >= 10
    assert set(rows.channel.unique()) >= {"cash", "wire", "card", "ach", "internal", "crypto"}


def test_life_has_a_rhythm_pay_days_and_a_heavy_tail(world):
    rows = world.rows
    hour, day = rows.timestamp.dt.hour, rows.timestamp.dt.day
    posted = hour[rows.channel_source != "order"]
    assert posted.between(7, 18).mean() > 0.6  # an even spread would give a half
    salaries = rows[rows.purpose == "SALA"]
    assert salaries.groupby(day[salaries.index]).size().nlargest(6).sum() > 0.7 * len(salaries)
    activity = rows.sender.value_counts()
    assert activity.iloc[: len(activity) // 100].sum() > 0.04 * len(rows)
    euros = np.sort(rows.amount.to_numpy())
    assert euros[-len(euros) // 100 :].sum() > 0.15 * euros.sum()


def test_the_rows_of_a_batch_share_their_second(world):
    rows = world.rows
    assert rows.duplicated(["timestamp"]).mean() > 0.05


def test_tables_carry_no_label(world):
    for table in (world.transactions, world.accounts):
        assert not {"label", "pattern_id", "pattern_type"} & set(table.column_names)
    ids = world.labels["transaction_id"].to_pylist()
    assert ids == sorted(ids)
    assert isinstance(world.labels, pa.Table)
