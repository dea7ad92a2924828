"""How many accounts paid the hub of a payment, and how many others it paid then."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from features.history import Integers
from features.kernels.patterns.gather_scatter import gather_scatter
from features.patterns.gather_scatter import GatherScatterRule, HubSight, sides_of
from features.statistics.patterns.edges import AskedEdges, edge_of, graph_of
from features.statistics.patterns.part import PartOfPattern
from features.statistics.patterns.swept import Rows, swept
from features.windows import Window, facing
from features.workspace import Floats, Workspace

Measure = Literal["size", "conserving", "passed_on"]


@dataclass(frozen=True)
class GatherScatter(PartOfPattern):
    """Measure the gather-scatter that a payment is the last of; ``ahead``: the first of.

    Looking back, the payment's sender is the hub: its payers in ``(t - within, t)``, its payees in
    ``(t - within, t]``. Looking ahead the receiver is: its payers in ``[t, t + within)``, its
    payees in ``(t, t + within)``. Accounts on both sides count on neither.

    - ``size``: the payers or the payees, whichever are fewer; 0 where the payment's other account
      is on both sides.
    - ``conserving``: the size where what the hub paid is a conserving share of what it received,
      else 0.
    - ``passed_on``: what the hub paid as a share of what it received; NaN if it received nothing,
      and for a self-payment.
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
        return facing(self.rule.within, ahead=self.ahead)

    @property
    def null_rules(self) -> tuple[str, ...]:
        """As all; and a share needs something received."""
        return (*super().null_rules, *(("none",) if self.measure == "passed_on" else ()))

    def value(self, space: Workspace) -> Floats:
        """Return the measure."""
        key = (GatherScatter, self.ahead, self.rule)
        size, conserving, received, paid = swept(space, key, self._sweep)
        if self.measure != "passed_on":
            return self.known(space, size if self.measure == "size" else conserving)
        some = received > 0
        share: Floats = np.divide(paid, received, out=np.full(len(paid), np.nan), where=some)
        return space.known(share, self.window)

    def _sweep(self, rows: Rows) -> tuple[Integers, ...]:
        """Tell size, conserving size, received and paid, in true time; received 0: no edge."""
        asked = AskedEdges.of(rows, "incoming" if self.ahead else "outgoing", ahead=False)
        sides, step = sides_of(asked.graph, ahead=self.ahead), -1 if self.ahead else 1
        told = gather_scatter(asked.places, asked.accounts, *sides, self.rule.within, step)
        size, received, paid = told if step > 0 else (told[0], told[2], told[1])
        some, kept = np.flatnonzero(size), np.zeros_like(size)
        kept[some] = size[some] * self.rule.conserves(received[some], paid[some])
        counts, money = map(asked.spread, (size, kept)), map(asked.spread, (received, paid))
        return (*counts, *money)

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return the payments to and from the accounts counted; all, where they are summed."""
        edge = edge_of(space, at, ahead=self.ahead)
        if edge < 0:
            return np.empty(0, np.int64)
        seen = HubSight.of(graph_of(space.history, ahead=self.ahead), edge, self.rule.within)
        return seen.counted_rows if self.measure == "size" else seen.all_rows
