"""How much of what came in left again soon, and how long the money that left had stayed."""

from dataclasses import dataclass

import numpy as np

from features.filters import Every, RowFilter
from features.history import Integers
from features.kernels.fifo import moved_between, quantile_between
from features.kernels.windows import first_after
from features.statistics.lots import PERIOD, PERIODS, moved, pieces_at, places, soon
from features.statistics.statistic import Backward
from features.windows import HOUR, SECOND, span_label
from features.workspace import Floats, Lens, Workspace

_HALF = 5
_HOURS = 2048
_FEW = 12  # pieces of a window, compared one by one
if PERIODS >= _HOURS * HOUR:
    raise AssertionError("the longest stay has a step of its own")


@dataclass(frozen=True)
class Flowed(Backward):
    """The account whose matched money is looked at, and which rows it came and left by."""

    lens: Lens
    width: int
    lots: RowFilter = Every()
    outs: RowFilter = Every()

    @property
    def lookback(self) -> int:
        """The run that a row is answered from begins up to two periods before it."""
        return PERIODS

    @property
    def _ways(self) -> str:
        labels = (f"{rows.label}_{way}" for rows, way in ((self.lots, "in"), (self.outs, "out")))
        return "_".join(text for text in labels if not text.startswith("_"))


@dataclass(frozen=True)
class Left(Flowed):
    """How much of the money that came in within ``(t - width, t]`` left by ``t``.

    Only what left at most ``within`` after it came counts. First in, first out; see
    `features.statistics.lots`.
    """

    within: int = PERIOD

    @property
    def label(self) -> str:
        """Subject, rows, how soon, window."""
        parts = (self.lens.subject, self._ways, "left_within", span_label(self.within))
        return "_".join(part for part in (*parts, span_label(self.width)) if part)

    @property
    def null_rules(self) -> tuple[str, ...]:
        """When it is null."""
        return ("side",)

    def value(self, space: Workspace) -> Floats:
        """Return the money in minor units."""
        found = moved(space, self.lots, self.outs, self.within)
        sums = moved_between(
            places(space, self.lens),
            space.anchors(self.lens).time,
            found.starts,
            found.came,
            found.left,
            found.sums,
            self.width,
        )
        return space.spread(self.lens, sums)

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return the rows that the money counted came and left with."""
        pieces, own = pieces_at(space, self.lens, self.width, at, by_lot=True)
        own = soon(space, own, self.lots, self.outs, self.within)
        return np.union1d(pieces.lot[own], pieces.out[own]).astype(np.int64)


@dataclass(frozen=True)
class Stayed(Flowed):
    """How long the money that left in ``(t - width, t]`` had stayed, in seconds, money-weighted.

    The whole hours that so many tenths of it did not exceed (5: the median). First in, first out;
    see `features.statistics.lots`. NaN where nothing left that had come in before.
    """

    tenths: int = 5

    @property
    def label(self) -> str:
        """Subject, rows, tenths, window."""
        kind = "median" if self.tenths == _HALF else f"tenths_{self.tenths}"
        parts = (self.lens.subject, self._ways, "stayed", kind, span_label(self.width))
        return "_".join(part for part in parts if part)

    @property
    def null_rules(self) -> tuple[str, ...]:
        """When it is null."""
        return ("side", "none")

    def value(self, space: Workspace) -> Floats:
        """Return the seconds."""
        found = moved(space, self.lots, self.outs, PERIODS)
        hours = space.history.keep(
            ("hours", self.lots, self.outs),
            lambda: ((found.left - found.came) // HOUR).astype(np.int32),
        )
        groups, times = places(space, self.lens), space.anchors(self.lens).time
        low = first_after(groups, times - self.width, found.starts, found.left)
        high = first_after(groups, times, found.starts, found.left)
        steps = quantile_between(groups, low, high, hours, found.sums, _HOURS, self.tenths, _FEW)
        return space.spread(self.lens, np.where(steps < 0, np.nan, steps * (HOUR / SECOND)))

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return the rows that the money which left came and left with."""
        pieces, own = pieces_at(space, self.lens, self.width, at, by_lot=False)
        own = soon(space, own, self.lots, self.outs, PERIODS)
        return np.union1d(pieces.lot[own], pieces.out[own]).astype(np.int64)
