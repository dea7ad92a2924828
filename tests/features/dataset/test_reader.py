import json
from datetime import UTC, datetime, timedelta

import pytest

from features.dataset import Dataset, write_dataset
from features.dataset.manifest import Manifest
from features.errors import InputError


@pytest.fixture
def dataset(tmp_path, payments, facts):
    write_dataset(tmp_path / "d", payments, facts)
    return Dataset.open(tmp_path / "d")


def ids(table):
    return table["transaction_id"].to_pylist()


def test_a_slice_holds_its_start_and_not_its_stop(dataset):
    noon = datetime(2024, 1, 2, 12, tzinfo=UTC)
    assert ids(dataset.read(start=noon, stop=noon + timedelta(hours=12))) == ["t2"]
    assert ids(dataset.read(start=noon, stop=noon + timedelta(hours=13))) == ["t2", "t3"]
    assert ids(dataset.read(start=noon + timedelta(microseconds=1), stop=noon)) == []


def test_slices_join_to_the_whole(dataset):
    cut = datetime(2024, 1, 3, 18, tzinfo=UTC)
    assert ids(dataset.read(stop=cut)) + ids(dataset.read(start=cut)) == ids(dataset.read())


def test_only_the_days_needed_are_opened(dataset):
    start, stop = datetime(2024, 1, 3, tzinfo=UTC), datetime(2024, 1, 4, tzinfo=UTC)
    for entry in dataset.files():
        if entry not in dataset.files(start, stop):
            (dataset.path / entry.path).unlink()
    assert ids(dataset.read(start=start, stop=stop)) == ["t3", "t4"]


def test_columns_come_as_asked(dataset):
    cut = datetime(2024, 1, 3, 18, tzinfo=UTC)
    table = dataset.read(["amount", "sender"], start=cut)
    assert table.column_names == ["amount", "sender"]
    assert dataset.read(["amount"], stop=datetime(2020, 1, 1, tzinfo=UTC)).num_rows == 0


def test_other_times_than_utc_are_the_same_instant(dataset):
    here = datetime.fromisoformat("2024-01-02T13:00:00+01:00")
    assert ids(dataset.read(start=here))[0] == "t2"


def test_a_time_without_zone_is_a_mistake_of_the_caller(dataset):
    with pytest.raises(ValueError, match="time zone"):
        dataset.read(start=datetime.fromisoformat("2024-01-01"))


def test_a_truncated_file_is_named(dataset):
    entry = dataset.files()[2]
    file = dataset.path / entry.path
    file.write_bytes(file.read_bytes()[:-20])
    with pytest.raises(InputError, match="date=2024-01-03"):
        dataset.read()
    assert [fault.where for fault in dataset.check_digests()] == [entry.path]
    assert dataset.check_digests(stop=datetime(2024, 1, 2, tzinfo=UTC)) == []


def test_a_folder_without_manifest_is_no_dataset(tmp_path):
    with pytest.raises(InputError, match="not a dataset"):
        Dataset.open(tmp_path)


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({"format": "other"}, "format"),
        ({"coverage_to": "2024-01-01T00:00:00"}, "coverage_to"),
        ({"surprise": 1}, "surprise"),
        ({"files": [{"path": "../x", "sha256": "", "rows": 1, "bytes": 1}]}, "files"),
        ({"files": [{"path": "/etc/x", "sha256": "", "rows": 1, "bytes": 1}]}, "files"),
        ({"files": [{"path": "transactions/x", "sha256": "", "rows": 1, "bytes": 1}]}, "files"),
    ],
)
def test_a_broken_manifest_is_refused(dataset, change, wanted):
    file = dataset.path / "manifest.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | change))
    with pytest.raises(InputError, match="not a dataset manifest") as error:
        Dataset.open(dataset.path)
    assert wanted in str(error.value)


def test_a_manifest_survives_its_own_json(dataset):
    assert Manifest.from_json(dataset.manifest.to_json()) == dataset.manifest
