"""The largest payment of some rows; the most payments in any short span of a window."""

from dataclasses import dataclass

import numpy as np

from features.filters import Every, RowFilter
from features.history import Integers
from features.kernels.windows import first_after, largest_between, sum_between
from features.statistics.windowed import Filtered, Windowed
from features.windows import Window, span_label
from features.workspace import Floats, Workspace


def _largest(space: Workspace, statistic: "LargestOf | Busiest", values: Integers) -> Integers:
    """Return the largest of each anchor's events in the window; -1 where none is."""
    anchors = space.anchors(statistic.lens)
    low = space.edge(statistic.lens, statistic.window.start)
    high = space.edge(statistic.lens, statistic.window.stop)
    return largest_between(anchors.groups, low, high, values)


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
        low = sieve.place(space.edge(self.lens, self.window.start))
        high = sieve.place(space.edge(self.lens, self.window.stop))
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
        values = space.spread(self.lens, np.maximum(_largest(space, self, counts), 0))
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

    def _counts(self, space: Workspace) -> Integers:
        """Count each event's span; -1 where the event itself is not kept."""
        ledger = space.ledger(self.lens)
        groups = np.repeat(
            np.arange(len(ledger.starts) - 1, dtype=np.int32), np.diff(ledger.starts)
        )
        low, high = (
            first_after(groups, ledger.time + shift, ledger.starts, ledger.time)
            for shift in (-self.span, 0)
        )
        counts = sum_between(low, high, space.running(self.lens, self.rows, weighed=False))
        kept: Integers = np.where(space.mask(self.rows)[ledger.order], counts, -1)
        return kept
