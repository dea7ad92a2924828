"""Which accounts in which weeks: against a slow and obvious twin, and by hand."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.candidates.selection import AccountWeeks, ScoredRows, select
from features.history import to_microseconds

ACCOUNTS = ("a", "b", "c", "d")
MONDAY = datetime(2024, 12, 23, tzinfo=UTC)


@dataclass(frozen=True)
class Row:
    """One scored row; None: the world outside."""

    id: str
    sender: str | None
    receiver: str | None
    score: float = 0.5
    amount: int = 100
    time: datetime = MONDAY


def scored(*rows):
    """Put rows into columns, in (timestamp, id) order."""
    ordered = sorted(rows, key=lambda row: (row.time, row.id))

    def codes(side):
        names = [getattr(row, side) for row in ordered]
        return np.array([-1 if n is None else ACCOUNTS.index(n) for n in names], np.int32)

    scores = np.array([row.score for row in ordered], np.float64)
    return ScoredRows(
        transaction_id=pa.array([row.id for row in ordered], pa.string()),
        time=np.array([to_microseconds(row.time) for row in ordered], np.int64),
        amount=np.array([row.amount for row in ordered], np.int64),
        sender=codes("sender"),
        receiver=codes("receiver"),
        accounts=pa.array(ACCOUNTS),
        score=scores,
        percentile=scores,
        mature=np.ones(len(ordered), np.bool_),
        fired=np.zeros((len(ordered), 2), np.uint64),
    )


def found(rows, budget):
    """Select, and show each choice as (week, rank, account, peak row, side)."""
    table = scored(*rows)
    return [
        (one.period, one.rank, one.account, table.transaction_id[one.row].as_py(), one.side)
        for one in select(table, budget)
    ]


def twin(rows, budget):
    """Do the same as the words in the design say it, one account and week at a time."""
    entries = {}
    for row in rows:
        year, week, _ = row.time.isocalendar()
        for place, side in enumerate(("sender", "receiver")):
            account = getattr(row, side)
            if account is not None:
                key = (-row.score, -row.amount, row.id, place)
                entries.setdefault((year, week), {}).setdefault(account, []).append((key, side))
    chosen = []
    for (year, week), accounts in sorted(entries.items()):
        best = sorted((min(keys), account) for account, keys in accounts.items())
        chosen += [
            (f"{year}-W{week:02d}", rank, account, key[2], side)
            for rank, ((key, side), account) in enumerate(best[:budget], 1)
        ]
    return chosen


names = st.sampled_from([*ACCOUNTS, None])
moments = st.builds(
    lambda days, shift: MONDAY + timedelta(days=days, microseconds=shift),
    st.integers(0, 28),
    st.sampled_from([-1, 0, 1]),
)


@st.composite
def batches(draw):
    """Draw rows in which scores, amounts and instants often tie."""
    count = draw(st.integers(0, 30))
    ids = draw(st.permutations([f"t{k}" for k in range(count)]))
    return [
        Row(
            ids[k],
            draw(names),
            draw(names),
            draw(st.sampled_from([0.1, 0.5, 0.9])),
            draw(st.sampled_from([0, 100, 200])),
            draw(moments),
        )
        for k in range(count)
    ]


@given(batches(), st.integers(1, 6))
def test_it_chooses_what_its_slow_twin_chooses(rows, budget):
    assert found(rows, budget) == twin(rows, budget)


@given(batches(), st.sampled_from([0.0, 0.1, 0.4, 0.5, 0.9, 1.0]))
def test_from_a_score_on_it_chooses_the_top_of_every_week(rows, least):
    table = scored(*rows)
    everybody = select(table, 10**6)
    chosen = AccountWeeks.of(table).at_least(least)
    assert chosen == [one for one in everybody if table.score[one.row] >= least]


@pytest.mark.parametrize(
    ("rows", "leader"),
    [
        ((Row("t1", "a", None, 0.5, 100), Row("t2", "b", None, 0.6, 1)), "b"),
        ((Row("t1", "a", None, 0.5, 100), Row("t2", "b", None, 0.5, 101)), "b"),
        ((Row("t2", "a", None), Row("t1", "b", None)), "b"),
        ((Row("t10", "a", None), Row("t9", "b", None)), "a"),
        ((Row("t1", "b", "a"),), "b"),
    ],
    ids=["score", "amount", "id", "ids compare as words", "the sender's side"],
)
def test_of_equals_the_score_decides_then_amount_then_id_then_side(rows, leader):
    assert found(rows, 1)[0][2] == leader


def test_the_peak_of_an_account_follows_the_same_order():
    rows = [Row("t2", "a", "b"), Row("t1", "b", "a"), Row("t0", "a", None, amount=99)]
    assert found(rows, 2) == [
        ("2024-W52", 1, "b", "t1", "sender"),
        ("2024-W52", 2, "a", "t1", "receiver"),
    ]


def test_a_payment_to_oneself_makes_one_candidate_as_sender():
    assert found([Row("t1", "a", "a")], 5) == [("2024-W52", 1, "a", "t1", "sender")]


def test_a_row_with_one_known_side_counts_for_that_side_alone():
    rows = [Row("t1", None, "a", 0.9), Row("t2", "b", None, 0.8)]
    assert [one[2:] for one in found(rows, 5)] == [("a", "t1", "receiver"), ("b", "t2", "sender")]


def test_rows_with_no_known_side_choose_nobody():
    assert found([Row("t1", None, None)], 5) == []


def test_no_rows_choose_nobody():
    assert found([], 5) == []


def test_the_budget_is_spent_in_each_week_anew():
    rows = [
        Row(f"t{week}{name}", name, None, time=MONDAY + timedelta(weeks=week))
        for week in range(4)
        for name in ACCOUNTS
    ]
    chosen = found(rows, 3)
    assert [one[0] for one in chosen] == [
        week for week in ("2024-W52", "2025-W01", "2025-W02", "2025-W03") for _ in range(3)
    ]
    assert [one[1] for one in chosen] == [1, 2, 3] * 4


def test_a_budget_beyond_the_accounts_takes_them_all():
    assert len(found([Row("t1", "a", "b"), Row("t2", "c", "d")], 10**20)) == 4


def test_a_week_over_new_year_is_one_and_ends_on_sunday_midnight():
    new_year = MONDAY + timedelta(weeks=1)
    rows = [
        Row("t1", "a", None, 0.5, time=new_year - timedelta(microseconds=1)),
        Row("t2", "a", None, 0.6, time=new_year),
        Row("t3", "a", None, 0.7, time=datetime(2025, 1, 2, tzinfo=UTC)),
        Row("t4", "a", None, 0.8, time=new_year + timedelta(weeks=1)),
    ]
    assert [(one[0], one[3]) for one in found(rows, 1)] == [
        ("2024-W52", "t1"),
        ("2025-W01", "t3"),
        ("2025-W02", "t4"),
    ]


def test_the_year_of_a_week_is_the_iso_year():
    days = {
        datetime(2020, 12, 31, tzinfo=UTC): "2020-W53",
        datetime(2021, 1, 3, tzinfo=UTC): "2020-W53",
        datetime(2021, 1, 4, tzinfo=UTC): "2021-W01",
        datetime(2018, 12, 31, tzinfo=UTC): "2019-W01",
        datetime(1969, 12, 31, tzinfo=UTC): "1970-W01",
    }
    assert {day: found([Row("t1", "a", None, time=day)], 1)[0][0] for day in days} == days


def test_a_choice_holds_the_bounds_of_its_week():
    choice = select(scored(Row("t1", "a", None, time=MONDAY + timedelta(days=6))), 1)[0]
    assert (choice.start, choice.stop) == (MONDAY, MONDAY + timedelta(weeks=1))
