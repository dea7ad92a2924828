"""The edges among some rows, as kernels are asked about them, and their answers brought back."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from features.history import Codes, History, Integers
from features.kernels.ledger import events_within
from features.patterns import Graph
from features.statistics.patterns.swept import Rows, in_few_bytes
from features.workspace import Workspace

_MANY = 8  # the share of edges from which on a sort of them costs more than going over all
Order = Literal["time", "incoming", "outgoing"]


@dataclass(frozen=True)
class AskedEdges:
    """Edges of a graph, in time order or by the account that is paid or pays.

    ``places`` are where they lie, rising: their numbers, or places in that adjacency; ``of_row``
    which of the rows each belongs to. ``ahead``: of the graph turned round, where what came next
    lies behind.
    """

    graph: Graph
    order: Order
    places: Integers
    of_row: Integers
    rows: int

    @classmethod
    def of(cls, rows: Rows, order: Order, *, ahead: bool) -> "AskedEdges":
        """Return the edges among some rows; made once for all sweeps that ask."""
        return rows.shared((cls, order, ahead), lambda: cls._find(rows, order, ahead=ahead))

    @classmethod
    def _find(cls, rows: Rows, order: Order, *, ahead: bool) -> "AskedEdges":
        history = rows.history
        number = numbers_of(history)[rows.rows]
        of_row = np.flatnonzero(number >= 0)
        edges, graph = number[of_row], graph_of(history, ahead=ahead)
        if ahead:
            edges, of_row = (len(graph) - 1 - edges)[::-1], of_row[::-1]
        if order == "time":
            return cls(graph, order, edges.astype(np.int64), of_row, len(rows))
        side = graph.incoming if order == "incoming" else graph.outgoing
        if _many_in_a_row(edges, graph):
            first, last = int(edges[0]), int(edges[-1]) + 1
            places = events_within(side.edge, first, last)
            return cls(graph, order, places, of_row[side.edge[places] - first], len(rows))
        places = side.places[edges].astype(np.int64)
        keys = np.sort(places << 32 | of_row)
        return cls(graph, order, keys >> 32, keys & 0xFFFFFFFF, len(rows))

    @property
    def span(self) -> tuple[int, int]:
        """The first place, and the one beyond the last."""
        if not len(self.places):
            return 0, 0
        return int(self.places[0]), int(self.places[-1]) + 1

    @property
    def columns(self) -> tuple[Codes, Codes, Integers]:
        """What kernels are told of the graph: who pays whom, and when."""
        return self.graph.source, self.graph.target, self.graph.time

    @cached_property
    def accounts(self) -> Codes:
        """The account that each edge lies with: the one that is paid, or pays."""
        incoming = self.order == "incoming"
        account = self.graph.target if incoming else self.graph.source
        edge = (self.graph.incoming if incoming else self.graph.outgoing).edge
        return account[edge[self.places]]

    def spread(self, told: Integers | Codes) -> Integers:
        """Bring answers to the rows; 0 for one that is no edge."""
        few = in_few_bytes(told)
        numbers = np.zeros(self.rows, few.dtype)
        numbers[self.of_row] = few
        return numbers


def _many_in_a_row(edges: Codes, graph: Graph) -> bool:
    """Whether edges follow one another, and are so many that going over all is cheaper."""
    many = len(edges) * _MANY >= max(len(graph), _MANY)
    return many and int(edges[-1]) - int(edges[0]) + 1 == len(edges)


def graph_of(history: History, *, ahead: bool) -> Graph:
    """Return a history's graph, turned round to look ahead."""
    return history.graph.reversed if ahead else history.graph


def edge_of(space: Workspace, at: int, *, ahead: bool) -> int:
    """Return the number of the edge that one of the rows asked about is; -1 where it is none."""
    number = int(numbers_of(space.history)[space.rows[at]])
    return len(space.history.graph) - 1 - number if ahead and number >= 0 else number


def numbers_of(history: History) -> Codes:
    """Return the number of each row's edge in the history's graph; -1 where it is none."""
    return history.keep("edges of rows", lambda: _numbers(history))


def _numbers(history: History) -> Codes:
    numbers = np.full(len(history), -1, np.int32)
    numbers[history.graph.row] = np.arange(len(history.graph), dtype=np.int32)
    return numbers
