"""Verification against data that is not the data that was scored."""

import shutil
from pathlib import Path

import pytest

from engine.verification import verify
from features.dataset import Dataset
from features.dataset.manifest import file_digest


@pytest.fixture
def data(small, tmp_path):
    return Path(shutil.copytree(small.dataset.path, tmp_path / "data"))


def last_day(data: Path) -> Path:
    return max((data / "transactions").rglob("*.parquet"))


def one_cent_more(rows):
    rows[0]["amount"] += 1


def test_one_changed_amount_in_the_data_is_found_and_its_file_named(small, data, tamper):
    tamper.table(last_day(data), one_cent_more)
    found = verify(small.scores, Dataset.open(data)).differences
    name = last_day(data).relative_to(data).as_posix()
    assert any(name in line and "changed since it was scored" in line for line in found)
    assert found[0].split(",")[0] in {"scores.parquet", "candidates.parquet", "evidence.parquet"}


@pytest.mark.parametrize("snapshot", ["kept", "renewed"])
def test_one_changed_amount_is_found_though_the_dataset_s_digests_are_renewed(
    small, data, snapshot, tamper
):
    tamper.table(last_day(data), one_cent_more)
    name = last_day(data).relative_to(data).as_posix()

    def renew(manifest):
        for entry in manifest["files"]:
            if entry["path"] == name:
                entry["sha256"] = file_digest(data / name)

    tamper.manifest(data, renew)
    if snapshot == "renewed":
        fresh = Dataset.open(data).manifest.content_digest()
        tamper.manifest(data, lambda manifest: manifest.update(snapshot_id=fresh))
    found = verify(small.scores, Dataset.open(data)).differences
    wanted = "manifest was changed" if snapshot == "kept" else "snapshot"
    assert any(wanted in line for line in found)
    assert any(name in line for line in found)


def test_a_removed_day_is_named(small, data):
    name = last_day(data).relative_to(data).as_posix()
    (data / name).unlink()
    found = verify(small.scores, Dataset.open(data)).differences
    assert name in found[0]
    assert f"{name} of the dataset: missing" in found


def test_a_garbled_day_is_named(small, data):
    name = last_day(data).relative_to(data).as_posix()
    content = (data / name).read_bytes()
    middle = len(content) // 2
    (data / name).write_bytes(content[:middle] + bytes(40) + content[middle + 40 :])
    found = verify(small.scores, Dataset.open(data)).differences
    assert any(name in line and "changed since it was scored" in line for line in found)


def test_rows_out_of_order_in_the_data_are_found(small, data, tamper):
    tamper.table(last_day(data), lambda rows: rows.reverse())
    assert not verify(small.scores, Dataset.open(data)).ok


def test_another_dataset_is_found(small, tables, tmp_path):
    rows = tables.transactions
    other = tables.write(tmp_path / "other", rows.slice(0, rows.num_rows - 1))
    found = verify(small.scores, other).differences
    assert any("snapshot" in line for line in found)


def test_the_same_rows_with_other_labels_are_another_snapshot(small, tables, tmp_path):
    bare = tables.write(tmp_path / "bare")
    assert any("snapshot" in line for line in verify(small.scores, bare).differences)
