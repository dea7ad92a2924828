"""The rows of a slice as arrays, with account histories lying end to end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from features.dataset.schema import CHANNELS
from features.kernels.ledger import group_starts, grouped_order, next_of_same, previous_of_same
from features.patterns.graph import Graph

Integers = NDArray[np.int64]
Codes = NDArray[np.int32]

Subject = Literal["sender", "receiver", "pair"]
Flow = Literal["out", "in"]
COLUMNS = (
    "transaction_id",
    "timestamp",
    "sender",
    "receiver",
    "sender_bank",
    "receiver_bank",
    "amount",
    "currency",
    "received_currency",
    "channel",
    "sender_country",
    "receiver_country",
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_microseconds(instant: datetime) -> int:
    """Return an aware instant as whole microseconds since 1970, UTC.

    >>> to_microseconds(datetime(1970, 1, 2, tzinfo=UTC))
    86400000000
    """
    span = instant - _EPOCH
    return (span.days * 86_400 + span.seconds) * 1_000_000 + span.microseconds


def _shared_codes(*columns: pa.ChunkedArray) -> tuple[list[Codes], int]:
    """Code several string columns with one set of codes; null is -1."""
    words: pa.Array = pa.chunked_array(
        [chunk.cast(pa.string()) for column in columns for chunk in column.chunks], pa.string()
    )
    encoded = words.combine_chunks().dictionary_encode()
    codes = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int32)
    cuts = np.cumsum([len(column) for column in columns])[:-1]
    return [np.ascontiguousarray(part) for part in np.split(codes, cuts)], len(encoded.dictionary)


@dataclass(frozen=True)
class Ledger:
    """Rows end to end by group (an account's payments, or a pair's), each group in time order.

    ``order`` gives the rows; ``time`` their times; ``starts`` has one more entry than groups.
    """

    groups: Codes
    order: Integers
    starts: Integers
    time: Integers

    @classmethod
    def build(cls, groups: Codes, count: int, time: Integers) -> "Ledger":
        """Group rows that are in time order by ``groups`` (-1: left out)."""
        starts = group_starts(groups, count)
        order = grouped_order(groups, starts)
        return cls(groups, order, starts, time[order])


@dataclass(frozen=True)
class History:
    """The rows of a slice, in time order, coded as integers; -1 codes null.

    ``coverage_from`` and ``as_of`` are microseconds since 1970, as is ``time``. The codes of
    accounts, banks and countries mean nothing: only whether two are equal is ever asked.
    """

    time: Integers
    sender: Codes
    receiver: Codes
    sender_bank: Codes
    receiver_bank: Codes
    sender_country: Codes
    receiver_country: Codes
    amount: Integers
    channel: NDArray[np.int8]
    exchanged: NDArray[np.bool_]
    accounts: int
    coverage_from: int
    as_of: int
    clock_known: bool
    minor_digits: int

    def __len__(self) -> int:
        return len(self.time)

    @cached_property
    def internal(self) -> NDArray[np.bool_]:
        """Whether both sides of a row are known."""
        return (self.sender >= 0) & (self.receiver >= 0)

    @cached_property
    def graph(self) -> Graph:
        """Payments between two different known accounts."""
        return Graph.of(self.time, self.sender, self.receiver, self.amount, self.accounts)

    @cached_property
    def sent(self) -> Ledger:
        """Rows by sender."""
        return Ledger.build(self.sender, self.accounts, self.time)

    @cached_property
    def received(self) -> Ledger:
        """Rows by receiver."""
        return Ledger.build(self.receiver, self.accounts, self.time)

    @cached_property
    def pair_codes(self) -> tuple[Codes, Codes, int]:
        """Each row's pair, the pair that runs the other way (-1: none), and how many there are."""
        forward = self.sender.astype(np.int64) * self.accounts + self.receiver
        backward = self.receiver.astype(np.int64) * self.accounts + self.sender
        known = np.unique(forward[self.internal])
        pair = np.full(len(self), -1, np.int32)
        pair[self.internal] = np.searchsorted(known, forward[self.internal])
        reverse = np.searchsorted(known, backward)
        found = np.minimum(reverse, max(len(known) - 1, 0))
        exists = self.internal & (reverse < len(known))
        if len(known):
            exists &= known[found] == backward
        return pair, np.where(exists, found, -1).astype(np.int32), len(known)

    @cached_property
    def paired(self) -> Ledger:
        """Rows by ordered pair of sender and receiver."""
        pair, _, count = self.pair_codes
        return Ledger.build(pair, count, self.time)

    def ledger(self, subject: Subject, flow: Flow) -> Ledger:
        """Return the rows that a subject's flow is made of."""
        if subject == "pair":
            return self.paired
        return self.sent if flow == "out" else self.received

    @cached_property
    def sent_links(self) -> tuple[Integers, Integers]:
        """Previous and next payment of a sender to the same receiver, as ledger positions."""
        return self._links(self.sent, self.receiver)

    @cached_property
    def received_links(self) -> tuple[Integers, Integers]:
        """Previous and next payment to a receiver from the same sender, as ledger positions."""
        return self._links(self.received, self.sender)

    def _links(self, ledger: Ledger, counterparty: Codes) -> tuple[Integers, Integers]:
        codes = counterparty[ledger.order]
        previous = previous_of_same(codes, ledger.starts, self.accounts)
        return previous, next_of_same(previous)

    def groups_of(self, subject: Subject, flow: Flow) -> Codes:
        """Return each row's group in ``ledger(subject, flow)``; -1: the world outside, or none."""
        if subject == "pair":
            pair, reverse, _ = self.pair_codes
            return pair if flow == "out" else reverse
        return self.sender if subject == "sender" else self.receiver

    @classmethod
    def from_table(
        cls,
        table: pa.Table,
        *,
        coverage_from: datetime,
        as_of: datetime,
        time_precision: str,
        minor_digits: int,
    ) -> "History":
        """Code a table of transactions in time order (columns ``COLUMNS``); no I/O."""
        (sender, receiver), accounts = _shared_codes(table["sender"], table["receiver"])
        banks, _ = _shared_codes(table["sender_bank"], table["receiver_bank"])
        countries, _ = _shared_codes(table["sender_country"], table["receiver_country"])
        money, _ = _shared_codes(table["currency"], table["received_currency"])
        return cls(
            time=_fresh(table["timestamp"].cast(pa.timestamp("us")).cast(pa.int64()), np.int64),
            sender=sender,
            receiver=receiver,
            sender_bank=banks[0],
            receiver_bank=banks[1],
            sender_country=countries[0],
            receiver_country=countries[1],
            amount=_fresh(table["amount"], np.int64),
            channel=_channel_codes(table["channel"]),
            exchanged=(money[1] >= 0) & (money[0] != money[1]),
            accounts=max(accounts, 1),
            coverage_from=to_microseconds(coverage_from),
            as_of=to_microseconds(as_of),
            clock_known=time_precision != "day",
            minor_digits=minor_digits,
        )


def _fresh(column: pa.ChunkedArray, kind: type[np.int64]) -> Integers:
    """Return an owned, contiguous, writable copy: kernels compile once for that layout."""
    return np.array(column.to_numpy(), kind)


def _channel_codes(column: pa.ChunkedArray, names: Sequence[str] = CHANNELS) -> NDArray[np.int8]:
    words = column.cast(pa.string())
    found = pc.index_in(words, value_set=pa.array(names))
    return np.array(pc.fill_null(found, -1).to_numpy(), np.int8)
