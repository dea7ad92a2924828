"""How long ago the last event was."""

from dataclasses import dataclass

import numpy as np

from features.history import Integers
from features.statistics.statistic import Backward
from features.windows import SECOND, Window, span_label
from features.workspace import Floats, Lens, Workspace


@dataclass(frozen=True)
class Gap(Backward):
    """Seconds since the subject's last strictly earlier event, looked for up to a horizon.

    The horizon itself where the horizon is covered and holds none; NaN where less is covered:
    "not enough history" is not "long ago".
    """

    lens: Lens
    horizon: int

    @property
    def label(self) -> str:
        """Subject, flow, horizon."""
        return f"{self.lens.label}_gap_{span_label(self.horizon)}"

    @property
    def lookback(self) -> int:
        """The horizon."""
        return self.horizon

    @property
    def null_rules(self) -> tuple[str, ...]:
        """When it is null."""
        return ("side", "history")

    def value(self, space: Workspace) -> Floats:
        """Return the seconds."""
        anchors, ledger = space.anchors(self.lens), space.ledger(self.lens)
        edge, floor = space.edge(self.lens, -1), space.edge(self.lens, -self.horizon)
        found = edge > floor
        last = ledger.time[np.where(found, edge - 1, 0)] if len(ledger.time) else anchors.time
        covered = anchors.time - self.horizon >= space.history.coverage_from
        never = np.where(covered, self.horizon / SECOND, np.nan)
        return space.spread(self.lens, np.where(found, (anchors.time - last) / SECOND, never))

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return the last earlier event, and all simultaneous with it."""
        events = space.events(self.lens, Window(-self.horizon, -1), at)
        times = space.history.time[events]
        return events[times == times.max()] if len(events) else events
