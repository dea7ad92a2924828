"""How far money had come along when a payment was made, and how far it then went."""

from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np

from features.history import Codes, Integers
from features.kernels.patterns.chain import chains_ending, chains_through
from features.patterns.chain import Behind, ChainRule
from features.statistics.patterns.edges import AskedEdges, edge_of
from features.statistics.patterns.part import PartOfPattern
from features.statistics.patterns.swept import Rows, swept
from features.windows import Window, facing, leading, span_label
from features.workspace import Floats, Workspace

Measure = Literal["hops", "conserving_hops", "kept"]
_MEASURES = ("hops", "conserving_hops", "kept")
# Where the kernel tells hops and starts: of any chain, and of those that conserve money.
_PLACES = ((0, 4), (1, 5))


Found = tuple[Codes, Codes, Integers, Codes, Integers, Integers]
"""What the kernel tells of edges: see `chains_ending`."""


@dataclass(frozen=True)
class _OfChains(PartOfPattern):
    """What chains of payments tell."""

    width: int
    rule: ChainRule

    def told(self, space: Workspace, *ahead: bool) -> list[tuple[Integers, ...]]:
        """Return the measures of each row in some directions of time; last, those of members."""
        key = (_OfChains, self.width, self.rule)
        *told, one, other = swept(space, key, self._sweep)
        for way in ahead:
            what = f"chain_{facing(self.width, ahead=way).label}: payments of forgetful accounts"
            forgot = other if way else one
            space.shared((key, way), partial(space.leave_out, what, int(forgot.sum())))
        return [tuple(told[3 * way : 3 * way + 3]) for way in (*ahead, 2)]

    def _sweep(self, rows: Rows) -> tuple[Integers, ...]:
        edges = AskedEdges.of(rows, "time", ahead=False)
        behind, ahead = self.found(rows, ahead=False), self.found(rows, ahead=True)
        through = (
            chains_through(behind[0], behind[4], ahead[0], ahead[4], self.width),
            chains_through(behind[1], behind[5], ahead[1], ahead[5], self.width),
        )
        turned = [told[::-1] for told in ahead[:4]]
        told = (*behind[:3], *turned[:3], *through, behind[3], turned[3])
        return tuple(map(edges.spread, told))

    def found(self, rows: Rows, *, ahead: bool) -> Found:
        """Return what the kernel tells of the edges among some rows, in their graph's order."""
        asked = AskedEdges.of(rows, "time", ahead=ahead)
        graph, rule = asked.graph, self.rule
        return chains_ending(
            asked.places,
            asked.columns,
            graph.amount,
            graph.accounts,
            self.width,
            rule.limits,
            rule.share,
            ahead,
        )


