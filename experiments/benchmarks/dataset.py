"""Drawn payments as a dataset: with banks, countries, channels, and a world outside."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from experiments.benchmarks.data import Payments, with_hubs
from features.dataset import CHANNELS, TIME, TRANSACTIONS, Dataset, DatasetFacts, write_dataset
from features.history import History

_OUTSIDE = 0.04
_EXCHANGED = 0.03
_BANKS = 40
_COUNTRIES = ("AE", "CA", "CH", "DE", "ES", "FR", "GB", "IT", "NL", "PL", "TR", "US")
_DIGITS = 9
DAYS = 90
ROWS_AN_ACCOUNT = 10


def table_of(payments: Payments, seed: int = 0) -> pa.Table:
    """Return the payments in the dataset's schema, in time order.

    Four in a hundred have the world outside as their sender, four others as their receiver; three
    in a hundred change currency.
    """
    chance = np.random.default_rng(seed)
    side = chance.random(len(payments))
    outside = (side < _OUTSIDE, side >= 1 - _OUTSIDE)
    senders, receivers = payments.sender, payments.receiver
    accounts = pa.array([f"a{code:0{_DIGITS}}" for code in range(payments.accounts)])
    banks = pa.array([f"bank {code:02}" for code in range(_BANKS)])
    countries, currencies = pa.array(_COUNTRIES), pa.array(["EUR", "USD"])
    channel = chance.integers(0, len(CHANNELS), len(payments))
    exchanged = chance.random(len(payments)) < _EXCHANGED
    number = pa.array(np.arange(len(payments))).cast(pa.string())
    columns = {
        "transaction_id": pc.utf8_lpad(number, _DIGITS, "0"),
        "timestamp": pa.array(payments.time).cast(pa.timestamp("us")).cast(TIME),
        "sender": _words(senders, accounts, outside[0]),
        "receiver": _words(receivers, accounts, outside[1]),
        "sender_bank": _words(senders % _BANKS, banks, outside[0]),
        "receiver_bank": _words(receivers % _BANKS, banks, outside[1]),
        "amount": payments.amount,
        "currency": _words(np.zeros(len(payments), np.int32), currencies),
        "original_amount": pa.array(payments.amount).cast(pa.decimal128(38, 8)),
        "received_currency": _words(exchanged, currencies),
        "channel": _words(channel, pa.array(CHANNELS)),
        "sender_country": _words(senders % len(_COUNTRIES), countries, outside[0]),
        "receiver_country": _words(receivers % len(_COUNTRIES), countries, outside[1]),
    }
    rest = {
        field.name: pa.nulls(len(payments), field.type)
        for field in TRANSACTIONS
        if field.name not in columns
    }
    return pa.table({**columns, **rest}).select(TRANSACTIONS.names).cast(TRANSACTIONS)


def history_of_table(table: pa.Table) -> History:
    """Take a drawn table as a history, covered and known from its first row to its last."""
    first, last = (table["timestamp"][at].as_py() for at in (0, -1))
    return History.from_table(
        table, coverage_from=first, as_of=last, time_precision="second", minor_digits=2
    )


def write(payments: Payments, out: Path) -> Dataset:
    """Write the payments as a dataset."""
    facts = DatasetFacts({"benchmark": "drawn"}, "EUR", 2, "second", "none")
    write_dataset(out, table_of(payments), facts)
    return Dataset.open(out)


def provide(place: Path, rows: int) -> Dataset:
    """Return the drawn dataset of so many rows, made in a process of its own where it is missing.

    ``rows / 10`` accounts with hubs, the heaviest on 4 % of rows, in 90 days.
    """
    out = place / f"payments-{rows}"
    if not out.exists():
        call = (sys.executable, "-m", "experiments.benchmarks.dataset", str(rows), str(out))
        subprocess.run(call, check=True)  # noqa: S603 (our own module)
    return Dataset.open(out)


def _words(
    codes: NDArray[np.generic], words: pa.Array, null: NDArray[np.bool_] | None = None
) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32), mask=null), words)


if __name__ == "__main__":
    wanted = int(sys.argv[1])
    write(with_hubs(wanted, wanted // ROWS_AN_ACCOUNT, DAYS), Path(sys.argv[2]))
