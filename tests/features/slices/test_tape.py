from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest
from oracles.worlds import BASE, DAY, HOUR, Payment, World, instant

from features.dataset import Dataset
from features.slices.tape import Tape


@pytest.fixture
def read(monkeypatch):
    """The files that are read."""
    files, table = [], Dataset.table

    def reading(self, entry, columns=None):
        files.append(entry.path)
        return table(self, entry, columns)

    monkeypatch.setattr(Dataset, "table", reading)
    return files


@pytest.fixture
def world():
    """Two payments a day for ten days, each between accounts of its own."""
    rows = [Payment(f"t{n}", BASE + n * DAY // 2, f"a{n % 7}", f"b{n % 5}") for n in range(20)]
    return World.of(rows, coverage_from=BASE)


def test_slices_that_overlap_read_every_day_once_and_code_it_the_same(world, read, tmp_path):
    dataset = world.dataset(tmp_path / "data")
    tape, names = Tape(dataset, world.facts["as_of"]), {}
    with ThreadPoolExecutor(2) as pool:
        for first in range(0, 10, 2):
            low, high = BASE + (first - 3) * DAY, BASE + (first + 3) * DAY
            history = tape.history(instant(low), instant(high), pool)
            rows = [row for row in world.rows if low <= row.time < high]
            assert history.time.tolist() == [row.time for row in rows]
            for row, code in zip(rows, history.sender.tolist(), strict=True):
                assert names.setdefault(row.sender, code) == code
                assert tape.coder.accounts.words[code].as_py() == row.sender
    assert sorted(read) == sorted(entry.path for entry in dataset.manifest.days(None, None))


def test_only_the_days_asked_for_are_read_and_only_the_rows_asked_for_are_seen(
    world, read, tmp_path
):
    dataset = world.dataset(tmp_path / "data")
    start, stop = instant(BASE + 2 * DAY + HOUR), instant(BASE + 3 * DAY + HOUR)
    with ThreadPoolExecutor(1) as pool:
        history = Tape(dataset, world.facts["as_of"]).history(start, stop, pool)
    assert history.time.tolist() == [BASE + 5 * DAY // 2, BASE + 3 * DAY]
    assert len(read) == 2


def test_arrays_are_plain_so_that_kernels_compile_once(world, tmp_path):
    tape = Tape(world.dataset(tmp_path / "data"), world.facts["as_of"])
    with ThreadPoolExecutor(1) as pool:
        for start, stop in pairwise(instant(BASE + day * DAY) for day in (0, 4, 7)):
            history = tape.history(start, stop, pool)
            for array in (history.time, history.sender, history.amount, history.currency):
                assert array.flags.c_contiguous
                assert array.flags.writeable
                assert array.dtype in {np.dtype(np.int64), np.dtype(np.int32)}
