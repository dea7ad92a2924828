"""An account that takes over the payers of one that fell silent."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from features.history import Integers
from features.kernels.successor import successor_shares
from features.patterns.graph import Adjacency, Graph
from features.statistics.statistic import Backward
from features.windows import span_label
from features.workspace import Floats, Lens, Workspace


@dataclass(frozen=True)
class Successor(Backward):
    """The largest share of a silent account's payers that paid this one in the last ``span``.

    Silent: paid by ``least`` or more known accounts in the ``span`` before the last ``silent``
    and by none since. 0 where fewer than ``moving`` of them paid this one. Accounts that received
    more than ``hub`` payments then and payers that made more than ``busy`` are left out and
    counted; NaN where the account itself received more than ``hub``. For receivers only.
    """

    lens: Lens
    span: int
    silent: int
    least: int
    hub: int
    busy: int
    moving: int

    @property
    def label(self) -> str:
        """Subject, span, silence."""
        spans = f"{span_label(self.span)}_silent_{span_label(self.silent)}"
        return f"{self.lens.subject}_successor_{spans}"

    @property
    def lookback(self) -> int:
        """The silence and the time before it."""
        return self.span + self.silent

    @property
    def null_rules(self) -> tuple[str, ...]:
        """When it is null."""
        return ("side", "none")

    def value(self, space: Workspace) -> Floats:
        """Return the shares, 0 to 1."""
        anchors, graph = space.anchors(self.lens), space.history.graph
        shares, left_out = successor_shares(
            anchors.groups,
            anchors.time,
            graph.incoming.starts,
            graph.incoming.time,
            graph.incoming.other,
            graph.outgoing.starts,
            graph.outgoing.time,
            graph.outgoing.other,
            self.span,
            self.silent,
            self.least,
            self.hub,
            self.busy,
            self.moving,
        )
        space.leave_out(f"{self.label}: accounts of many payments", int(left_out.sum()))
        return space.spread(self.lens, shares)

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return the payments to the silent accounts of that share, and their payers' to this."""
        account = space.history.groups_of(self.lens.subject, "out")[space.rows[at]]
        if account < 0:
            return np.empty(0, np.int64)
        graph, time = space.history.graph, int(space.time[at])
        found = list(self._predecessors(graph, int(account), time))
        largest = max((share for share, _ in found), default=0.0)
        edges = [part for share, part in found if share == largest]
        return np.unique(graph.row[np.concatenate([np.empty(0, np.int64), *edges])])

    def _predecessors(
        self, graph: Graph, account: int, time: int
    ) -> Iterator[tuple[float, Integers]]:
        """Give the share of each silent account, and the edges that show it."""
        coming, opened = graph.incoming, time - self.lookback
        recent = _places(coming, account, time - self.span, time)
        for other, moved in self._moved(graph, account, time).items():
            whole = _places(coming, other, opened, time)
            payers = np.setdiff1d(coming.other[whole], [account])
            heard = (coming.time[whole] > time - self.silent).any()
            enough = len(payers) >= self.least and len(moved) >= self.moving
            if enough and len(whole) <= self.hub and not heard:
                theirs = recent[np.isin(coming.other[recent], moved)]
                edges = coming.edge[np.concatenate([whole, theirs])]
                yield len(moved) / len(payers), edges

    def _moved(self, graph: Graph, account: int, time: int) -> dict[int, list[int]]:
        """Return for each account paid before the silence who of its payers now pays this one."""
        recent = _places(graph.incoming, account, time - self.span, time)
        moved: dict[int, list[int]] = {}
        if len(recent) > self.hub:
            return moved
        for payer in np.unique(graph.incoming.other[recent]):
            paid = _places(graph.outgoing, payer, time - self.lookback, time - self.silent)
            if len(paid) <= self.busy:
                for other in np.unique(graph.outgoing.other[paid]):
                    if other != account:
                        moved.setdefault(int(other), []).append(int(payer))
        return moved


def _places(adjacency: Adjacency, account: int, after: int, until: int) -> Integers:
    """Return where an account's edges in ``(after, until]`` are."""
    own = np.arange(adjacency.starts[account], adjacency.starts[account + 1])
    inside: Integers = own[(adjacency.time[own] > after) & (adjacency.time[own] <= until)]
    return inside
