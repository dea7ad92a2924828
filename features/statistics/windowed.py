"""Counts, sums, means, largest amounts and distinct counterparties in a window."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from features.filters import Every, Known, RowFilter
from features.history import Integers
from features.kernels.arithmetic import quotient
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

    @property
    def null_rules(self) -> tuple[str, ...]:
        """When it is null beside what the window asks for: never."""
        return ()

    def earlier(self) -> Self | None:
        """Return the same over the window before; an instant has none to compare with."""
        if self.window == SAME_INSTANT:
            return None
        return replace(self, window=self.window.earlier(self.window.width))


class Filtered(Windowed):
    """Of some rows: what their own condition needs to see lies before the window."""

    rows: RowFilter

    @property
    def lookback(self) -> int:
        """The window, and what the rows' own condition needs before it."""
        return self.window.lookback + self.rows.history_needed

    def judged(self, space: Workspace, values: Floats) -> Floats:
        """Blank what can't be known of the window, and where the condition can't be judged."""
        if self.rows.needs_clock and not space.history.clock_known:
            values[:] = np.nan
        needed = self.lookback if self.rows.history_needed else 0
        return space.known(values, self.window, history_needed=needed)

    def kept(self, space: Workspace, at: int) -> Integers:
        """Return the rows of one window that are kept."""
        events = space.events(self.lens, self.window, at)
        return events[space.mask(self.rows)[events]]


@dataclass(frozen=True)
class Total(Filtered):
    """How many rows, or how much money, in a window: exact integers."""

    rows: RowFilter = Every()
    weighed: bool = False

    @property
    def label(self) -> str:
        """Subject, flow, rows, count or amount, window."""
        kind = "amount" if self.weighed else "count"
        return _joined(self.lens.label, self.rows.label, kind, self.window.label)

    def value(self, space: Workspace) -> Floats:
        """Return the totals; NaN without the subject or where the condition can't be judged."""
        return space.again(self, lambda: self._totals(space))

    def _totals(self, space: Workspace) -> Floats:
        sums = space.total(self.lens, self.window, self.rows, weighed=self.weighed)
        return self.judged(space, sums)

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return the rows counted."""
        return self.kept(space, at)


@dataclass(frozen=True)
class Mean(Filtered):
    """The mean amount of the rows in a window; NaN where there are none."""

    rows: RowFilter = Every()

    @property
    def label(self) -> str:
        """Subject, flow, rows, window."""
        return _joined(self.lens.label, self.rows.label, "mean_amount", self.window.label)

    @property
    def null_rules(self) -> tuple[str, ...]:
        """When it is null beside its window."""
        return ("none",)

    def value(self, space: Workspace) -> Floats:
        """Return exact sum over exact count, rounded once."""
        whole, count = (
            Total(self.lens, self.window, self.rows, weighed).value(space)
            for weighed in (True, False)
        )
        return quotient(whole, count, 1.0)

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return the rows averaged."""
        return self.kept(space, at)


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
        return space.again(self, lambda: self._counts(space))

    def _counts(self, space: Workspace) -> Floats:
        history, anchors = space.history, space.anchors(self.lens)
        links = history.sent_links if self.lens.flow == "out" else history.received_links
        counts = distinct_between(
            anchors.groups,
            space.edge(self.lens, self.window.start),
            space.edge(self.lens, self.window.stop),
            *links,
            anchors.position,
            len(space.rows),
        )
        return space.known(counts, self.window)

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return the rows with a known counterparty."""
        return Total(self.lens, self.window, Known()).evidence(space, at)


@dataclass(frozen=True)
class Largest(Windowed):
    """The largest amount in a window; NaN where there is none."""

    @property
    def label(self) -> str:
        """Subject, flow, window."""
        return _joined(self.lens.label, "largest_amount", self.window.label)

    @property
    def null_rules(self) -> tuple[str, ...]:
        """When it is null beside its window."""
        return ("none",)

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
