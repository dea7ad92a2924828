"""What the statistics of one slice share: anchors in group order, window edges, running sums."""

from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from features.filters import Every, RowFilter
from features.history import Codes, Flow, History, Integers, Ledger, Subject
from features.kernels.windows import first_after, sum_between
from features.windows import Window

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Lens:
    """Whose payments are looked at: a subject of the row, and the direction of the money.

    For a pair, "out" is from the row's sender to its receiver and "in" is back.
    """

    subject: Subject
    flow: Flow

    @property
    def label(self) -> str:
        """Its part of a feature's name."""
        return f"{self.subject}_{self.flow}"


@dataclass(frozen=True)
class Anchors:
    """The rows asked about that have the subject, sorted by the group of their events.

    ``position`` is where each lies among the rows asked about; ``groups`` the group of events.
    """

    position: Integers
    groups: Codes
    time: Integers


class Workspace:
    """Answers the statistics about ``rows`` of a history (all of them by default).

    Everything is kept for the next statistic that asks: an edge serves every window it bounds.
    """

    def __init__(self, history: History, rows: Integers | None = None) -> None:
        self.history = history
        self.rows = np.arange(len(history)) if rows is None else rows
        self.time = history.time[self.rows]
        self.left_out: dict[str, int] = {}
        self._kept: dict[object, object] = {}

    def leave_out(self, what: str, count: int) -> None:
        """Count what a bound left out of the answers about the rows asked about."""
        self.left_out[what] = self.left_out.get(what, 0) + count

    def anchors(self, lens: Lens) -> Anchors:
        """Return the rows asked about in the order of the lens's subject."""
        key = ("anchors", lens)
        if key not in self._kept:
            owners = self.history.groups_of(lens.subject, "out")[self.rows]
            known = np.flatnonzero(owners >= 0)
            position = known[np.lexsort((self.time[known], owners[known]))]
            groups = self.history.groups_of(lens.subject, lens.flow)[self.rows[position]]
            self._kept[key] = Anchors(position, groups, self.time[position])
        return cast("Anchors", self._kept[key])

    def ledger(self, lens: Lens) -> Ledger:
        """Return the events of the lens."""
        return self.history.ledger(lens.subject, lens.flow)

    def edge(self, lens: Lens, shift: int) -> Integers:
        """Return the first event later than ``t + shift``, for each anchor."""
        key = ("edge", lens, shift)
        if key not in self._kept:
            anchors, ledger = self.anchors(lens), self.ledger(lens)
            self._kept[key] = first_after(
                anchors.groups, anchors.time + shift, ledger.starts, ledger.time
            )
        return cast("Integers", self._kept[key])

    def mask(self, rows: RowFilter) -> NDArray[np.bool_]:
        """Return which rows of the history a filter keeps."""
        key = ("mask", rows)
        if key not in self._kept:
            self._kept[key] = rows.mask(self.history)
        return cast("NDArray[np.bool_]", self._kept[key])

    def running(self, lens: Lens, rows: RowFilter, *, weighed: bool) -> Integers:
        """Return the running sum over the lens's events of 1, or of the amount, where kept."""
        key = ("running", lens.subject == "pair", lens.flow, rows, weighed)
        if key not in self._kept:
            order = self.ledger(lens).order
            values = self.history.amount[order] if weighed else np.ones(len(order), np.int64)
            if not isinstance(rows, Every):
                values = values * self.mask(rows)[order]
            self._kept[key] = np.concatenate((np.zeros(1, np.int64), np.cumsum(values)))
        return cast("Integers", self._kept[key])

    def total(self, lens: Lens, window: Window, rows: RowFilter, *, weighed: bool) -> Integers:
        """Return the exact sum over each anchor's window, in anchor order."""
        low, high = self.edge(lens, window.start), self.edge(lens, window.stop)
        return sum_between(low, high, self.running(lens, rows, weighed=weighed))

    def spread(self, lens: Lens, values: NDArray[np.int64] | Floats) -> Floats:
        """Bring values from anchor order to the rows asked about; NaN where no subject is."""
        out = np.full(len(self.rows), np.nan)
        out[self.anchors(lens).position] = values
        return out

    def known(self, values: Floats, window: Window, *, history_needed: int = 0) -> Floats:
        """Blank what can't be known: past as-of, before the coverage, finer than the clock."""
        if window.needs_clock and not self.history.clock_known:
            values[:] = np.nan
        if window.lookahead:
            values[self.time + window.lookahead > self.history.as_of] = np.nan
        if history_needed:
            values[self.time - history_needed < self.history.coverage_from] = np.nan
        return values

    def events(self, lens: Lens, window: Window, at: int) -> Integers:
        """Return the history rows in the window of one of the rows asked about."""
        groups = self.history.groups_of(lens.subject, lens.flow)
        group = groups[self.rows[at]]
        if group < 0:
            return np.empty(0, np.int64)
        ledger = self.ledger(lens)
        first, last = ledger.starts[group], ledger.starts[group + 1]
        low, high = np.searchsorted(
            ledger.time[first:last],
            [self.time[at] + window.start, self.time[at] + window.stop],
            side="right",
        )
        return ledger.order[first + low : first + high]
