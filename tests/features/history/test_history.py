import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from oracles.strategies import worlds
from oracles.worlds import BASE, DAY, Payment, World, table_of

from features.history import History


def ledger_rows(ledger):
    """The rows of each group, as lists."""
    return [
        ledger.order[start:stop].tolist()
        for start, stop in zip(ledger.starts, ledger.starts[1:], strict=False)
    ]


def wanted_rows(keys):
    groups = {}
    for number, key in enumerate(keys):
        if key is not None:
            groups.setdefault(key, []).append(number)
    return sorted(groups.values())


def pair(row):
    return None if None in {row.sender, row.receiver} else (row.sender, row.receiver)


@given(worlds())
def test_ledgers_hold_the_rows_of_each_account_and_pair_in_time_order(world):
    history, rows = world.history(), world.visible
    for ledger, keys in (
        (history.sent, [row.sender for row in rows]),
        (history.received, [row.receiver for row in rows]),
        (history.paired, [pair(row) for row in rows]),
    ):
        assert sorted(group for group in ledger_rows(ledger) if group) == wanted_rows(keys)
        np.testing.assert_array_equal(ledger.time, history.time[ledger.order])


@given(worlds())
def test_the_way_back_is_the_pair_that_runs_the_other_way(world):
    rows = world.visible
    forward, backward, count = world.history().pair_codes
    assert count == len({pair(row) for row in rows} - {None})
    for row, mine, back in zip(rows, forward, backward, strict=True):
        same = {forward[n] for n, o in enumerate(rows) if pair(o) and pair(o) == pair(row)}
        opposite = pair(row) and pair(row)[::-1]
        turned = {forward[n] for n, o in enumerate(rows) if pair(o) and pair(o) == opposite}
        assert same == ({mine} if pair(row) else set())
        assert turned == ({back} if back >= 0 else set())


def test_one_account_has_one_code_on_both_sides():
    rows = [Payment("1", BASE, "a", "b"), Payment("2", BASE + 1, "b", "a")]
    history = World.of(rows).history()
    assert history.sender.tolist() == history.receiver.tolist()[::-1]
    assert history.accounts == 2


def test_null_is_no_code_and_no_word_of_its_own():
    rows = [Payment("1", BASE, None, "b"), Payment("2", BASE, "b", None)]
    history = World.of(rows).history()
    assert history.sender.tolist()[0] == history.receiver.tolist()[1] == -1
    assert history.internal.tolist() == [False, False]
    assert history.sender_bank.tolist() == [-1, -1]


@pytest.mark.parametrize(("received", "exchanged"), [(None, False), ("EUR", False), ("USD", True)])
def test_money_is_exchanged_when_another_currency_is_known_to_arrive(received, exchanged):
    row = Payment("1", BASE, currency="EUR", received_currency=received)
    assert World.of([row]).history().exchanged.tolist() == [exchanged]


def test_a_table_of_many_chunks_is_as_one():
    world = World.of(Payment(f"t{n}", BASE + n * DAY, "abc"[n % 3], "bcd"[n % 3]) for n in range(9))
    table = world.table()
    pieces = [table.slice(n, 2) for n in range(0, 9, 2)]
    cut = History.from_table(pa.concat_tables(pieces), **world.facts)
    whole = History.from_table(table_of(world.rows), **world.facts)
    for name in ("time", "sender", "receiver", "amount", "channel"):
        np.testing.assert_array_equal(getattr(cut, name), getattr(whole, name))


def test_kernels_get_arrays_they_were_compiled_for():
    """Read-only or strided arrays would compile each kernel a second time, in silence."""
    history = World.of([Payment("1", BASE), Payment("2", BASE + 1)]).history()
    for array, kind in (
        (history.time, np.int64),
        (history.amount, np.int64),
        (history.sender, np.int32),
        (history.receiver, np.int32),
        (history.pair_codes[0], np.int32),
        (history.pair_codes[1], np.int32),
        (history.sent.order, np.int32),
        (history.sent.time, np.int64),
    ):
        assert array.dtype == kind
        assert array.flags.c_contiguous
        assert array.flags.writeable
