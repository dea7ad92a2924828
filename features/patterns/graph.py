"""The payments between two different known accounts, as a graph whose edges are in time order."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from features.kernels.ledger import codes_at, group_starts, grouped_order, numbers_at

Integers = NDArray[np.int64]
Codes = NDArray[np.int32]


@dataclass(frozen=True)
class Payments:
    """The rows a graph is of, in time order; -1 codes the world outside.

    Where they are ``turned``, time and direction run back.
    """

    time: Integers
    sender: Codes
    receiver: Codes
    amount: Integers
    turned: bool = False

    def source(self, rows: Codes) -> Codes:
        """Return the accounts that pay."""
        return codes_at(self.receiver if self.turned else self.sender, rows)

    def target(self, rows: Codes) -> Codes:
        """Return the accounts that are paid."""
        return codes_at(self.sender if self.turned else self.receiver, rows)

    def times(self, rows: Codes) -> Integers:
        """Return the times of rows."""
        times = numbers_at(self.time, rows)
        return np.negative(times, out=times) if self.turned else times

    def amounts(self, rows: Codes) -> Integers:
        """Return the amounts of rows, in minor units."""
        return numbers_at(self.amount, rows)


@dataclass(frozen=True)
class Adjacency:
    """Edges end to end by the account at one end, each account's in time order.

    ``edge`` gives the number of the edge; ``starts`` has one more entry than accounts. By its
    number ``row`` gives the row of each edge, and ``far`` the account at its other end. What is
    known of the edges is laid out like them when it is first asked for.
    """

    payments: Payments
    row: Codes
    far: Codes
    starts: Integers
    edge: Codes

    @cached_property
    def other(self) -> Codes:
        """The account at the other end."""
        return codes_at(self.far, self.edge)

    @cached_property
    def time(self) -> Integers:
        """When."""
        return self.payments.times(codes_at(self.row, self.edge))

    @cached_property
    def amount(self) -> Integers:
        """How much, in minor units."""
        return self.payments.amounts(codes_at(self.row, self.edge))

    @cached_property
    def places(self) -> Codes:
        """Where each edge lies, by its number."""
        places = np.empty(len(self.edge), np.int32)
        places[self.edge] = np.arange(len(self.edge), dtype=np.int32)
        return places


@dataclass(frozen=True)
class Graph:
    """Edges in time order: ``row`` is the row of each among ``payments``.

    Self-payments and payments with the world outside are no edges. What is known of the edges is
    laid out like them when it is first asked for: a feature that needs little takes little memory.
    """

    payments: Payments
    row: Codes
    accounts: int

    def __len__(self) -> int:
        return len(self.row)

    @classmethod
    def of(
        cls, time: Integers, sender: Codes, receiver: Codes, amount: Integers, accounts: int
    ) -> "Graph":
        """Take the edges among rows that are in time order; -1 codes the world outside."""
        row = np.flatnonzero((sender >= 0) & (receiver >= 0) & (sender != receiver))
        return cls(Payments(time, sender, receiver, amount), row.astype(np.int32), accounts)

    @cached_property
    def source(self) -> Codes:
        """The account that pays."""
        return self.payments.source(self.row)

    @cached_property
    def target(self) -> Codes:
        """The account that is paid."""
        return self.payments.target(self.row)

    @cached_property
    def time(self) -> Integers:
        """When; never falling."""
        return self.payments.times(self.row)

    @cached_property
    def amount(self) -> Integers:
        """How much, in minor units."""
        return self.payments.amounts(self.row)

    @cached_property
    def outgoing(self) -> Adjacency:
        """Edges by the account that pays."""
        return self._adjacency(self.source, self.target)

    @cached_property
    def incoming(self) -> Adjacency:
        """Edges by the account that is paid."""
        return self._adjacency(self.target, self.source)

    @cached_property
    def across(self) -> Codes:
        """Where each edge by the account that is paid lies by the account that pays."""
        return codes_at(self.outgoing.places, self.incoming.edge)

    @cached_property
    def reversed(self) -> "Graph":
        """The same payments with time and direction turned round.

        What a kernel finds behind an edge here lies ahead of it in truth: an edge that closes a
        pattern here opens it. Edge ``k`` here is edge ``len - 1 - k`` of the graph it came from.
        """
        payments = replace(self.payments, turned=not self.payments.turned)
        return Graph(payments, np.ascontiguousarray(self.row[::-1]), self.accounts)

    def part(self, kept: NDArray[np.bool_]) -> "Graph":
        """Return the graph of some of the edges."""
        return Graph(self.payments, self.row[kept], self.accounts)

    def _adjacency(self, near: Codes, far: Codes) -> Adjacency:
        starts = group_starts(near, self.accounts)
        return Adjacency(self.payments, self.row, far, starts, grouped_order(near, starts))
