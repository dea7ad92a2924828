"""How amounts, and the intervals between payments, are distributed in a window.

An *interval* is the time from one event of the window to the next one in it: of n events there are
n - 1, and simultaneous events are 0 apart. It takes nothing but the times of the events in the
window: which row of an instant comes first does not matter, and neither does what came before.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeVar, cast

import numpy as np

from features.history import Codes, Integers
from features.kernels.moments import moments_between
from features.kernels.quantiles import order_between
from features.statistics.windowed import Windowed
from features.windows import SECOND
from features.workspace import Floats, Workspace

Measure = Literal["amount", "interval"]
MomentKind = Literal["mean", "variance", "deviation", "skewness", "kurtosis"]
QuantileKind = Literal["smallest", "median", "largest"]
_Made = TypeVar("_Made")
_MOMENTS: tuple[MomentKind, ...] = ("mean", "variance", "skewness", "kurtosis")
_QUANTILES: tuple[QuantileKind, ...] = ("smallest", "median", "largest")
_POWERS = {"mean": 1, "variance": 2, "deviation": 1}
# Up to 24 values in order took the same time but where payments are dense: there fewer took less. A
# band from 128 to 512 on took the same.
_FEW, _CROWD = 8, 256
_SHORT = 2.0**63  # below it shorter numbers do; see the kernel


def _steps(times: Integers) -> Integers:
    """Return the time from each event to the next, at the place of the later one."""
    steps = np.empty_like(times)
    steps[:1] = 0
    np.subtract(times[1:], times[:-1], out=steps[1:])
    return steps


@dataclass(frozen=True)
class Distribution(Windowed):
    """What is told from all amounts, or all intervals, of a window; intervals are in seconds."""

    measure: Measure

    @property
    def null_rules(self) -> tuple[str, ...]:
        """When it is null, beside what the window asks for."""
        return ("none",)

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return all rows of the window."""
        return space.events(self.lens, self.window, at)

    def _named(self, kind: str) -> str:
        return f"{self.lens.label}_{kind}_{self.measure}_{self.window.label}"

    def _measured(self, space: Workspace) -> tuple[Integers, Codes, Codes]:
        """Return the values of all events, and where each anchor's begin and end."""
        low, high = (
            space.edge(self.lens, shift) for shift in (self.window.start, self.window.stop)
        )
        if self.measure == "amount":
            return space.amounts(self.lens), low, high
        ledger = space.ledger(self.lens)
        intervals = space.history.keep(
            ("intervals", self.lens.subject == "pair", self.lens.flow),
            lambda: _steps(ledger.time),
        )
        second = low + 1
        return intervals, np.minimum(second, high, out=second), high

    def _latest(self, space: Workspace, what: str, make: Callable[[], _Made]) -> _Made:
        """Keep the last answer only: the statistics of one window are asked for in a row."""
        kept: dict[object, object] = space.shared(what, dict)
        key = (self.lens, self.window, self.measure)
        found = kept.get(key)
        if found is None:
            kept.clear()
            kept[key] = found = make()
        return cast("_Made", found)

    def _in_units(self, space: Workspace, values: Floats, power: int) -> Floats:
        """Bring values to the rows asked about, times in seconds."""
        found = space.spread(self.lens, values)
        if self.measure == "interval":
            found /= SECOND**power
        return space.known(found, self.window)


@dataclass(frozen=True)
class Moment(Distribution):
    """Mean, variance or its root, skewness or kurtosis of the amounts or intervals of a window.

    Of the population; the kurtosis of a normal distribution is 3. NaN where there is nothing to
    tell it from: no value, and for skewness and kurtosis no two that differ. One value alone has a
    variance of 0: it does not differ from itself.
    """

    kind: MomentKind

    @property
    def label(self) -> str:
        """Subject, flow, kind, measure, window."""
        return self._named(self.kind)

    def value(self, space: Workspace) -> Floats:
        """Return the moments; amounts in minor units (their variance in squares of them)."""
        found = self._latest(space, "moments", lambda: self._moments(space))
        power = _POWERS.get(self.kind, 0)
        if self.kind == "deviation":
            return self._in_units(space, np.sqrt(found[1]), power)
        return self._in_units(space, found[_MOMENTS.index(self.kind)], power)

    def _moments(self, space: Workspace) -> tuple[Floats, ...]:
        values, low, high = self._measured(space)
        return moments_between(space.anchors(self.lens).groups, low, high, values, _SHORT)


@dataclass(frozen=True)
class Quantile(Distribution):
    """The smallest, median or largest of the amounts or intervals of a window.

    The median of an even number is the middle of the two in the middle. NaN where there are none.
    """

    kind: QuantileKind

    @property
    def label(self) -> str:
        """Subject, flow, kind, measure, window."""
        return self._named(self.kind)

    def value(self, space: Workspace) -> Floats:
        """Return the values, in minor units or seconds."""
        found = self._latest(space, "quantiles", lambda: self._quantiles(space))
        return self._in_units(space, found[_QUANTILES.index(self.kind)], 1)

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return the rows of an extreme amount, or on both sides of the smallest interval.

        All rows of the window for a median, and for the largest interval: it takes them all to
        show that nothing lies between.
        """
        events = space.events(self.lens, self.window, at)
        if self.kind == "median" or len(events) < 2:  # noqa: PLR2004
            return events
        if self.measure == "amount":
            amounts = space.history.amount[events]
            extreme = amounts.min() if self.kind == "smallest" else amounts.max()
            chosen: Integers = events[amounts == extreme]
            return chosen
        if self.kind == "largest":
            return events
        intervals = np.diff(space.history.time[events])
        close = np.flatnonzero(intervals == intervals.min())
        return events[np.union1d(close, close + 1)]

    def _quantiles(self, space: Workspace) -> tuple[Floats, ...]:
        values, low, high = self._measured(space)
        return order_between(space.anchors(self.lens).groups, low, high, values, _FEW, _CROWD)
