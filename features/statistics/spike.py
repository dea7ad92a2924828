"""The last week against the middle of the weeks before."""

from dataclasses import dataclass

from features.filters import Every
from features.history import Integers
from features.kernels.spike import spikes_between
from features.statistics.statistic import Backward
from features.windows import DAY, Window
from features.workspace import Floats, Lens, Workspace

_WEEK = 7 * DAY


@dataclass(frozen=True)
class Spike(Backward):
    """The last 7 days' count or money, less the median of ``weeks`` weeks before, over their MAD.

    MAD is the median absolute deviation, at least one payment or one major unit of money: weeks
    that were all alike make any change large, not infinite. ``weeks`` is odd. NaN where the
    coverage begins within them.
    """

    lens: Lens
    weeks: int
    weighed: bool

    @property
    def label(self) -> str:
        """Subject, flow, count or amount, weeks."""
        kind = "amount" if self.weighed else "count"
        return f"{self.lens.label}_{kind}_7d_spike_over_{self.weeks}_weeks"

    @property
    def lookback(self) -> int:
        """The last week and those before."""
        return (self.weeks + 1) * _WEEK

    @property
    def null_rules(self) -> tuple[str, ...]:
        """When it is null."""
        return ("side", "history")

    def value(self, space: Workspace) -> Floats:
        """Return how many deviations above the median."""
        anchors, ledger = space.anchors(self.lens), space.ledger(self.lens)
        scores = spikes_between(
            anchors.groups,
            anchors.time,
            space.edge(self.lens, -self.lookback),
            space.edge(self.lens, -_WEEK),
            space.edge(self.lens, 0),
            ledger.time,
            space.running(self.lens, Every(), weighed=self.weighed),
            _WEEK,
            self.weeks,
            10**space.history.minor_digits if self.weighed else 1,
        )
        values = space.spread(self.lens, scores)
        return space.known(values, Window(-_WEEK, 0), history_needed=self.lookback)

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return the rows of all the weeks: the usual is told by those before."""
        return space.events(self.lens, Window(-self.lookback, 0), at)
