"""A small world: a few payments as plain rows, and the history, table or dataset made of them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
import pyarrow as pa

from features.dataset import TRANSACTIONS, Dataset, DatasetFacts, write_dataset
from features.history import History
from features.slices import Suspicion, frame_from_table
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
    """One row; ``time`` in microseconds since 1970, ``amount`` in minor units.

    ``suspicion`` in millionths: all rows of a world have it, or no first look was taken.
    """

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
    suspicion: int | None = None

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
        """All rows as a table, in their order, also those after as-of."""
        return table_of(self.rows)

    def history(self) -> History:
        """The visible rows as a history."""
        return History.from_table(table_of(self.visible), **self.facts)

    def values(self, catalogue) -> np.ndarray:
        """The features of the visible rows."""
        return frame_from_table(table_of(self.visible), catalogue, **self.facts).values

    @property
    def suspicion(self) -> Suspicion | None:
        """What a first look made of the rows, in the order of the dataset; None without one."""
        ordered = sorted(self.rows, key=lambda row: (row.time, row.id))
        if not _looked_at(ordered):
            return None
        return Suspicion(0, np.array([row.suspicion for row in ordered], np.int32))

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
        rows = self.table().select(TRANSACTIONS.names)
        write_dataset(folder, rows, facts, labels=labels)
        return Dataset.open(folder)


def table_of(rows: Iterable[Payment]) -> pa.Table:
    """Put rows into the dataset's schema, in their order; suspicion, where it is known, beside."""
    rows = list(rows)
    table = pa.Table.from_pylist([_record(row) for row in rows], TRANSACTIONS)
    if not _looked_at(rows):
        return table
    column = pa.array([row.suspicion for row in rows], pa.int32())
    return table.append_column("suspicion", column)


def _looked_at(rows: Iterable[Payment]) -> bool:
    return all(row.suspicion is not None for row in rows)


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
