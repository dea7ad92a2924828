"""Through how many accounts the money of a payment was split and joined again."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from features.history import Integers
from features.kernels.patterns.scatter_gather import scatter_gather
from features.patterns.scatter_gather import ScatterGatherRule, Sight
from features.statistics.patterns.edges import AskedEdges, edge_of_rows, graph_of
from features.windows import Window, leading, trailing
from features.workspace import Floats, Workspace

Measure = Literal["intermediaries", "sources", "conserving"]
_MEASURES = ("intermediaries", "sources", "conserving")


@dataclass(frozen=True)
class ScatterGather:
    """Measure the scatter-gathers that a payment completes; ``ahead``: those that it opens.

    Looking back, the payment is a gather leg in ``(t - width, t]``: its receiver is the sink, its
    sender one of the intermediaries, each of which was paid by one source strictly before it paid
    the sink. Looking ahead in ``[t, t + width)`` it is a scatter leg: its sender is the source,
    its receiver an intermediary, and the sinks take the place of the sources.

    - ``intermediaries``: the most of one source (sink); 1 is a mere pass-on, 0 none at all.
    - ``sources``: how many sources (sinks) have two intermediaries or more.
    - ``conserving``: the first, where only legs that pass on what they follow on count.

    0 for a self-payment; NaN where a side is unknown.
    """

    measure: Measure
    width: int
    ahead: bool
    rule: ScatterGatherRule

    @property
    def label(self) -> str:
        """The measure and the window."""
        measure = "sinks" if self.ahead and self.measure == "sources" else self.measure
        return f"scatter_gather_{measure}_{self.window.label}"

    @property
    def window(self) -> Window:
        """The window as it is named."""
        return leading(self.width) if self.ahead else trailing(self.width)

    @property
    def lens(self) -> None:
        """None: it is more than the two accounts' own payments."""
        return

    @property
    def lookback(self) -> int:
        """The window's."""
        return self.window.lookback

    @property
    def lookahead(self) -> int:
        """The window's."""
        return self.window.lookahead

    @property
    def null_rules(self) -> tuple[str, ...]:
        """When it is null."""
        return ("side", "ahead") if self.ahead else ("side",)

    def earlier(self) -> None:
        """Return nothing: what a payment completes has no window before."""
        return

    def value(self, space: Workspace) -> Floats:
        """Return the measure."""
        key = (ScatterGather, self.width, self.ahead, self.rule)
        found = space.shared(key, lambda: self._find(space))
        told = found[_MEASURES.index(self.measure)]
        asked = AskedEdges.of(space, "incoming", ahead=self.ahead)
        return space.known(asked.spread(space, told, ahead=self.ahead), self.window)

    def _find(self, space: Workspace) -> tuple[Integers, ...]:
        asked, rule = AskedEdges.of(space, "incoming", ahead=self.ahead), self.rule
        legs = asked.graph.incoming
        *told, forgotten = scatter_gather(
            asked.position,
            asked.account,
            legs.starts,
            legs.other,
            legs.time,
            legs.amount,
            self.width,
            rule.memory,
            rule.pass_on,
            rule.low_permille,
            rule.high_permille,
            self.ahead,
        )
        what = f"scatter_gather_{self.window.label}: intermediaries with too many payments"
        space.leave_out(what, int(forgotten.sum()))
        return tuple(told)

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return the payments of the largest, or of all that are counted."""
        edge, known = edge_of_rows(space, ahead=self.ahead)
        if not known[at]:
            return np.empty(0, np.int64)
        graph = graph_of(space, ahead=self.ahead)
        sight = Sight(graph, self.width, self.rule, self.measure == "conserving", self.ahead)
        many = self.measure == "sources"
        return sight.several(int(edge[at])) if many else sight.evidence(int(edge[at]))
