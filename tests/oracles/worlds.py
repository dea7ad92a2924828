"""A small world: a few payments as plain rows, and the history, table or dataset made of them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
import pyarrow as pa

from features.dataset import TRANSACTIONS, Dataset, DatasetFacts, write_dataset
from features.history import History
from features.slices import frame_from_table
from features.windows import DAY, HOUR, SECOND

__all__ = [
    "BASE",
    "DAY",
    "HOUR",
    "SECOND",
    "Payment",
    "World",
    "assert_same",
    "instant",
    "same_bits",
]

# A Monday, 00:00 UTC.
BASE = 19_723 * DAY


@dataclass(frozen=True)
class Payment:
    """One row; ``time`` in microseconds since 1970, ``amount`` in minor units."""

    id: str
    time: int
    sender: str | None = "a"
    receiver: str | None = "b"
    amount: int = 100_00
    channel: str = "wire"
    sender_bank: str | None = None
    receiver_bank: str | None = None
    sender_country: str | None = None
    receiver_country: str | None = None
    currency: str = "EUR"
    received_currency: str | None = None

    @property
    def sides(self) -> set[str]:
        """The known accounts of the payment."""
        return {side for side in (self.sender, self.receiver) if side is not None}


@dataclass(frozen=True)
class World:
    """Payments in (time, id) order, and what is known about them as a whole."""

    rows: tuple[Payment, ...]
    coverage_from: int
    as_of: int
    precision: str = "second"
    minor_digits: int = 2

    @classmethod
    def of(cls, rows: Iterable[Payment], **facts) -> "World":
        """Order the rows; by default all is covered, and as-of is the last row's time."""
        ordered = tuple(sorted(rows, key=lambda row: (row.time, row.id)))
        last = ordered[-1].time if ordered else BASE
        return cls(ordered, **{"coverage_from": BASE - 1000 * DAY, "as_of": last} | facts)

    def having(self, rows: Iterable[Payment]) -> "World":
        """Return the same world with other rows."""
        return replace(self, rows=tuple(sorted(rows, key=lambda row: (row.time, row.id))))

    @property
    def visible(self) -> tuple[Payment, ...]:
        """The rows not after as-of: what there is to see."""
        return tuple(row for row in self.rows if row.time <= self.as_of)

    def table(self) -> pa.Table:
        """All rows in the dataset's schema, in their order, also those after as-of."""
        return table_of(self.rows)

    def history(self) -> History:
        """The visible rows as a history."""
        return History.from_table(table_of(self.visible), **self.facts)

    def values(self, catalogue) -> np.ndarray:
        """The features of the visible rows."""
        return frame_from_table(table_of(self.visible), catalogue, **self.facts).values

    @property
    def facts(self) -> dict:
        """What a frame needs beside the rows."""
        return {
            "coverage_from": instant(self.coverage_from),
            "as_of": instant(self.as_of),
            "time_precision": self.precision,
            "minor_digits": self.minor_digits,
        }

    def dataset(self, folder, labels: pa.Table | None = None) -> Dataset:
        """Write all rows as a dataset."""
        facts = DatasetFacts(
            {"profile": "test"},
            "EUR",
            self.minor_digits,
            self.precision,
            "none" if labels is None else "partial",
            coverage_from=instant(self.coverage_from),
        )
        write_dataset(folder, self.table(), facts, labels=labels)
        return Dataset.open(folder)


def table_of(rows: Iterable[Payment]) -> pa.Table:
    """Put rows into the dataset's schema, in their order."""
    return pa.Table.from_pylist([_record(row) for row in rows], TRANSACTIONS)


def _record(row: Payment) -> dict:
    return {
        **vars(row),
        "transaction_id": row.id,
        "timestamp": instant(row.time),
        "original_amount": Decimal(row.amount),
    }


def instant(microseconds: int) -> datetime:
    """Return an aware instant.

    >>> instant(BASE).isoformat(), instant(BASE).weekday()
    ('2024-01-01T00:00:00+00:00', 0)
    """
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)


def same_bits(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return where two matrices of floats are equal bit for bit."""
    return np.ascontiguousarray(one).view(np.uint64) == np.ascontiguousarray(other).view(np.uint64)


def assert_same(names, one: np.ndarray, other: np.ndarray) -> None:
    """Fail with the names of the features that differ in any bit."""
    assert one.shape == other.shape
    differing = np.flatnonzero(~same_bits(one, other).all(axis=0))
    assert not len(differing), [names[column] for column in differing]
