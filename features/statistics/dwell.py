"""How much of what came in left again soon, and how long the money that left had stayed."""

from dataclasses import dataclass

import numpy as np

from features.filters import Every, RowFilter
from features.history import Integers
from features.kernels.fifo import quantile_between
from features.kernels.windows import sum_between
from features.statistics.lots import PERIOD, Pieces, Span, pieces_at, spans
from features.windows import HOUR, SECOND, span_label
from features.workspace import Floats, Lens, Workspace

_MINUTE = 60 * SECOND
_HALF = 2**20
_HOURS = 2048
if 2 * PERIOD >= _HOURS * HOUR:
    raise AssertionError("the longest stay has a step of its own")


def _kept(space: Workspace, pieces: Pieces, lots: RowFilter, outs: RowFilter) -> Integers:
    """Return the pieces' amounts, 0 where one of their rows is not kept."""
    amount = pieces.amount
    if not isinstance(lots, Every):
        amount = amount * space.mask(lots)[pieces.lot]
    if not isinstance(outs, Every):
        amount = amount * space.mask(outs)[pieces.out]
    return amount


def _summed(span: Span, running: Integers) -> Integers:
    return sum_between(span.low, span.high, running)


def _running(values: Integers) -> Integers:
    return np.concatenate((np.zeros(1, np.int64), np.cumsum(values)))


@dataclass(frozen=True)
class Flowed:
    """The account whose matched money is looked at, and which rows it came and left by."""

    lens: Lens
    width: int
    lots: RowFilter = Every()
    outs: RowFilter = Every()

    @property
    def lookback(self) -> int:
        """The run that a row is answered from begins up to two periods before it."""
        return 2 * PERIOD

    @property
    def lookahead(self) -> int:
        """Nothing."""
        return 0

    def earlier(self) -> None:
        """Return nothing: money still in the account then may have left since."""
        return

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
        values = np.zeros(len(space.anchors(self.lens).position), np.int64)
        for run, span in enumerate(spans(space, self.lens, self.width, by_lot=True)):
            values[span.chosen] = _summed(span, self._running(space, span.pieces, run))
        return space.spread(self.lens, values)

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return the rows that the money counted came and left with."""
        pieces, own = pieces_at(space, self.lens, self.width, at, by_lot=True)
        own = own[self._amount(space, pieces)[own] > 0]
        return np.union1d(pieces.lot[own], pieces.out[own])

    def _amount(self, space: Workspace, pieces: Pieces) -> Integers:
        soon = pieces.out_time - pieces.lot_time <= self.within
        return _kept(space, pieces, self.lots, self.outs) * soon

    def _running(self, space: Workspace, pieces: Pieces, run: int) -> Integers:
        key = ("left", run, self.within, self.lots, self.outs)
        return space.history.keep(key, lambda: _running(self._amount(space, pieces)))


@dataclass(frozen=True)
class Stayed(Flowed):
    """How long the money that left in ``(t - width, t]`` had stayed, in seconds, money-weighted.

    With ``tenths`` the whole hours that so many tenths of it did not exceed (5: the median), else
    the mean of whole minutes. First in, first out; see `features.statistics.lots`. NaN where
    nothing left that had come in before.
    """

    tenths: int = 0

    @property
    def label(self) -> str:
        """Subject, rows, mean or tenths, window."""
        kind = {0: "mean", 5: "median"}.get(self.tenths, f"tenths_{self.tenths}")
        parts = (self.lens.subject, self._ways, "stayed", kind, span_label(self.width))
        return "_".join(part for part in parts if part)

    @property
    def null_rules(self) -> tuple[str, ...]:
        """When it is null."""
        return ("side", "none")

    def value(self, space: Workspace) -> Floats:
        """Return the seconds."""
        values = np.empty(len(space.anchors(self.lens).position))
        for run, span in enumerate(spans(space, self.lens, self.width, by_lot=False)):
            pick = self._quantile if self.tenths else self._mean
            values[span.chosen] = pick(space, span, run)
        return space.spread(self.lens, values)

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return the rows that the money which left came and left with."""
        pieces, own = pieces_at(space, self.lens, self.width, at, by_lot=False)
        own = own[_kept(space, pieces, self.lots, self.outs)[own] > 0]
        return np.union1d(pieces.lot[own], pieces.out[own])

    def _mean(self, space: Workspace, span: Span, run: int) -> Floats:
        """Multiply by halves, each of which fits: an amount times minutes may not."""
        key = ("stayed", run, self.lots, self.outs)
        parts = space.history.keep(key, lambda: self._parts(space, span.pieces))
        amount, high, low = (_summed(span, part) for part in parts)
        product = high.astype(np.float64) * _HALF + low
        return product / np.where(amount > 0, amount, np.nan) * (_MINUTE / SECOND)

    def _parts(self, space: Workspace, pieces: Pieces) -> tuple[Integers, Integers, Integers]:
        amount = _kept(space, pieces, self.lots, self.outs)
        minutes = (pieces.out_time - pieces.lot_time) // _MINUTE
        halves = (amount // _HALF * minutes, amount % _HALF * minutes)
        return _running(amount), _running(halves[0]), _running(halves[1])

    def _quantile(self, space: Workspace, span: Span, run: int) -> Floats:
        key = ("hours", run, self.lots, self.outs)
        hours, amount = space.history.keep(key, lambda: self._steps(space, span.pieces))
        found = quantile_between(
            span.groups, span.low, span.high, hours, amount, _HOURS, self.tenths
        )
        return np.where(found < 0, np.nan, found * (HOUR / SECOND))

    def _steps(self, space: Workspace, pieces: Pieces) -> tuple[Integers, Integers]:
        hours = (pieces.out_time - pieces.lot_time) // HOUR
        return hours, _kept(space, pieces, self.lots, self.outs)
