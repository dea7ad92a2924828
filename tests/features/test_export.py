import numpy as np
import pyarrow.parquet as pq
import pytest
from oracles.worlds import BASE, DAY, Payment, World

from features import export
from features.catalogue import CATALOGUE, digest
from features.export import write_features
from features.slices import Means, compute_frame


@pytest.fixture
def week(tmp_path):
    """Three payments a day for a week."""
    rows = [Payment(f"t{n:02}", BASE + n * DAY // 3, "abc"[n % 3]) for n in range(21)]
    return World.of(rows, coverage_from=BASE).dataset(tmp_path / "week")


def files(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_files_are_the_same_bytes_whatever_the_memory_and_the_threads(week, tmp_path):
    found = []
    for number, (memory, threads) in enumerate(((1, 1), (10**10, 1), (10**10, 3))):
        out = tmp_path / str(number)
        assert write_features(week, out, means=Means(memory, threads, 5)).rows == 21
        found.append(files(out))
    assert sorted(found[0]) == [f"part-{number:05d}.parquet" for number in range(7)]
    assert found[1] == found[0]
    assert found[2] == found[0]


def test_what_is_written_is_the_frame_and_what_is_not_known_is_null(week, tmp_path):
    write_features(week, tmp_path / "out", means=Means(10**10, 2, 4))
    table, frame = pq.read_table(tmp_path / "out"), compute_frame(week, CATALOGUE)
    assert table["transaction_id"].to_pylist() == frame.transaction_id.to_pylist()
    assert table["mature"].to_pylist() == frame.mature.tolist()
    assert table.column_names == ["transaction_id", "mature", *frame.names]
    for name, column in zip(frame.names, frame.columns, strict=True):
        assert table[name].null_count == np.isnan(column).sum(), name
        np.testing.assert_array_equal(table[name].to_numpy(), column, err_msg=name)
    assert table.schema.metadata[b"catalogue"] == digest(CATALOGUE).encode()


def test_what_bounds_left_out_is_told(week, tmp_path, monkeypatch):
    class Skipping(type(CATALOGUE[0])):
        def value(self, space):
            space.leave_out("busy accounts", len(space.rows))
            return super().value(space)

    one = Skipping(*(getattr(CATALOGUE[0], name) for name in CATALOGUE[0].__match_args__))
    monkeypatch.setattr(export, "CATALOGUE", (one,))
    made = write_features(week, tmp_path / "out", means=Means(10**10, 2, 4))
    assert made.left_out == {"busy accounts": 21}
