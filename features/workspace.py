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
from features.kernels.ledger import anchors_within, codes_at, numbers_at, sums_at
from features.kernels.windows import counted, edges_after, summed
from features.windows import Window

Floats = NDArray[np.float64]
_MANY = 8  # the share of rows from which on a sort of them costs more than going over all; measured
_FEW = 32  # events of a group whose edges are found as soon one step at a time; measured
_Made = TypeVar("_Made")
_Kind = TypeVar("_Kind", bound=np.generic)


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

    position: Codes
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
        self._part = _part(self.rows)
        self.time = self.of_rows(history.time)
        self.left_out: dict[str, int] = {}
        self._kept = Kept()
        self._edges: dict[tuple[Lens, int], Codes] = {}
        self._asked: dict[object, int] = {}
        self._again: dict[object, Floats] = {}

    def of_rows(self, column: NDArray[_Kind]) -> NDArray[_Kind]:
        """Return what a column of the history has for the rows asked about, not to be changed."""
        return column[self.rows if self._part is None else self._part]

    def leave_out(self, what: str, count: int) -> None:
        """Count what a bound left out of the answers about the rows asked about."""
        self.left_out[what] = self.left_out.get(what, 0) + count

    def shared(self, key: object, make: Callable[[], _Made]) -> _Made:
        """Return what ``make`` gives, made once for all statistics that ask by this key."""
        return self._kept.get(key, make)

    def again(self, key: object, make: Callable[[], Floats]) -> Floats:
        """Return what ``make`` gives, made once for all who ask; they must not change it.

        It is kept as long as it was asked for more often about other rows of the history. That
        changes no answer: what is not kept is made again.
        """
        most = self.history.keep("asked", dict[object, int])
        times = self._asked[key] = self._asked.get(key, 0) + 1
        found = self._again[key] if key in self._again else make()
        if times < most.get(key, 0):
            self._again[key] = found
        else:
            most[key] = times
            self._again.pop(key, None)
        return found

    def anchors(self, lens: Lens) -> Anchors:
        """Return the rows asked about in the order of the lens's subject."""
        if lens.subject == "pair" and lens.flow == "in":
            return self.shared(("anchors", lens), lambda: self._turned(lens))
        return self.shared(("anchors", lens.subject), lambda: self._placed(lens.subject))

    def _turned(self, lens: Lens) -> Anchors:
        """Return the pairs in their order, but the group of the events that run back."""
        own = self.anchors(Lens("pair", "out"))
        groups = self.of_rows(self.history.groups_of(lens.subject, lens.flow))
        return Anchors(own.position, codes_at(groups, own.position), own.time)

    def _placed(self, subject: Subject) -> Anchors:
        """Return the rows that have a subject, by subject and time."""
        if self._part is not None and len(self.rows) * _MANY >= len(self.history):
            ledger = self.history.ledger(subject, "in" if subject == "receiver" else "out")
            whole, part = (ledger.starts, ledger.order, ledger.time), self._part
            return Anchors(*anchors_within(*whole, part.start, part.stop))
        owners = self.of_rows(self.history.groups_of(subject, "out"))
        position = self._sorted(owners)
        return Anchors(position, codes_at(owners, position), numbers_at(self.time, position))

    def _sorted(self, owners: Codes) -> Codes:
        """Return the places of the rows asked about that have an owner, by owner and time."""
        by_time = None if self._part is not None else np.argsort(self.time, kind="stable")
        owners = owners if by_time is None else owners[by_time]
        keys = owners.astype(np.int64) << 32 | np.arange(len(owners))
        places = np.sort(keys[owners >= 0]).astype(np.int32)  # but for the owners
        return places if by_time is None else by_time[places].astype(np.int32)

    def ledger(self, lens: Lens) -> Ledger:
        """Return the events of the lens."""
        return self.history.ledger(lens.subject, lens.flow)

    def amounts(self, lens: Lens) -> Integers:
        """Return the amounts of the events of the lens; those of accounts are kept."""
        amount, order = self.history.amount, self.ledger(lens).order
        if lens.subject == "pair":
            return numbers_at(amount, order)
        return self.history.keep(("amounts", *_events(lens)), lambda: numbers_at(amount, order))

    def edge(self, lens: Lens, shift: int) -> Codes:
        """Return the first event later than ``t + shift``, for each anchor.

        Shifts that were asked for about other rows of the history are computed in the same go.
        """
        if (lens, shift) not in self._edges:
            asked = self.history.keep(("shifts", lens), set[int])
            asked.add(shift)
            wanted = [s for s in sorted(asked) if (lens, s) not in self._edges]
            anchors, ledger = self.anchors(lens), self.ledger(lens)
            shifts = np.array(wanted, np.int64)
            at = (anchors.groups, anchors.time)
            edges = edges_after(*at, shifts, ledger.starts, ledger.time, _FEW)
            parts = np.split(edges, len(wanted))
            self._edges.update({(lens, s): part for s, part in zip(wanted, parts, strict=True)})
        return self._edges[lens, shift]

    def mask(self, rows: RowFilter) -> NDArray[np.bool_]:
        """Return which rows of the history a filter keeps; the history keeps a bit of each."""
        bits, count = self._bits(rows), len(self.history)
        return self.shared(("mask", rows), lambda: np.unpackbits(bits, count=count).view(np.bool_))

    def holds(self, rows: RowFilter) -> NDArray[np.bool_]:
        """Return which of the rows asked about a filter keeps."""
        if self._part is not None:
            first, last = self._part.start & ~7, self._part.stop
            some = np.unpackbits(self._bits(rows)[first >> 3 : (last + 7) >> 3])
            return some[self._part.start - first : last - first].view(np.bool_)
        bits = self._bits(rows)[self.rows >> 3] >> (7 - (self.rows & 7)).astype(np.uint8)
        found: NDArray[np.bool_] = (bits & 1).astype(np.bool_)
        return found

    def _bits(self, rows: RowFilter) -> NDArray[np.uint8]:
        history = self.history
        return history.keep(("mask", rows), lambda: np.packbits(rows.mask(history)))

    def running(self, lens: Lens, rows: RowFilter, *, weighed: bool) -> Integers:
        """Return the running sum over the lens's events of 1, or of the amount, where kept."""

        def make() -> Integers:
            order = self.ledger(lens).order
            if isinstance(rows, Every):
                every = self.history.amount
                return sums_at(every, order) if weighed else np.arange(len(order) + 1)
            kept = self.mask(rows)[order]
            return running_sums(self.amounts(lens) * kept if weighed else kept.astype(np.int64))

        return self.history.keep(("running", *_events(lens), rows, weighed), make)

    def suspected(self, lens: Lens, window: Window) -> Floats:
        """Return the sum of the suspicion in the window of each row asked about, in millionths."""
        suspicion, order = self.history.suspicion, self.ledger(lens).order
        sums = self.history.keep(
            ("suspected", *_events(lens)), lambda: running_sums(suspicion[order].astype(np.int64))
        )
        low, high = self.edge(lens, window.start), self.edge(lens, window.stop)
        return summed(low, high, sums, self.anchors(lens).position, len(self.rows))

    def sieve(self, lens: Lens, rows: RowFilter) -> Sieve:
        """Return which of the lens's events a filter keeps."""
        history, order = self.history, self.ledger(lens).order
        return history.keep(
            ("sieve", *_events(lens), rows),
            lambda: Sieve.of(self._bits(rows), order, history.amount),
        )

    def total(self, lens: Lens, window: Window, rows: RowFilter, *, weighed: bool) -> Floats:
        """Return the exact sum over the window of each row asked about, rounded once."""
        low, high = self.edge(lens, window.start), self.edge(lens, window.stop)
        place = (self.anchors(lens).position, len(self.rows))
        if not isinstance(rows, Every):
            return self.sieve(lens, rows).total(low, high, *place, weighed=weighed)
        if weighed:
            return summed(low, high, self.running(lens, rows, weighed=True), *place)
        return counted(low, high, *place)

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
            values = self.covered(values, history_needed)
        return values

    def covered(self, values: Floats, needed: int) -> Floats:
        """Blank what needs more history than is covered."""
        values[self._before(self.history.coverage_from + needed)] = np.nan
        return values

    def absent(self, subject: Subject) -> NDArray[np.bool_]:
        """Return which of the rows asked about have not the subject, not to be changed."""
        owners = self.history.groups_of(subject, "out")
        return self.shared(("absent", subject), lambda: self.of_rows(owners) < 0)

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


def _part(rows: Integers) -> slice | None:
    """Return rows that follow each other as a slice; None where they don't."""
    if not len(rows) or (np.diff(rows) != 1).any():
        return None
    return slice(int(rows[0]), int(rows[-1]) + 1)


def _events(lens: Lens) -> tuple[bool, Flow]:
    """Name the events of a lens: those of both accounts of a payment are the same two ledgers."""
    return lens.subject == "pair", "out" if lens.subject == "pair" else lens.flow
