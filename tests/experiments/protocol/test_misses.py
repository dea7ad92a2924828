"""Which illicit rows are found: counted by hand."""

from types import SimpleNamespace
from typing import Any

import numpy as np

from experiments.evaluation.means import Ranked
from experiments.protocol.misses import earlier_payments, false_alarms, groups


def test_earlier_payments_are_strictly_earlier_and_the_senders_own(ready: Any) -> None:
    rows = ready.made.rows
    told = earlier_payments(ready.field)
    for k in range(0, len(told), 97):
        row = ready.field.test_at[k]
        own = (rows.sender == rows.sender[row]) & (rows.time < rows.time[row])
        assert told[k] == own.sum()


def test_rows_of_one_instant_are_not_earlier_than_each_other() -> None:
    rows = SimpleNamespace(time=np.array([1, 2, 2, 3]), sender=np.array([5, 5, 5, 5]))
    field: Any = SimpleNamespace(prepared=SimpleNamespace(rows=rows), test_at=np.arange(4))
    assert earlier_payments(field).tolist() == [0, 1, 1, 3]


def test_every_illicit_row_is_in_one_group_of_each_kind(ready: Any) -> None:
    test = ready.field.test
    half = Ranked(test.illicit * np.linspace(0, 1, len(test)), 0.5)
    told = groups(ready.field, [half, Ranked(np.zeros(len(test)), 0.5)])
    for by in {one.by for one in told}:
        own = [one for one in told if one.by == by]
        assert sum(one.illicit for one in own) == test.illicit.sum()
        assert sum(one.found for one in own) == (half.score >= 0.5).sum() / 2


def test_false_alarms_are_honest_rows_and_those_near_laundering_are_counted(ready: Any) -> None:
    test, rows = ready.field.test, ready.made.rows
    everything = [Ranked(np.ones(len(test)), 0.5)]
    told = false_alarms(ready.field, everything)
    guilty = rows.labels.label == 1
    accounts = (set(rows.sender[guilty].tolist()) | set(rows.receiver[guilty].tolist())) - {-1}
    near = [
        not i and (int(a) in accounts or int(b) in accounts)
        for i, a, b in zip(test.illicit, test.sender, test.receiver, strict=True)
    ]
    assert (told.flagged, told.touching) == ((~test.illicit).sum(), sum(near))
