"""How many different banks, countries, currencies or accounts; how common the commonest are."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pyarrow as pa

from features.filters import Every, RowFilter
from features.history import Codes, Flow, History, Integers
from features.kernels.ladder import commonest_between
from features.kernels.ledger import next_of_same, previous_of_same
from features.kernels.windows import distinct_between
from features.statistics.windowed import Windowed
from features.workspace import Floats, Workspace

Kind = Literal["accounts", "banks", "countries", "currencies", "amounts"]


def _codes(history: History, kind: Kind, flow: Flow) -> Codes:
    """Return what each row is told apart by: of the other side, where the kind has sides."""
    other = "receiver" if flow == "out" else "sender"
    match kind:
        case "accounts":
            codes = history.receiver if flow == "out" else history.sender
        case "banks":
            codes = history.receiver_bank if other == "receiver" else history.sender_bank
        case "countries":
            codes = history.receiver_country if other == "receiver" else history.sender_country
        case "currencies":
            codes = history.currency
        case "amounts":
            codes = history.keep("amounts", lambda: _amounts(history))
    return codes


def _amounts(history: History) -> Codes:
    """Give each amount a code."""
    codes: Codes = np.array(pa.array(history.amount).dictionary_encode().indices, np.int32)
    return codes


def _label(statistic: "Different | Commonest", what: str) -> str:
    parts = (statistic.lens.label, statistic.rows.label, what, statistic.window.label)
    return "_".join(part for part in parts if part)


def _coded(space: Workspace, statistic: "Different | Commonest") -> tuple[Codes, int]:
    """Return the codes of the lens's events, -1 where not kept, and one more than the largest."""
    flow, rows, kind = statistic.lens.flow, statistic.rows, statistic.kind

    def make() -> tuple[Codes, int]:
        codes = _codes(space.history, kind, flow)
        if not isinstance(rows, Every):
            codes = np.where(space.mask(rows), codes, np.int32(-1))
        ordered = np.ascontiguousarray(codes[space.ledger(statistic.lens).order])
        return ordered, int(ordered.max(initial=-1)) + 1

    return space.history.keep(("codes", flow, rows, kind), make)


def _links(space: Workspace, statistic: "Different") -> tuple[Codes, Codes]:
    """Return the previous and the next event of the same code."""

    def make() -> tuple[Codes, Codes]:
        codes, count = _coded(space, statistic)
        previous = previous_of_same(codes, space.ledger(statistic.lens).starts, max(count, 1))
        return previous, next_of_same(previous)

    return space.history.keep(("links", statistic.lens.flow, statistic.rows, statistic.kind), make)


def _judged(space: Workspace, statistic: "Different | Commonest", values: Floats) -> Floats:
    if statistic.rows.needs_clock and not space.history.clock_known:
        values[:] = np.nan
    needed = statistic.lookback if statistic.rows.history_needed else 0
    return space.known(values, statistic.window, history_needed=needed)


@dataclass(frozen=True)
class Different(Windowed):
    """How many different accounts, banks or countries of the other side, or currencies, there are.

    Of the rows kept, those where the kind is not known count for nothing.
    """

    kind: Kind
    rows: RowFilter = Every()

    @property
    def label(self) -> str:
        """Subject, flow, rows, kind, window."""
        return _label(self, self.kind)

    @property
    def lookback(self) -> int:
        """The window, and what the rows' own condition needs before it."""
        return self.window.lookback + self.rows.history_needed

    @property
    def null_rules(self) -> tuple[str, ...]:
        """When it is null beside its window."""
        return ()

    def value(self, space: Workspace) -> Floats:
        """Return the counts."""
        anchors, links = space.anchors(self.lens), _links(space, self)
        counts = distinct_between(
            anchors.groups,
            space.edge(self.lens, self.window.start),
            space.edge(self.lens, self.window.stop),
            *links,
        )
        return _judged(space, self, space.spread(self.lens, counts))

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return the rows that are kept and have one."""
        events = space.events(self.lens, self.window, at)
        kept = space.mask(self.rows)[events]
        return events[kept & (_codes(space.history, self.kind, self.lens.flow)[events] >= 0)]

    def earlier(self) -> "Different":
        """Return the count over the window before."""
        return replace(self, window=self.window.earlier(self.window.width))


@dataclass(frozen=True)
class Commonest(Windowed):
    """How many rows have one of the ``most`` commonest banks, countries, currencies or amounts."""

    kind: Kind
    most: int
    rows: RowFilter = Every()

    @property
    def label(self) -> str:
        """Subject, flow, rows, how many of what, window."""
        return _label(self, f"commonest_{self.most}_{self.kind}")

    @property
    def lookback(self) -> int:
        """The window, and what the rows' own condition needs before it."""
        return self.window.lookback + self.rows.history_needed

    @property
    def null_rules(self) -> tuple[str, ...]:
        """When it is null beside its window."""
        return ()

    def value(self, space: Workspace) -> Floats:
        """Return the counts."""
        codes, count = _coded(space, self)
        counts = commonest_between(
            space.anchors(self.lens).groups,
            space.edge(self.lens, self.window.start),
            space.edge(self.lens, self.window.stop),
            codes,
            count,
            self.most,
        )
        return _judged(space, self, space.spread(self.lens, counts))

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return all rows kept that have a code: which are common is told by all of them."""
        events = space.events(self.lens, self.window, at)
        kept = space.mask(self.rows)[events]
        return events[kept & (_codes(space.history, self.kind, self.lens.flow)[events] >= 0)]

    def earlier(self) -> "Commonest":
        """Return the count over the window before."""
        return replace(self, window=self.window.earlier(self.window.width))
