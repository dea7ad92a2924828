"""Counts, sums, means, largest amounts and distinct counterparties in a window."""

from dataclasses import dataclass, replace

import numpy as np

from features.filters import Every, Known, RowFilter
from features.history import Integers
from features.kernels.windows import distinct_between, largest_between
from features.windows import SAME_INSTANT, Window
from features.workspace import Floats, Lens, Workspace


def _joined(*parts: str) -> str:
    return "_".join(part for part in parts if part)


@dataclass(frozen=True)
class Windowed:
    """What is looked at through a lens in a window reaches as far as the window."""

    lens: Lens
    window: Window

    @property
    def lookback(self) -> int:
        """The window's."""
        return self.window.lookback

    @property
    def lookahead(self) -> int:
        """The window's."""
        return self.window.lookahead


@dataclass(frozen=True)
class Total(Windowed):
    """How many rows, or how much money, in a window: exact integers."""

    rows: RowFilter = Every()
    weighed: bool = False

    @property
    def label(self) -> str:
        """Subject, flow, rows, count or amount, window."""
        kind = "amount" if self.weighed else "count"
        return _joined(self.lens.label, self.rows.label, kind, self.window.label)

    @property
    def lookback(self) -> int:
        """The window, and what the rows' own condition needs before it."""
        return self.window.lookback + self.rows.history_needed

    def value(self, space: Workspace) -> Floats:
        """Return the totals; NaN without the subject or where the condition can't be judged."""
        if self.rows.needs_clock and not space.history.clock_known:
            return np.full(len(space.rows), np.nan)
        sums = space.total(self.lens, self.window, self.rows, weighed=self.weighed)
        needed = self.lookback if self.rows.history_needed else 0
        values = space.spread(self.lens, sums)
        return space.known(values, self.window, history_needed=needed)

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return the rows counted."""
        events = space.events(self.lens, self.window, at)
        return events[space.mask(self.rows)[events]]

    def earlier(self) -> "Total | None":
        """Return the total over the window before; an instant has none to compare with."""
        if self.window == SAME_INSTANT:
            return None
        return replace(self, window=self.window.earlier(self.window.width))


@dataclass(frozen=True)
class Mean(Windowed):
    """The mean amount of the rows in a window; NaN where there are none."""

    rows: RowFilter = Every()

    @property
    def label(self) -> str:
        """Subject, flow, rows, window."""
        return _joined(self.lens.label, self.rows.label, "mean_amount", self.window.label)

    @property
    def lookback(self) -> int:
        """The window's."""
        return self.window.lookback + self.rows.history_needed

    def value(self, space: Workspace) -> Floats:
        """Return exact sum over exact count, rounded once."""
        return self._total(weighed=True).value(space) / _positive(
            self._total(weighed=False).value(space)
        )

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return the rows averaged."""
        return self._total(weighed=True).evidence(space, at)

    def earlier(self) -> "Mean":
        """Return the mean over the window before."""
        return replace(self, window=self.window.earlier(self.window.width))

    def _total(self, *, weighed: bool) -> Total:
        return Total(self.lens, self.window, self.rows, weighed)


@dataclass(frozen=True)
class Distinct(Windowed):
    """How many distinct known counterparties the subject has in a window.

    Raises
    ------
    ValueError
        If the subject is a pair: its counterparty is itself.
    """

    def __post_init__(self) -> None:
        if self.lens.subject == "pair":
            raise ValueError(f"{self.label}: a pair has no counterparties to tell apart")

    @property
    def label(self) -> str:
        """Subject, flow, window."""
        return _joined(self.lens.label, "counterparties", self.window.label)

    def value(self, space: Workspace) -> Floats:
        """Return the counts; the world outside is no counterparty."""
        history, anchors = space.history, space.anchors(self.lens)
        links = history.sent_links if self.lens.flow == "out" else history.received_links
        counts = distinct_between(
            anchors.groups,
            space.edge(self.lens, self.window.start),
            space.edge(self.lens, self.window.stop),
            *links,
        )
        values = space.spread(self.lens, counts)
        return space.known(values, self.window)

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return the rows with a known counterparty."""
        return Total(self.lens, self.window, Known()).evidence(space, at)

    def earlier(self) -> "Distinct":
        """Return the count over the window before."""
        return replace(self, window=self.window.earlier(self.window.width))


@dataclass(frozen=True)
class Largest(Windowed):
    """The largest amount in a window; NaN where there is none."""

    @property
    def label(self) -> str:
        """Subject, flow, window."""
        return _joined(self.lens.label, "largest_amount", self.window.label)

    def value(self, space: Workspace) -> Floats:
        """Return the largest amounts in minor units."""
        anchors = space.anchors(self.lens)
        found = largest_between(
            anchors.groups,
            space.edge(self.lens, self.window.start),
            space.edge(self.lens, self.window.stop),
            space.amounts(self.lens),
        )
        values = space.spread(self.lens, np.where(found < 0, np.nan, found))
        return space.known(values, self.window)

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return the rows that have the largest amount."""
        events = space.events(self.lens, self.window, at)
        amounts = space.history.amount[events]
        return events[amounts == amounts.max()] if len(events) else events

    def earlier(self) -> "Largest":
        """Return the largest amount over the window before."""
        return replace(self, window=self.window.earlier(self.window.width))


def _positive(values: Floats) -> Floats:
    """Turn zeros into NaN: nothing is divided by nothing."""
    return np.where(values > 0, values, np.nan)
