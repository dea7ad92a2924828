"""The rows of a slice as arrays, with account histories lying end to end."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from typing import Literal, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from features.history.coding import CODED, CodedRows, Coder
from features.history.kept import Kept
from features.kernels.ledger import (
    codes_at,
    group_starts,
    grouped_order,
    linked,
    numbered,
    numbers_at,
    turned,
)
from features.patterns.graph import Graph

Integers = NDArray[np.int64]
Codes = NDArray[np.int32]

Subject = Literal["sender", "receiver", "pair"]
Flow = Literal["out", "in"]
_Made = TypeVar("_Made")
COLUMNS = ("transaction_id", *CODED)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_microseconds(instant: datetime) -> int:
    """Return an aware instant as whole microseconds since 1970, UTC.

    >>> to_microseconds(datetime(1970, 1, 2, tzinfo=UTC))
    86400000000
    """
    span = instant - _EPOCH
    return (span.days * 86_400 + span.seconds) * 1_000_000 + span.microseconds


def from_microseconds(time: int) -> datetime:
    """Return whole microseconds since 1970 as an instant, UTC.

    >>> from_microseconds(86_400_000_000).isoformat()
    '1970-01-02T00:00:00+00:00'
    """
    return _EPOCH + timedelta(microseconds=time)


@dataclass(frozen=True)
class Ledger:
    """Rows end to end by group (an account's payments, or a pair's), each group in time order.

    ``order`` gives the rows; ``time`` their times; ``starts`` has one more entry than groups.
    """

    order: Codes
    starts: Integers
    time: Integers

    @classmethod
    def build(cls, groups: Codes, count: int, time: Integers) -> "Ledger":
        """Group rows that are in time order by ``groups`` (-1: left out)."""
        starts = group_starts(groups, count)
        order = grouped_order(groups, starts)
        return cls(order, starts, numbers_at(time, order))


@dataclass(frozen=True)
class History:
    """The rows of a slice, in time order, coded as integers; -1 codes null.

    ``coverage_from`` and ``as_of`` are microseconds since 1970, as is ``time``. The codes of
    accounts, banks, currencies and countries mean nothing: only whether two are equal is ever
    asked, and of a country whether ``country_names[code]`` is on a list. ``suspicion`` is what a
    first look made of each row by itself, the probability that it is illicit in millionths; empty
    where no first look was taken.
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
    currency: Codes
    country_names: tuple[str, ...]
    accounts: int
    coverage_from: int
    as_of: int
    clock_known: bool
    minor_digits: int
    suspicion: Codes = field(default_factory=lambda: np.empty(0, np.int32))
    kept: Kept = field(default_factory=Kept, repr=False, compare=False)

    def keep(self, key: object, make: Callable[[], _Made]) -> _Made:
        """Return what ``make`` makes of these rows, made once for all who ask for ``key``."""
        return self.kept.get(key, make)

    def __len__(self) -> int:
        return len(self.time)

    @property
    def internal(self) -> NDArray[np.bool_]:
        """Whether both sides of a row are known."""
        return self.keep("internal", lambda: (self.sender >= 0) & (self.receiver >= 0))

    @property
    def graph(self) -> Graph:
        """Payments between two different known accounts."""
        columns = (self.time, self.sender, self.receiver, self.amount)
        return self.keep("graph", lambda: Graph.of(*columns, self.accounts))

    @property
    def sent(self) -> Ledger:
        """Rows by sender."""
        return self.keep("sent", lambda: Ledger.build(self.sender, self.accounts, self.time))

    @property
    def received(self) -> Ledger:
        """Rows by receiver."""
        return self.keep("received", lambda: Ledger.build(self.receiver, self.accounts, self.time))

    @property
    def pair_codes(self) -> tuple[Codes, Codes, int]:
        """Each row's pair, the pair that runs the other way (-1: none), and how many there are."""

        def make() -> tuple[Codes, Codes, int]:
            sent, received = self.sent, self.received
            pair = numbered(self.sent_links[0], sent.order, len(self))
            ends = (sent.starts, sent.order, received.starts, received.order)
            back = turned(*ends, self.sender, self.receiver, pair)
            return pair, back, int(pair.max(initial=-1)) + 1

        return self.keep("pair codes", make)

    @property
    def paired(self) -> Ledger:
        """Rows by ordered pair of sender and receiver."""

        def make() -> Ledger:
            pair, _, count = self.pair_codes
            return Ledger.build(pair, count, self.time)

        return self.keep("paired", make)

    def ledger(self, subject: Subject, flow: Flow) -> Ledger:
        """Return the rows that a subject's flow is made of."""
        if subject == "pair":
            return self.paired
        return self.sent if flow == "out" else self.received

    @property
    def sent_links(self) -> tuple[Codes, Codes]:
        """Previous and next payment of a sender to the same receiver, as ledger positions."""
        return self.keep("sent links", lambda: self._links(self.sent, self.receiver))

    @property
    def received_links(self) -> tuple[Codes, Codes]:
        """Previous and next payment to a receiver from the same sender, as ledger positions."""
        return self.keep("received links", lambda: self._links(self.received, self.sender))

    def _links(self, ledger: Ledger, counterparty: Codes) -> tuple[Codes, Codes]:
        codes = codes_at(counterparty, ledger.order)
        return linked(codes, ledger.starts, self.accounts)

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
        """Code a table of transactions in time order (columns ``COLUMNS``); no I/O.

        It may have a column ``"suspicion"`` (int32) beside them.
        """
        coder = Coder()
        return cls.of(
            coder.rows(table),
            coder,
            coverage_from=coverage_from,
            as_of=as_of,
            time_precision=time_precision,
            minor_digits=minor_digits,
        )

    @classmethod
    def of_payments(
        cls, time: Integers, sender: Codes, receiver: Codes, amount: Integers, accounts: int
    ) -> "History":
        """Take who paid whom when how much, in time order, and nothing else: all is covered.

        Accounts are coded below ``accounts``, the world outside as -1; times are microseconds.
        """
        unknown, flags = np.full(len(time), -1, np.int32), np.zeros(len(time), np.bool_)
        rows = CodedRows(
            time=time,
            sender=sender,
            receiver=receiver,
            **dict.fromkeys(("sender_bank", "receiver_bank", "sender_country"), unknown),
            **dict.fromkeys(("receiver_country", "currency"), unknown),
            amount=amount,
            channel=np.full(len(time), -1, np.int8),
            exchanged=flags,
        )
        last = int(time[-1]) if len(time) else 0
        return cls(
            **{part.name: getattr(rows, part.name) for part in fields(rows)},
            country_names=(),
            accounts=max(accounts, 1),
            coverage_from=-(2**62),
            as_of=last,
            clock_known=True,
            minor_digits=2,
        )

    @classmethod
    def of(
        cls,
        rows: CodedRows,
        coder: Coder,
        *,
        coverage_from: datetime,
        as_of: datetime,
        time_precision: str,
        minor_digits: int,
    ) -> "History":
        """Take rows that were coded, and what is known about the dataset as a whole."""
        return cls(
            **{part.name: getattr(rows, part.name) for part in fields(rows)},
            country_names=tuple(coder.countries.words.to_pylist()),
            accounts=max(len(coder.accounts.words), 1),
            coverage_from=to_microseconds(coverage_from),
            as_of=to_microseconds(as_of),
            clock_known=time_precision != "day",
            minor_digits=minor_digits,
        )
