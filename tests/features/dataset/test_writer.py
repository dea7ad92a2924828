from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.dataset import TRANSACTIONS, Dataset, validate, write_dataset
from features.errors import InputError, OutputError


def with_column(table, name, values):
    place = table.column_names.index(name)
    return table.set_column(place, name, pa.chunked_array([values]))


def test_what_was_written_is_read_back_sorted_and_in_the_schema(tmp_path, payments, facts):
    shuffled = payments.take(pa.array([3, 1, 9, 0, 2, 8, 7, 6, 5, 4]))
    write_dataset(tmp_path / "d", shuffled, facts)
    table = Dataset.open(tmp_path / "d").read()
    assert table.schema.equals(TRANSACTIONS)
    assert table["transaction_id"].to_pylist() == payments["transaction_id"].to_pylist()
    assert table["sender"].to_pylist() == payments["sender"].to_pylist()
    assert table["memo"].null_count == len(table)
    assert validate(tmp_path / "d").ok


def test_equal_times_are_sorted_by_id(tmp_path, payments, facts):
    same = with_column(payments, "timestamp", payments["timestamp"].take(pa.array([0] * 10)))
    write_dataset(tmp_path / "d", same.take(pa.array(range(9, -1, -1))), facts)
    ids = Dataset.open(tmp_path / "d").read(["transaction_id"])["transaction_id"].to_pylist()
    assert ids == sorted(ids)


def test_the_order_of_rows_and_words_leaves_no_trace(tmp_path, payments, facts, labels):
    known = replace(facts, labels="partial")
    one = write_dataset(tmp_path / "one", payments, known, labels=labels)
    words = payments["sender"].dictionary_encode().combine_chunks()
    turned = pa.DictionaryArray.from_arrays(
        pa.array(2 - words.indices.to_numpy(), pa.int32()), words.dictionary[::-1]
    )
    other = with_column(payments, "sender", turned).take(pa.array(range(9, -1, -1)))
    two = write_dataset(tmp_path / "two", other, known, labels=labels[::-1])
    assert one.snapshot_id == two.snapshot_id
    assert one.files == two.files


def test_a_changed_amount_changes_the_snapshot(tmp_path, payments, facts):
    one = write_dataset(tmp_path / "one", payments, facts)
    more = with_column(payments, "amount", pa.array(np.arange(10) + 1))
    assert write_dataset(tmp_path / "two", more, facts).snapshot_id != one.snapshot_id


def test_a_day_is_a_file_without_the_words_of_other_days(tmp_path, payments, facts):
    manifest = write_dataset(tmp_path / "d", payments, facts)
    assert [str(entry.day) for entry in manifest.files][:2] == ["2024-01-01", "2024-01-02"]
    first = pq.ParquetFile(tmp_path / "d" / manifest.files[0].path).read()
    assert "date" not in first.column_names
    assert first["sender"].chunk(0).dictionary.to_pylist() == ["a0"]


def test_the_manifest_tells_coverage_and_counts(tmp_path, payments, facts):
    refused = pa.table({"reason": ["r"], "source_file": ["f"], "source_row": [1], "values": ["{}"]})
    counted = replace(facts, not_payments=3)
    manifest = write_dataset(tmp_path / "d", payments, counted, quarantine=refused)
    assert manifest.coverage_from == datetime(2024, 1, 1, tzinfo=UTC)
    assert manifest.coverage_to == datetime(2024, 1, 6, tzinfo=UTC)
    assert manifest.rows == {
        "read": 14,
        "transactions": 10,
        "not_payments": 3,
        "quarantined": 1,
    }
    assert Dataset.open(tmp_path / "d").manifest == manifest


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        (("transaction_id", ["t1"] * 10), "duplicate ids"),
        (("transaction_id", [None] * 10), "rows null"),
        (("amount", pa.array([-1] * 10)), "10 rows negative"),
        (("amount", pa.array([1.0] * 10)), "not whole numbers"),
        (("amount", pa.array([2**62, 1, *[0] * 8])), "total of"),
        (("channel", ["pigeon"] * 10), "unknown channel"),
        (("sender", pa.nulls(10, pa.string())), "neither sender nor receiver"),
        (("timestamp", pa.array([datetime.fromisoformat("2024-01-01")] * 10)), "no time zone"),
    ],
)
def test_broken_rules_are_named_and_nothing_is_written(tmp_path, payments, facts, change, wanted):
    with pytest.raises(InputError, match=wanted):
        write_dataset(tmp_path / "d", with_column(payments, *change), facts)
    assert list(tmp_path.iterdir()) == []


def test_all_faults_come_at_once(tmp_path, payments, facts):
    broken = payments.drop_columns(["currency"]).append_column("colour", pa.nulls(10))
    with pytest.raises(InputError) as error:
        write_dataset(tmp_path / "d", broken, facts)
    assert {fault.column for fault in error.value.faults} == {"currency", "colour"}


def test_labels_must_be_of_known_transactions(tmp_path, payments, facts):
    stray = pa.table({"transaction_id": ["nobody"], "label": pa.array([2], pa.int8())})
    with pytest.raises(InputError) as error:
        write_dataset(tmp_path / "d", payments, replace(facts, labels="partial"), labels=stray)
    assert {fault.column for fault in error.value.faults} == {"transaction_id", "label"}


def test_an_existing_output_is_left_alone(tmp_path, payments, facts):
    (tmp_path / "d").mkdir()
    with pytest.raises(OutputError, match="exists already"):
        write_dataset(tmp_path / "d", payments, facts)
    assert list((tmp_path / "d").iterdir()) == []


def test_no_rows_make_no_dataset(tmp_path, payments, facts):
    with pytest.raises(InputError, match="no rows"):
        write_dataset(tmp_path / "d", payments.slice(0, 0), facts)


def test_the_tables_that_came_in_are_not_changed(tmp_path, payments, facts):
    before = payments.to_pylist()
    write_dataset(tmp_path / "d", payments, facts)
    assert payments.to_pylist() == before
