"""Through how many accounts the money of a payment was split and joined again."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from features.history import Integers
from features.kernels.patterns.scatter_gather import scatter_gather
from features.patterns.scatter_gather import ScatterGatherRule, Sight, legs_of
from features.statistics.patterns.edges import AskedEdges, edge_of, graph_of
from features.statistics.patterns.part import PartOfPattern
from features.statistics.patterns.swept import Rows, swept
from features.workspace import Floats, Workspace

Measure = Literal["intermediaries", "sources", "conserving"]
_MEASURES = ("intermediaries", "sources", "conserving")


@dataclass(frozen=True)
class ScatterGather(PartOfPattern):
    """Measure the scatter-gathers that a payment completes; ``ahead``: those that it opens.

    Looking back, the payment is a gather leg in ``(t - width, t]``: its receiver is the sink, its
    sender one of the intermediaries, each of which was paid by one source strictly before it paid
    the sink. Looking ahead in ``[t, t + width)`` it is a scatter leg: its sender is the source,
    its receiver an intermediary, and the sinks take the place of the sources.

    - ``intermediaries``: the most of one source (sink); 1 is a mere pass-on, 0 none at all.
    - ``sources``: how many sources (sinks) have two intermediaries or more.
    - ``conserving``: the first, where only legs that pass on what they follow on count.
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

    def value(self, space: Workspace) -> Floats:
        """Return the measure."""
        key = (ScatterGather, self.width, self.ahead, self.rule)
        what = f"scatter_gather_{self.window.label}: intermediaries with too many payments"
        told = swept(space, key, self._sweep, what)
        return self.known(space, told[_MEASURES.index(self.measure)])

    def _sweep(self, rows: Rows) -> tuple[Integers, ...]:
        asked, rule = AskedEdges.of(rows, "time", ahead=False), self.rule
        first, last = asked.span
        shares = rule.low_permille, rule.high_permille
        told = scatter_gather(
            first,
            last,
            *legs_of(asked.graph, ahead=self.ahead),
            (self.width, rule.memory, rule.pass_on, *shares, -1 if self.ahead else 1),
        )
        return tuple(asked.spread(numbers[asked.places - first]) for numbers in told)

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return the payments of the largest, or of all that are counted."""
        edge = edge_of(space, at, ahead=self.ahead)
        if edge < 0:
            return np.empty(0, np.int64)
        graph = graph_of(space.history, ahead=self.ahead)
        sight = Sight(graph, self.width, self.rule, self.measure == "conserving", self.ahead)
        return sight.several(edge) if self.measure == "sources" else sight.evidence(edge)
