"""The largest payment of some rows; the most payments in any short span of a window."""

from dataclasses import dataclass

import numpy as np

from features.filters import Every, RowFilter
from features.history import Codes, Integers
from features.kernels.busiest import most_between, span_counts
from features.kernels.windows import largest_between
from features.statistics.windowed import Filtered, Windowed
from features.windows import Window, span_label
from features.workspace import Floats, Lens, Workspace


def _edge(space: Workspace, lens: Lens, rows: RowFilter, shift: int) -> Codes:
    """Return the first event that a filter keeps later than ``t + shift``, among those it keeps."""
    edge = space.edge(lens, shift)
    if isinstance(rows, Every):
        return edge
    return space.shared(
        ("kept edge", lens, rows, shift), lambda: space.sieve(lens, rows).place(edge)
    )


@dataclass(frozen=True)
class LargestOf(Filtered):
    """The largest amount among the rows that a filter keeps; NaN where it keeps none."""

    rows: RowFilter

    @property
    def label(self) -> str:
        """Subject, flow, rows, window."""
        return f"{self.lens.label}_{self.rows.label}_largest_amount_{self.window.label}"

    @property
    def null_rules(self) -> tuple[str, ...]:
        """When it is null beside its window."""
        return ("none",)

    def value(self, space: Workspace) -> Floats:
        """Return the largest amounts in minor units."""
        anchors, sieve = space.anchors(self.lens), space.sieve(self.lens, self.rows)
        low = _edge(space, self.lens, self.rows, self.window.start)
        high = _edge(space, self.lens, self.rows, self.window.stop)
        found = largest_between(anchors.groups, low, high, sieve.amounts)
        return self.judged(space, space.spread(self.lens, np.where(found < 0, np.nan, found)))

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return the rows that have the largest amount."""
        events = self.kept(space, at)
        amounts = space.history.amount[events]
        largest: Integers = events[amounts == amounts.max(initial=-1)]
        return largest


@dataclass(frozen=True)
class Busiest(Windowed):
    """The most rows in any span ``(s - span, s]`` that ends with a row ``s`` of the window."""

    span: int
    rows: RowFilter = Every()

    @property
    def label(self) -> str:
        """Subject, flow, rows, span, window."""
        parts = (self.lens.label, self.rows.label, "most_in", span_label(self.span))
        return "_".join(part for part in (*parts, self.window.label) if part)

    @property
    def lookback(self) -> int:
        """The window, and the span before its first row."""
        return self.window.lookback + self.span

    @property
    def null_rules(self) -> tuple[str, ...]:
        """When it is null beside its window."""
        return ("clock",) if self._trailing.needs_clock else ()

    def value(self, space: Workspace) -> Floats:
        """Return the counts; 0 where there are no rows."""
        counts = space.history.keep(
            ("span", self.lens.flow, self.span, self.rows), lambda: self._counts(space)
        )
        low = _edge(space, self.lens, self.rows, self.window.start)
        high = _edge(space, self.lens, self.rows, self.window.stop)
        most = most_between(space.anchors(self.lens).groups, low, high, counts)
        values = space.spread(self.lens, most)
        if self._trailing.needs_clock and not space.history.clock_known:
            values[:] = np.nan
        return space.known(values, self.window)

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return the rows of the latest span that has so many."""
        events = space.events(self.lens, Window(self.window.start - self.span, 0), at)
        events = events[space.mask(self.rows)[events]]
        times = space.history.time[events]
        ends = times[times > space.time[at] + self.window.start]
        sizes = np.searchsorted(times, ends, "right") - np.searchsorted(
            times, ends - self.span, "right"
        )
        if not len(ends):
            return events[:0]
        last = ends[np.flatnonzero(sizes == sizes.max())[-1]]
        busiest: Integers = events[(times <= last) & (times > last - self.span)]
        return busiest

    @property
    def _trailing(self) -> Window:
        return Window(-self.span, 0)

    def _counts(self, space: Workspace) -> Codes:
        """Count the span that ends with each of the events that are kept."""
        ledger = space.ledger(self.lens)
        if isinstance(self.rows, Every):
            return span_counts(ledger.starts, ledger.time, self.span)
        starts = space.sieve(self.lens, self.rows).place(ledger.starts)
        times = ledger.time[space.mask(self.rows)[ledger.order]]
        return span_counts(starts, times, self.span)
