"""The payments between two different known accounts, as a graph whose edges are in time order."""

from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from features.kernels.ledger import group_starts, grouped_order

Integers = NDArray[np.int64]
Codes = NDArray[np.int32]


_Kind = TypeVar("_Kind", bound=np.generic)


@dataclass(frozen=True)
class Adjacency:
    """Edges end to end by the account at one end, each account's in time order.

    ``edge`` gives the number of the edge, ``other`` the account at its other end; ``starts`` has
    one more entry than accounts.
    """

    starts: Integers
    edge: Codes
    other: Codes
    time: Integers
    amount: Integers

    @cached_property
    def places(self) -> Codes:
        """Where each edge lies, by its number."""
        places = np.empty(len(self.edge), np.int32)
        places[self.edge] = np.arange(len(self.edge), dtype=np.int32)
        return places


@dataclass(frozen=True)
class Graph:
    """Edges in time order: ``row`` is the history row of each, ``source`` pays ``target``.

    Self-payments and payments with the world outside are no edges.
    """

    row: Integers
    source: Codes
    target: Codes
    time: Integers
    amount: Integers
    accounts: int

    def __len__(self) -> int:
        return len(self.time)

    @classmethod
    def of(
        cls, time: Integers, sender: Codes, receiver: Codes, amount: Integers, accounts: int
    ) -> "Graph":
        """Take the edges among rows that are in time order; -1 codes the world outside."""
        row = np.flatnonzero((sender >= 0) & (receiver >= 0) & (sender != receiver))
        return cls(row, sender[row], receiver[row], time[row], amount[row], accounts)

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
        return self.outgoing.places[self.incoming.edge]

    @cached_property
    def reversed(self) -> "Graph":
        """The same payments with time and direction turned round.

        What a kernel finds behind an edge here lies ahead of it in truth: an edge that closes a
        pattern here opens it. Edge ``k`` here is edge ``len - 1 - k`` of the graph it came from.
        """
        return Graph(
            _turned(self.row),
            _turned(self.target),
            _turned(self.source),
            _turned(-self.time),
            _turned(self.amount),
            self.accounts,
        )

    def _adjacency(self, near: Codes, far: Codes) -> Adjacency:
        starts = group_starts(near, self.accounts)
        edge = grouped_order(near, starts)
        wide = edge.astype(np.intp)  # numpy would do so for each column
        return Adjacency(starts, edge, far[wide], self.time[wide], self.amount[wide])


def _turned(column: NDArray[_Kind]) -> NDArray[_Kind]:
    """Turn a column round, as an array of its own."""
    return np.ascontiguousarray(column[::-1])
