"""How many accounts paid the hub of a payment, and how many others it paid then."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from features.history import Integers
from features.kernels.patterns.gather_scatter import gather_scatter
from features.patterns.gather_scatter import GatherScatterRule, HubSight
from features.statistics.patterns.edges import AskedEdges, edge_of_rows, graph_of
from features.windows import Window, leading, trailing
from features.workspace import Floats, Workspace

Measure = Literal["size", "conserving", "passed_on"]


@dataclass(frozen=True)
class GatherScatter:
    """Measure the gather-scatter that a payment is the last of; ``ahead``: the first of.

    Looking back, the payment's sender is the hub: its payers in ``(t - within, t)``, its payees in
    ``(t - within, t]``. Looking ahead the receiver is: its payers in ``[t, t + within)``, its
    payees in ``(t, t + within)``. Accounts on both sides count on neither.

    - ``size``: the payers or the payees, whichever are fewer; 0 where the payment's other account
      is on both sides.
    - ``conserving``: the size where what the hub paid is a conserving share of what it received,
      else 0.
    - ``passed_on``: what the hub paid as a share of what it received; NaN if it received nothing.

    0 for a self-payment; NaN where a side is unknown, and ``passed_on`` for both.
    """

    measure: Measure
    ahead: bool
    rule: GatherScatterRule

    @property
    def label(self) -> str:
        """The measure and the window."""
        return f"gather_scatter_{self.measure}_{self.window.label}"

    @property
    def window(self) -> Window:
        """The window as it is named."""
        return leading(self.rule.within) if self.ahead else trailing(self.rule.within)

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
        none = ("none",) if self.measure == "passed_on" else ()
        return ("side", *(("ahead",) if self.ahead else ()), *none)

    def earlier(self) -> None:
        """Return nothing: what a payment completes has no window before."""
        return

    def value(self, space: Workspace) -> Floats:
        """Return the measure."""
        key = (GatherScatter, self.ahead, self.rule)
        payers, payees, received, paid = space.shared(key, lambda: self._find(space))
        asked = AskedEdges.of(space, "outgoing", ahead=self.ahead)
        size = np.minimum(payers, payees)
        if self.measure == "passed_on":
            share = paid / np.where(received > 0, received, np.nan)
            values = asked.spread(space, share, ahead=self.ahead)
            _, known = edge_of_rows(space, ahead=self.ahead)
            values[~known] = np.nan
        elif self.measure == "conserving":
            kept = self.rule.conserves(received, paid)
            values = asked.spread(space, size * kept, ahead=self.ahead)
        else:
            values = asked.spread(space, size, ahead=self.ahead)
        return space.known(values, self.window)

    def _find(self, space: Workspace) -> tuple[Integers, Integers, Integers, Integers]:
        """Return payers, payees, received and paid, in true time."""
        asked = AskedEdges.of(space, "outgoing", ahead=self.ahead)
        into, out = asked.graph.incoming, asked.graph.outgoing
        one, other, earlier, later = gather_scatter(
            asked.position,
            asked.account,
            into.starts,
            into.other,
            into.time,
            into.amount,
            out.starts,
            out.other,
            out.time,
            out.amount,
            self.rule.within,
        )
        return (other, one, later, earlier) if self.ahead else (one, other, earlier, later)

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return the payments to and from the accounts counted; all, where they are summed."""
        edge, known = edge_of_rows(space, ahead=self.ahead)
        if not known[at]:
            return np.empty(0, np.int64)
        graph = graph_of(space, ahead=self.ahead)
        seen = HubSight.of(graph, int(edge[at]), self.rule.within)
        return seen.counted_rows if self.measure == "size" else seen.all_rows
