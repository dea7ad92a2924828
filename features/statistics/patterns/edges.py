"""The edges among the rows asked about, and their answers brought back to the rows."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from features.history import Codes, Integers
from features.patterns import Graph
from features.patterns.graph import Adjacency
from features.workspace import Floats, Workspace

Side = Literal["incoming", "outgoing"]


@dataclass(frozen=True)
class AskedEdges:
    """Edges asked about, by the account at one end: their positions in its adjacency, rising.

    ``ahead``: of the graph turned round, where what came next lies behind.
    """

    graph: Graph
    side: Side
    position: Integers
    account: Codes

    @classmethod
    def of(cls, space: Workspace, side: Side, *, ahead: bool) -> "AskedEdges":
        """Return the edges of a workspace's rows; made once for all statistics that ask."""
        return space.shared((cls, side, ahead), lambda: cls._find(space, side, ahead=ahead))

    @classmethod
    def _find(cls, space: Workspace, side: Side, *, ahead: bool) -> "AskedEdges":
        graph = graph_of(space, ahead=ahead)
        edge, known = edge_of_rows(space, ahead=ahead)
        asked = np.zeros(len(graph), np.bool_)
        asked[edge[known]] = True
        position = np.flatnonzero(asked[cls.adjacent(graph, side).edge])
        account = graph.target if side == "incoming" else graph.source
        return cls(graph, side, position, account[cls.adjacent(graph, side).edge[position]])

    @staticmethod
    def adjacent(graph: Graph, side: Side) -> Adjacency:
        """Return the adjacency of one end."""
        return graph.incoming if side == "incoming" else graph.outgoing

    def spread(
        self, space: Workspace, values: Integers | NDArray[np.float64], *, ahead: bool
    ) -> Floats:
        """Bring the answers to the rows: 0 for a self-payment, NaN where a side is unknown."""
        by_edge = np.zeros(len(self.graph))
        by_edge[self.adjacent(self.graph, self.side).edge[self.position]] = values
        edge, known = edge_of_rows(space, ahead=ahead)
        out = np.where(space.history.internal[space.rows], 0.0, np.nan)
        out[known] = by_edge[edge[known]]
        return out


def graph_of(space: Workspace, *, ahead: bool) -> Graph:
    """Return the graph of a workspace's history, turned round to look ahead."""
    graph = space.history.graph
    return graph.reversed if ahead else graph


def edge_of_rows(space: Workspace, *, ahead: bool) -> tuple[Integers, NDArray[np.bool_]]:
    """Return the number of each asked row's edge, and whether it is one."""
    return space.shared(("edge of rows", ahead), lambda: _edge_of_rows(space, ahead=ahead))


def _edge_of_rows(space: Workspace, *, ahead: bool) -> tuple[Integers, NDArray[np.bool_]]:
    graph = space.history.graph
    number = np.full(len(space.history), -1)
    number[graph.row] = np.arange(len(graph))[:: -1 if ahead else 1]
    edge: Integers = number[space.rows]
    return edge, edge >= 0
