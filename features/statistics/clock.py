"""Whether payments come at the same time of day."""

from dataclasses import dataclass

import numpy as np

from features.history import Integers
from features.kernels.windows import sum_between
from features.statistics.windowed import Windowed
from features.windows import DAY, SECOND
from features.workspace import Floats, Workspace

_MINUTE = 60 * SECOND
_MINUTES = DAY // _MINUTE
_ONE = 2**30
_ANGLES = 2 * np.pi * np.arange(_MINUTES) / _MINUTES
# Directions in fixed point: sums of whole numbers have no order.
_DIRECTIONS = {
    "cosine": np.round(np.cos(_ANGLES) * _ONE).astype(np.int64),
    "sine": np.round(np.sin(_ANGLES) * _ONE).astype(np.int64),
}


@dataclass(frozen=True)
class SameClock(Windowed):
    """The resultant length of the minutes of day: 1 all at one time, 0 evenly around the clock.

    NaN under ``least`` rows, since a few are always close together, and without a clock. The
    length is that of Mardia and Jupp, Directional Statistics (2000), section 2.3.
    """

    least: int

    @property
    def label(self) -> str:
        """Subject, flow, window."""
        return f"{self.lens.label}_same_clock_{self.window.label}"

    @property
    def null_rules(self) -> tuple[str, ...]:
        """When it is null beside its window."""
        return ("clock", "none")

    def value(self, space: Workspace) -> Floats:
        """Return the lengths, 0 to 1."""
        if not space.history.clock_known:
            return np.full(len(space.rows), np.nan)
        low = space.edge(self.lens, self.window.start)
        high = space.edge(self.lens, self.window.stop)
        x, y = (
            sum_between(low, high, self._running(space, part)).astype(np.float64)
            for part in _DIRECTIONS
        )
        count = np.where(high - low >= self.least, high - low, np.nan)
        values = space.spread(self.lens, np.sqrt(x * x + y * y) / (count * _ONE))
        return space.known(values, self.window)

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return all rows of the window."""
        return space.events(self.lens, self.window, at)

    def _running(self, space: Workspace, part: str) -> Integers:
        def make() -> Integers:
            minutes = space.ledger(self.lens).time % DAY // _MINUTE
            return np.concatenate((np.zeros(1, np.int64), np.cumsum(_DIRECTIONS[part][minutes])))

        return space.history.keep((part, self.lens.flow), make)