@dataclass(frozen=True)
class Chain(_OfChains):
    """Measure the longest chain of payments that a payment ends; ``ahead``: that it begins.

    Looking back, the chain lies in ``(t - width, t]``; ahead, in ``[t, t + width)``.

    - ``hops``: how many payments, this one among them; 0 for a self-payment.
    - ``conserving_hops``: the same where every hop conserves money.
    - ``kept``: the last amount of that chain over its first; of chains as long, of the one that
      starts last (ends first), and with the larger payment. NaN where the payment is alone.
    """

    measure: Measure
    ahead: bool

    @property
    def label(self) -> str:
        """The measure and the window."""
        return f"chain_{self.measure}_{self.window.label}"

    @property
    def null_rules(self) -> tuple[str, ...]:
        """As all chains; and a share needs a chain."""
        return (*super().null_rules, *(("none",) if self.measure == "kept" else ()))

    def value(self, space: Workspace) -> Floats:
        """Return the measure."""
        told, _ = self.told(space, self.ahead)
        if self.measure == "kept":
            return space.known(self._share(space, told[2], told[1]), self.window)
        return self.known(space, told[_MEASURES.index(self.measure)])

    def _share(self, space: Workspace, far: Integers, hops: Integers) -> Floats:
        own = space.history.amount[space.rows]
        last, first = (far, own) if self.ahead else (own, far)
        share: Floats = np.divide(last, first, out=np.full(len(own), np.nan), where=hops > 1)
        return share

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return the payments of the chain; of hops, the payment alone where it is one."""
        if edge_of(space, at, ahead=self.ahead) < 0:
            return np.empty(0, np.int64)
        side = _Side(self, space, at, self.measure != "hops", self.ahead)
        hops = len(side.starts())
        return np.empty(0, np.int64) if self.measure == "kept" and hops == 1 else side.rows(hops)


@dataclass(frozen=True)
class ChainMember(_OfChains):
    """Tell the hops of the longest chain that a payment is anywhere on; 0 for a self-payment.

    The chain fits the width, so it lies in ``(t - width, t + width)``; known once that is over.
    """

    conserving: bool

    @property
    def label(self) -> str:
        """Whether money is conserved, and the window on both sides."""
        kept = "conserving_" if self.conserving else ""
        return f"chain_member_{kept}hops_{span_label(self.width)}_and_{leading(self.width).label}"

    @property
    def window(self) -> Window:
        """The one ahead; as far back it sees, too."""
        return leading(self.width)

    @property
    def lookback(self) -> int:
        """The width."""
        return self.width

    def value(self, space: Workspace) -> Floats:
        """Return the hops."""
        return self.known(space, self.told(space, False, True)[-1][self.conserving])

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return the payments of the chain; of several as long, of the one with most behind."""
        if edge_of(space, at, ahead=False) < 0:
            return np.empty(0, np.int64)
        behind, ahead = (_Side(self, space, at, self.conserving, a) for a in (False, True))
        fits = [
            (one, other)
            for one, start in enumerate(behind.starts(), 1)
            for other, end in enumerate(ahead.starts(), 1)
            if -end - start < self.width
        ]
        one, other = max(fits, key=lambda both: (sum(both), both[0]))
        return np.union1d(behind.rows(one), ahead.rows(other))


@dataclass(frozen=True)
class _Side:
    """The chains that end in the payment of a row; ``ahead``: in the graph turned round."""

    chains: _OfChains
    space: Workspace
    at: int
    conserving: bool
    ahead: bool

    @property
    def _rows(self) -> Rows:
        """The rows asked about: found together, as for the value."""
        return self.space.shared(
            (_Side, "rows"), lambda: Rows(self.space.history, np.unique(self.space.rows))
        )

    @property
    def _asked(self) -> AskedEdges:
        return AskedEdges.of(self._rows, "time", ahead=self.ahead)

    @property
    def _place(self) -> int:
        """Where the row's edge stands among those asked about."""
        edge = edge_of(self.space, self.at, ahead=self.ahead)
        return int(np.searchsorted(self._asked.places, edge))

    def _found(self) -> Found:
        chains = self.chains
        key = (_Side, chains.width, chains.rule, self.ahead)
        return self._rows.shared(key, lambda: chains.found(self._rows, ahead=self.ahead))

    def starts(self) -> list[int]:
        """Return the latest start of a chain of 1, 2 and more hops."""
        hops, starts = (self._found()[k] for k in _PLACES[self.conserving])
        place, asked = self._place, self._asked
        if hops[place] == 1:
            return [int(asked.graph.time[asked.places[place]])]
        before = hops[:place]
        first = int(before[before > 1].sum())
        latest: list[int] = starts[first : first + hops[place]].tolist()
        return latest

    def rows(self, hops: int) -> Integers:
        """Return the history rows of the chain of so many hops."""
        graph, edge = self._asked.graph, int(self._asked.places[self._place])
        since, rule = self.starts()[hops - 1], self.chains.rule
        behind = Behind(graph, edge, since, rule, self.conserving, self.ahead)
        return np.unique(graph.row[sorted(behind.way(hops))])
