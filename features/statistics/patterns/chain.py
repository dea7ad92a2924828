"""How far money had come along when a payment was made, and how far it then went."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from features.history import Integers
from features.kernels.patterns.chain import chains_ending, chains_through
from features.patterns.chain import Behind, ChainRule
from features.statistics.patterns.numbered import NumberedEdges
from features.windows import Window, leading, span_label, trailing
from features.workspace import Floats, Workspace

Measure = Literal["hops", "conserving_hops", "kept"]
_MEASURES = ("hops", "conserving_hops", "kept")
# Where the kernel tells hops and starts: of any chain, and of those that conserve money.
_PLACES = ((0, 4), (1, 5))


@dataclass(frozen=True)
class _OfChains:
    """What chains of payments tell; NaN where a side is unknown."""

    width: int
    rule: ChainRule

    @property
    def lens(self) -> None:
        """None: it is more than the two accounts' own payments."""
        return

    @property
    def lookahead(self) -> int:
        """The width."""
        return self.width

    @property
    def null_rules(self) -> tuple[str, ...]:
        """Null without both sides, and until the window is over."""
        return ("side", "ahead") if self.lookahead else ("side",)

    def earlier(self) -> None:
        """Return nothing: what a payment ends has no window before."""
        return


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
    def window(self) -> Window:
        """The window as it is named."""
        return leading(self.width) if self.ahead else trailing(self.width)

    @property
    def null_rules(self) -> tuple[str, ...]:
        """As all chains; and a share needs a chain."""
        return (*super().null_rules, *(("none",) if self.measure == "kept" else ()))

    @property
    def lookback(self) -> int:
        """The window's."""
        return self.window.lookback

    @property
    def lookahead(self) -> int:
        """The window's."""
        return self.window.lookahead

    def value(self, space: Workspace) -> Floats:
        """Return the measure."""
        edges = NumberedEdges.of(space, ahead=self.ahead)
        found = _found(space, self.width, self.rule, ahead=self.ahead)
        values = edges.spread(space, found[_MEASURES.index(self.measure)])
        if self.measure == "kept":
            values = self._share(space, values, edges.spread(space, found[1]))
        return space.known(values, self.window)

    def _share(self, space: Workspace, far: Floats, hops: Floats) -> Floats:
        own = space.history.amount[space.rows].astype(np.float64)
        last, first = (far, own) if self.ahead else (own, far)
        share: Floats = np.divide(last, first, out=np.full(len(own), np.nan), where=hops > 1)
        return share

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return the payments of the chain; of hops, the payment alone where it is one."""
        if not NumberedEdges.of(space, ahead=self.ahead).is_edge[at]:
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
    def lookback(self) -> int:
        """The width."""
        return self.width

    def value(self, space: Workspace) -> Floats:
        """Return the hops."""
        behind, ahead = (_found(space, self.width, self.rule, ahead=a) for a in (False, True))
        hops, starts = _PLACES[self.conserving]
        through = chains_through(
            behind[hops], behind[starts], ahead[hops], ahead[starts], self.width
        )
        edges = NumberedEdges.of(space, ahead=False)
        return space.known(edges.spread(space, through), leading(self.width))

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return the payments of the chain; of several as long, of the one with most behind."""
        if not NumberedEdges.of(space, ahead=False).is_edge[at]:
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
    def _asked(self) -> NumberedEdges:
        return NumberedEdges.of(self.space, ahead=self.ahead)

    @property
    def _place(self) -> int:
        """Where the row's edge stands among those asked about."""
        return int(self._asked.place[np.count_nonzero(self._asked.is_edge[: self.at])])

    def starts(self) -> list[int]:
        """Return the latest start of a chain of 1, 2 and more hops."""
        chains, place = self.chains, self._place
        found = _found(self.space, chains.width, chains.rule, ahead=self.ahead)
        hops, starts = (found[k] for k in _PLACES[self.conserving])
        first = int(hops[:place].sum())
        latest: list[int] = starts[first : first + hops[place]].tolist()
        return latest

    def rows(self, hops: int) -> Integers:
        """Return the history rows of the chain of so many hops."""
        graph, edge = self._asked.graph, int(self._asked.edges[self._place])
        since, rule = self.starts()[hops - 1], self.chains.rule
        behind = Behind(graph, edge, since, rule, self.conserving, self.ahead)
        return np.unique(graph.row[sorted(behind.way(hops))])


def _found(space: Workspace, width: int, rule: ChainRule, *, ahead: bool) -> tuple[Integers, ...]:
    """Return what the kernel tells of the edges asked about, in the graph's order."""
    key = (_OfChains, width, rule, ahead)
    return space.shared(key, lambda: _search(space, width, rule, ahead=ahead))


def _search(space: Workspace, width: int, rule: ChainRule, *, ahead: bool) -> tuple[Integers, ...]:
    asked = NumberedEdges.of(space, ahead=ahead)
    graph = asked.graph
    found = chains_ending(
        asked.edges,
        asked.columns,
        graph.amount,
        graph.accounts,
        width,
        rule.limits,
        rule.share,
        ahead,
    )
    window = leading(width) if ahead else trailing(width)
    space.leave_out(f"chain_{window.label}: payments of forgetful accounts", int(found[3].sum()))
    return found
