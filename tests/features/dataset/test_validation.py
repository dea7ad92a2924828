import json
from dataclasses import replace

import pyarrow.parquet as pq
import pytest

from features.dataset import Dataset, validate, write_dataset
from features.dataset.manifest import Manifest, file_digest


@pytest.fixture
def folder(tmp_path, payments, facts, labels):
    write_dataset(tmp_path / "d", payments, replace(facts, labels="partial"), labels=labels)
    return tmp_path / "d"


def forge(folder, path, table):
    """Replace a file and mend digests and snapshot id, so that only the content is wrong."""
    pq.write_table(table, folder / path)
    manifest = Dataset.open(folder).manifest
    files = tuple(
        replace(entry, sha256=file_digest(folder / path)) if entry.path == path else entry
        for entry in manifest.files
    )
    draft = replace(manifest, files=files)
    mended = replace(draft, snapshot_id=draft.content_digest())
    (folder / "manifest.json").write_text(mended.to_json())


def found(folder):
    return "\n".join(str(fault) for fault in validate(folder).faults)


def test_a_dataset_as_written_is_valid(folder):
    assert validate(folder).ok


@pytest.mark.parametrize("path", ["labels.parquet", "transactions/date=2024-01-02/part-0.parquet"])
def test_one_changed_byte_is_found(folder, path):
    content = bytearray((folder / path).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / path).write_bytes(bytes(content))
    assert [fault.where for fault in validate(folder).faults] == [path]


def test_a_missing_and_a_stray_file_are_found(folder):
    day = folder / "transactions/date=2024-01-02"
    (day / "part-0.parquet").rename(day / "part-1.parquet")
    assert {fault.where for fault in validate(folder).faults} == {
        "transactions/date=2024-01-02/part-0.parquet",
        "transactions/date=2024-01-02/part-1.parquet",
    }


def test_a_changed_manifest_is_found(folder):
    file = folder / "manifest.json"
    content = json.loads(file.read_text()) | {"reporting_currency": "USD"}
    file.write_text(json.dumps(content))
    assert [fault.column for fault in validate(folder).faults] == ["snapshot_id"]


def test_forged_rows_are_found_though_digests_fit(folder):
    path = "transactions/date=2024-01-02/part-0.parquet"
    table = pq.ParquetFile(folder / path).read()
    forge(folder, path, table[::-1])
    assert "rows out of order" in found(folder)
    forge(folder, path, table.set_column(0, table.schema.field(0), [["t0", "t2"]]))
    assert "1 duplicate ids" in found(folder)
    other_day = pq.ParquetFile(folder / "transactions/date=2024-01-03/part-0.parquet").read()
    forge(folder, path, other_day)
    assert "rows of another day" in found(folder)
    forge(folder, path, table.drop_columns(["amount"]))
    assert "amount" in found(folder)


def test_a_label_of_nobody_is_found(folder):
    table = pq.ParquetFile(folder / "labels.parquet").read()
    forge(folder, "labels.parquet", table.set_column(0, table.schema.field(0), [["t2", "t99"]]))
    assert "of no transaction" in found(folder)


def test_the_manifest_must_name_the_last_instant(folder):
    manifest = Dataset.open(folder).manifest
    draft = replace(manifest, coverage_to=manifest.coverage_from)
    mended = replace(draft, snapshot_id=draft.content_digest())
    (folder / "manifest.json").write_text(mended.to_json())
    assert isinstance(mended, Manifest)
    assert [fault.column for fault in validate(folder).faults] == ["coverage_to"]
