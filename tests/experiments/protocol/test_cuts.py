"""Where a protocol cuts: counted by hand."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from experiments.config import ExperimentConfig
from experiments.protocol.cuts import CUTS, embargoed, split_by, whole_days
from experiments.protocol.prepared import until
from experiments.rows import Labels, Rows, micros
from experiments.split import split_in_time
from features.errors import InputError
from features.windows import DAY, HOUR

PLAIN = ExperimentConfig.model_validate({"split": {"conformal": 0.0}})


def rows_at(time: np.ndarray, evaluated: np.ndarray | None = None) -> Rows:
    count = len(time)
    labels = Labels(
        label=np.zeros(count, np.int8),
        known_at=time,
        pattern=np.arange(count),
        kind=np.full(count, "none"),
        names=(),
        assumed=False,
    )
    return Rows(
        transaction_id=pa.chunked_array([[str(k) for k in range(count)]]),
        time=time,
        amount=np.ones(count, np.int64),
        sender=np.arange(count),
        receiver=np.arange(count) + count,
        accounts=pa.array([str(k) for k in range(2 * count)]),
        evaluated=np.ones(count, np.bool_) if evaluated is None else evaluated,
        labels=labels,
    )


def starts(split: Any) -> list[float]:
    return [micros(part.start) / DAY for part in split.parts]


def test_the_plain_cut_is_that_of_training() -> None:
    rows = rows_at(np.arange(100) * HOUR)
    made = split_by("time", PLAIN, "ab", rows)
    assert made == split_in_time(PLAIN, "ab", rows.time, rows.evaluated)


def test_the_cut_by_index_counts_all_rows_and_the_plain_one_those_evaluated() -> None:
    time = np.arange(100) * DAY
    rows = rows_at(time, evaluated=np.arange(100) % 100 >= 50)
    assert starts(split_by("index", PLAIN, "ab", rows)) == [0, 60, 70, 80]
    assert starts(split_by("time", PLAIN, "ab", rows)) == [0, 80, 85, 90]


def test_rows_of_one_instant_stay_together() -> None:
    time = np.sort(np.random.default_rng(2).integers(0, 30, 200)) * DAY
    for cut in CUTS:
        split = split_by(cut, PLAIN, "ab", rows_at(time))
        edges = np.searchsorted(time, [micros(part.start) for part in split.parts[1:]])
        assert (time[edges] > time[edges - 1]).all()


def test_whole_days_come_as_near_to_the_shares_as_days_can() -> None:
    per_day = [30, 10, 25, 5, 15, 15]  # 30 40 65 70 85 100
    time = np.repeat(np.arange(6), per_day) * DAY + 7 * HOUR
    # 65/20/15 errs by at most 1/4, 70/15/15 by 1/4, 40/... by more, 65/5/30 by 3/4.
    assert [end // DAY for end in whole_days(time, (0.6, 0.2, 0.2))] == [3, 5]
    split = split_by("day", PLAIN, "ab", rows_at(time + 3 * np.arange(100)))
    train, *_, test = split.parts
    assert (train.rows, test.rows) == (65, 15)


def test_too_few_days_are_refused() -> None:
    with pytest.raises(InputError, match="cannot be cut"):
        split_by("day", PLAIN, "ab", rows_at(np.arange(50) * HOUR // 4))


def test_equal_cuts_have_equal_digests_so_that_looks_are_counted_together() -> None:
    rows = rows_at(np.arange(100) * DAY)
    digests = {split_by(cut, PLAIN, "ab", rows).digest for cut in CUTS}
    assert len(digests) == 1


def test_an_embargo_drops_rows_before_validation_and_test_and_leaves_the_test_part() -> None:
    rows = rows_at(np.arange(100) * DAY)
    split = split_by("time", PLAIN, "ab", rows)
    found = embargoed(PLAIN, "ab", rows, split, [5 * DAY, 90 * DAY])
    assert found is not None
    assert found.length == 5 * DAY  # 90 days leave nothing
    assert starts(found.split) == [0, 60, 68, 80]  # 60..74 validate: 8 tune, 7 calibrate
    assert [micros(part.stop) // DAY for part in found.split.parts] == [55, 68, 75, 99]
    assert [micros(part.as_of) / DAY for part in found.split.parts] == [54, 67, 74, 99]
    assert found.split.parts[-1] == split.parts[-1]
    assert found.split.digest == split.digest
    dropped = np.flatnonzero(~found.rows.evaluated)
    assert dropped.tolist() == [*range(55, 60), *range(75, 80)]


def test_an_embargo_that_leaves_too_little_is_none() -> None:
    rows = rows_at(np.arange(100) * DAY)
    split = split_by("time", PLAIN, "ab", rows)
    assert embargoed(PLAIN, "ab", rows, split, [19 * DAY]) is None


def test_a_rehearsal_never_sees_the_test_part() -> None:
    rows = rows_at(np.arange(100) * DAY)
    test = split_by("time", PLAIN, "ab", rows).parts[-1]
    before = until(rows, micros(test.start))
    assert len(before.time) == len(before.transaction_id) == 80
    assert before.labels is not None
    assert len(before.labels.label) == 80
    assert starts(split_by("time", PLAIN, "ab", before)) == [0, 48, 56, 64]
