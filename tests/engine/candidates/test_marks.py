"""Which indicators are shown for a candidate, and at which payment."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest

from engine.candidates.marks import Marks
from engine.candidates.selection import ScoredRows, select
from features.history import to_microseconds

MONDAY = datetime(2025, 3, 3, tzinfo=UTC)


def scored(*rows):
    """Rows as (id, hours after Monday, sender, receiver, score, fired as sender, as receiver)."""
    rows = sorted(rows, key=lambda row: (row[1], row[0]))
    ids, hours, sender, receiver, score, *fired = zip(*rows, strict=True)
    return ScoredRows(
        transaction_id=pa.array(ids),
        time=np.array([to_microseconds(MONDAY + timedelta(hours=h)) for h in hours]),
        amount=np.arange(1, len(rows) + 1),
        sender=np.array(sender, np.int32),
        receiver=np.array(receiver, np.int32),
        accounts=pa.array(["a", "b", "c"]),
        score=np.array(score, np.float64),
        percentile=np.array(score, np.float64),
        mature=np.ones(len(rows), np.bool_),
        fired=np.array(fired, np.uint64).T.copy(),
    )


def shown(rows, account, week=0):
    """The marks of an account: (place, id, side, payments)."""
    chosen = [c for c in select(rows, 10) if c.account == account]
    assert len(chosen) > week
    return [
        (mark.place, rows.transaction_id[mark.row].as_py(), mark.side, mark.payments)
        for mark in Marks(rows).of(chosen[week])
    ]


def test_a_mark_is_shown_at_the_peak_if_it_fired_there():
    rows = scored(("t1", 1, 0, 1, 0.9, 1, 0), ("t2", 2, 0, 1, 0.5, 1, 0))
    assert shown(rows, "a") == [(0, "t1", "sender", 2)]


def test_else_at_the_highest_scored_payment_at_which_it_did():
    rows = scored(
        ("t1", 1, 0, 1, 0.9, 0, 0),
        ("t2", 2, 0, 2, 0.2, 0b100, 0),
        ("t3", 3, 2, 0, 0.6, 0, 0b100),
    )
    assert shown(rows, "a") == [(2, "t3", "receiver", 2)]


def test_what_fired_for_the_other_side_or_in_another_week_is_not_the_account_s():
    rows = scored(
        ("t1", 1, 0, 1, 0.9, 0, 0b1),
        ("t2", 2, 1, 2, 0.8, 0b10, 0),
        ("t3", 200, 0, 1, 0.7, 0b1000, 0),
    )
    assert shown(rows, "a", 0) == []
    assert shown(rows, "a", 1) == [(3, "t3", "sender", 1)]
    assert shown(rows, "b", 0) == [(0, "t1", "receiver", 1), (1, "t2", "sender", 1)]


def test_a_payment_to_itself_counts_once_whatever_its_side():
    rows = scored(("t1", 1, 0, 0, 0.9, 0b1, 0b1))
    assert shown(rows, "a") == [(0, "t1", "sender", 1)]


@pytest.mark.parametrize("place", [0, 31, 32, 63])
def test_every_place_of_a_word_counts(place):
    rows = scored(("t1", 1, 0, 1, 0.9, 1 << place, 0))
    assert shown(rows, "a") == [(place, "t1", "sender", 1)]


def test_equal_payments_are_told_apart_by_amount_then_id():
    one = ("t1", 5, 0, 1, 0.5, 1, 0)
    rows = scored(("t0", 1, 0, 1, 0.9, 0, 0), one, ("t2", 5, 0, 2, 0.5, 1, 0))
    assert shown(rows, "a") == [(0, "t2", "sender", 2)]
    rows.amount[:] = 7
    assert shown(rows, "a") == [(0, "t1", "sender", 2)]
