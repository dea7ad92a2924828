"""Rows that are left when a shortcut is taken away: counted by hand."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np

from experiments.protocol.subsets import begun_before, known_account, last_full_day, subsets
from experiments.rows import Labels
from features.windows import DAY


def test_subsets_of_the_world_are_what_their_words_say(ready: Any) -> None:
    field, rows, labels = ready.field, ready.made.rows, ready.made.rows.labels
    start = field.test_at[0]
    known = {
        int(account)
        for k in np.flatnonzero(labels.label[:start] == 1)
        for account in (rows.sender[k], rows.receiver[k])
    } - {-1}
    touches = [
        int(a) in known or int(b) in known
        for a, b in zip(field.test.sender, field.test.receiver, strict=True)
    ]
    assert known_account(field).tolist() == touches
    began = set(labels.pattern[:start][labels.label[:start] == 1].tolist())
    assert begun_before(field).tolist() == [
        bool(i) and int(p) in began
        for i, p in zip(field.test.illicit, field.test.pattern, strict=True)
    ]
    named = {subset.name: subset.rows for subset in subsets(field)}
    assert named["all"].all()
    np.testing.assert_array_equal(
        named["strict"], named["account-disjoint"] & named["ring-disjoint"]
    )
    assert 0 < named["account-disjoint"].sum() < len(field.test)


def test_days_after_the_last_full_one_are_sparse() -> None:
    time = np.repeat(np.arange(6), [10, 12, 0, 11, 1, 9]) * DAY
    assert last_full_day(time) == 6 * DAY  # the ninth of the last day is full, what is before stays
    time = np.repeat(np.arange(6), [10, 12, 8, 20, 1, 1]) * DAY
    assert last_full_day(time) == 6 * DAY  # a tenth of the median 9 is reached
    time = np.repeat(np.arange(6), [100, 120, 80, 110, 9, 1]) * DAY
    assert last_full_day(time) == 5 * DAY  # the median is 90: 9 reach it, 1 does not


def test_sparse_days_at_the_end_are_left_out_in_a_subset_of_their_own(ready: Any) -> None:
    field = ready.field
    late = field.test.time >= field.test.time.max() - DAY
    rows = replace(ready.made.rows, time=np.concatenate([ready.made.rows.time[:-1], [2**61]]))
    fake = SimpleNamespace(prepared=SimpleNamespace(rows=rows))
    assert last_full_day(fake.prepared.rows.time[:-1]) > field.test.time[~late].max()
    names = [subset.name for subset in subsets(field)]
    assert names[:4] == ["all", "account-disjoint", "ring-disjoint", "strict"]


def test_labels_that_became_known_later_make_no_account_known(ready: Any) -> None:
    labels: Labels = ready.made.rows.labels
    late = replace(labels, known_at=np.full(len(labels.known_at), 2**62))
    rows = replace(ready.made.rows, labels=late)
    field = replace(ready.field, prepared=replace(ready.made, rows=rows))
    assert not known_account(field).any()
