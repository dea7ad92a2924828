"""The edges among the rows asked about by their number, each once, in the graph's order."""

from dataclasses import dataclass

import numpy as np

from features.filters import Mask
from features.history import Codes, Integers
from features.patterns import Graph
from features.statistics.patterns.edges import edge_of_rows, graph_of
from features.workspace import Floats, Workspace


@dataclass(frozen=True)
class NumberedEdges:
    """Numbers of edges, rising; ``place`` is where that of each row that is one stands among them.

    ``ahead``: of the graph turned round, where what came next lies behind.
    """

    graph: Graph
    edges: Integers
    is_edge: Mask
    place: Integers

    @classmethod
    def of(cls, space: Workspace, *, ahead: bool) -> "NumberedEdges":
        """Return the edges of a workspace's rows; made once for all statistics that ask."""
        return space.shared((cls, ahead), lambda: cls._find(space, ahead=ahead))

    @classmethod
    def _find(cls, space: Workspace, *, ahead: bool) -> "NumberedEdges":
        number, is_edge = edge_of_rows(space, ahead=ahead)
        edges, place = np.unique(number[is_edge], return_inverse=True)
        return cls(graph_of(space, ahead=ahead), edges, is_edge, place)

    @property
    def columns(self) -> tuple[Codes, Codes, Integers]:
        """What kernels are told of the graph: who pays whom, and when."""
        return self.graph.source, self.graph.target, self.graph.time

    def spread(self, space: Workspace, told: Integers) -> Floats:
        """Bring answers to the rows: 0 for a self-payment, NaN where a side is unknown."""
        values = np.where(space.history.internal[space.rows], 0.0, np.nan)
        values[self.is_edge] = told[self.place]
        return values
