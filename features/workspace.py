"""What the statistics of one slice share: anchors in group order, window edges, running sums."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from features.filters import Every, RowFilter
from features.history import Codes, Flow, History, Integers, Ledger, Subject
from features.history.kept import Kept
from features.history.sieve import Sieve, running_sums
from features.kernels.layout import spread_parts, spread_whole
from features.kernels.ledger import events_within
from features.kernels.windows import edges_after, sum_between
from features.windows import Window

Floats = NDArray[np.float64]
_MANY = 8  # the share of rows from which on a sort of them costs more than going over all; measured
_Made = TypeVar("_Made")


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

    What is about these rows is kept here for the next statistic that asks: an edge serves every
    window it bounds. What is about the history is kept there, for all who ask about rows of it.
    """

    def __init__(self, history: History, rows: Integers | None = None) -> None:
        self.history = history
        self.rows = np.arange(len(history)) if rows is None else rows
        self.time = history.time[self.rows]
        self.left_out: dict[str, int] = {}
        self._kept = Kept()
        self._edges: dict[tuple[Lens, int], Integers] = {}

    def leave_out(self, what: str, count: int) -> None:
        """Count what a bound left out of the answers about the rows asked about."""
        self.left_out[what] = self.left_out.get(what, 0) + count

    def shared(self, key: object, make: Callable[[], _Made]) -> _Made:
        """Return what ``make`` gives, made once for all statistics that ask by this key."""
        return self._kept.get(key, make)

    def anchors(self, lens: Lens) -> Anchors:
        """Return the rows asked about in the order of the lens's subject."""

        def make() -> Anchors:
            position, rows, time = self._placed(lens.subject)
            return Anchors(position, self.history.groups_of(lens.subject, lens.flow)[rows], time)

        return self.shared(("anchors", lens), make)

    def _placed(self, subject: Subject) -> tuple[Integers, Integers, Integers]:
        """Return the rows that have a subject, by subject and time: position, row, time."""

        def make() -> tuple[Integers, Integers, Integers]:
            if self._many_in_a_row():
                ledger = self.history.ledger(subject, "in" if subject == "receiver" else "out")
                first, last = int(self.rows[0]), int(self.rows[-1])
                events = events_within(ledger.order, first, last + 1)
                rows = ledger.order[events].astype(np.int64)
                return rows - first, rows, ledger.time[events]
            by_time = self._by_time()
            owners = self.history.groups_of(subject, "out")[self.rows[by_time]].astype(np.int64)
            keys = np.sort((owners << 32 | np.arange(len(owners)))[owners >= 0])
            position = by_time[keys & 0xFFFFFFFF]
            return position, self.rows[position], self.time[position]

        return self.shared(("placed", subject), make)

    def _many_in_a_row(self) -> bool:
        """Return whether so many rows in a row are asked about that going over all is cheaper."""
        many = len(self.rows) * _MANY >= max(len(self.history), 1)
        return many and bool((np.diff(self.rows) == 1).all())

    def _by_time(self) -> Integers:
        """Return the places of the rows asked about, in time order."""
        if (np.diff(self.time) >= 0).all():
            return np.arange(len(self.rows))
        return np.argsort(self.time, kind="stable")

    def ledger(self, lens: Lens) -> Ledger:
        """Return the events of the lens."""
        return self.history.ledger(lens.subject, lens.flow)

    def amounts(self, lens: Lens) -> Integers:
        """Return the amounts of the events of the lens; those of accounts are kept."""
        amount, order = self.history.amount, self.ledger(lens).order
        if lens.subject == "pair":
            return amount[order]
        return self.history.keep(("amounts", *_events(lens)), lambda: amount[order])

    def edge(self, lens: Lens, shift: int) -> Integers:
        """Return the first event later than ``t + shift``, for each anchor.

        Shifts that were asked for about other rows of the history are computed in the same go.
        """
        if (lens, shift) not in self._edges:
            asked = self.history.keep(("shifts", lens), set[int])
            asked.add(shift)
            wanted = [s for s in sorted(asked) if (lens, s) not in self._edges]
            anchors, ledger = self.anchors(lens), self.ledger(lens)
            shifts = np.array(wanted, np.int64)
            edges = edges_after(anchors.groups, anchors.time, shifts, ledger.starts, ledger.time)
            parts = np.split(edges, len(wanted))
            self._edges.update({(lens, s): part for s, part in zip(wanted, parts, strict=True)})
        return self._edges[lens, shift]

    def mask(self, rows: RowFilter) -> NDArray[np.bool_]:
        """Return which rows of the history a filter keeps; the history keeps a bit of each."""
        bits, count = self._bits(rows), len(self.history)
        return self.shared(("mask", rows), lambda: np.unpackbits(bits, count=count).view(np.bool_))

    def holds(self, rows: RowFilter) -> NDArray[np.bool_]:
        """Return which of the rows asked about a filter keeps."""
        bits = self._bits(rows)[self.rows >> 3] >> (7 - (self.rows & 7)).astype(np.uint8)
        found: NDArray[np.bool_] = (bits & 1).astype(np.bool_)
        return found

    def _bits(self, rows: RowFilter) -> NDArray[np.uint8]:
        history = self.history
        return history.keep(("mask", rows), lambda: np.packbits(rows.mask(history)))

    def running(self, lens: Lens, rows: RowFilter, *, weighed: bool) -> Integers:
        """Return the running sum over the lens's events of 1, or of the amount, where kept."""

        def make() -> Integers:
            values = self.amounts(lens) if weighed else np.ones(len(self.ledger(lens).order), int)
            if not isinstance(rows, Every):
                values = values * self.mask(rows)[self.ledger(lens).order]
            return running_sums(values)

        return self.history.keep(("running", *_events(lens), rows, weighed), make)

    def sieve(self, lens: Lens, rows: RowFilter) -> Sieve:
        """Return which of the lens's events a filter keeps."""
        order = self.ledger(lens).order
        return self.history.keep(
            ("sieve", *_events(lens), rows),
            lambda: Sieve.of(self.mask(rows)[order], self.amounts(lens)),
        )

    def total(self, lens: Lens, window: Window, rows: RowFilter, *, weighed: bool) -> Integers:
        """Return the exact sum over each anchor's window, in anchor order."""
        low, high = self.edge(lens, window.start), self.edge(lens, window.stop)
        if not isinstance(rows, Every):
            return self.sieve(lens, rows).total(low, high, weighed=weighed)
        if weighed:
            return sum_between(low, high, self.running(lens, rows, weighed=True))
        return high - low

    def spread(self, lens: Lens, values: NDArray[np.int64] | Floats) -> Floats:
        """Bring values from anchor order to the rows asked about; NaN where no subject is."""
        position, count = self.anchors(lens).position, len(self.rows)
        if values.dtype == np.int64:
            return spread_whole(cast("Integers", values), position, count)
        return spread_parts(cast("Floats", values), position, count)

    def known(self, values: Floats, window: Window, *, history_needed: int = 0) -> Floats:
        """Blank what can't be known: past as-of, before the coverage, finer than the clock."""
        if window.needs_clock and not self.history.clock_known:
            values[:] = np.nan
        if window.lookahead:
            values[self._later_than(self.history.as_of - window.lookahead)] = np.nan
        if history_needed:
            values[self._before(self.history.coverage_from + history_needed)] = np.nan
        return values

    def _later_than(self, instant: int) -> Integers:
        return self.shared(("later", instant), lambda: np.flatnonzero(self.time > instant))

    def _before(self, instant: int) -> Integers:
        return self.shared(("before", instant), lambda: np.flatnonzero(self.time < instant))

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
        return ledger.order[first + low : first + high].astype(np.int64)


def _events(lens: Lens) -> tuple[bool, Flow]:
    """Name the events of a lens: those of both accounts of a payment are the same two ledgers."""
    return lens.subject == "pair", "out" if lens.subject == "pair" else lens.flow
