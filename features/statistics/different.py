"""How many different banks, currencies or accounts; how common the commonest are."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa

from features.filters import Every, RowFilter
from features.history import Codes, Flow, History, Integers
from features.kernels.ladder import commonest_between
from features.kernels.ledger import codes_at, linked
from features.kernels.windows import distinct_between
from features.statistics.windowed import Filtered
from features.workspace import Floats, Workspace

Kind = Literal["accounts", "banks", "currencies", "amounts"]


def _codes(history: History, kind: Kind, flow: Flow) -> Codes:
    """Return what each row is told apart by: of the other side, where the kind has sides."""
    match kind:
        case "accounts":
            codes = history.receiver if flow == "out" else history.sender
        case "banks":
            codes = history.receiver_bank if flow == "out" else history.sender_bank
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


def _of_kept(space: Workspace, statistic: "Different | Commonest") -> Codes:
    """Return the code of each row, -1 where it is not kept."""
    codes = _codes(space.history, statistic.kind, statistic.lens.flow)
    if isinstance(statistic.rows, Every):
        return codes
    return np.where(space.mask(statistic.rows), codes, np.int32(-1))


def _coded(space: Workspace, statistic: "Different | Commonest") -> tuple[Codes, int]:
    """Return the codes of the lens's events, and one more than the largest."""
    codes = codes_at(_of_kept(space, statistic), space.ledger(statistic.lens).order)
    return codes, int(codes.max(initial=-1)) + 1


def _links(space: Workspace, statistic: "Different") -> tuple[Codes, Codes]:
    """Return the previous and the next event of the same code."""
    codes, count = _coded(space, statistic)
    return linked(codes, space.ledger(statistic.lens).starts, max(count, 1))


@dataclass(frozen=True)
class Different(Filtered):
    """How many different accounts or banks of the other side, or currencies, there are.

    Of the rows kept, those where the kind is not known count for nothing.
    """

    kind: Kind
    rows: RowFilter = Every()

    @property
    def label(self) -> str:
        """Subject, flow, rows, kind, window."""
        return _label(self, self.kind)

    def value(self, space: Workspace) -> Floats:
        """Return the counts."""
        anchors, key = space.anchors(self.lens), ("links", self.lens.flow, self.rows, self.kind)
        links = space.history.keep(key, lambda: _links(space, self))
        counts = distinct_between(
            anchors.groups,
            space.edge(self.lens, self.window.start),
            space.edge(self.lens, self.window.stop),
            *links,
            anchors.position,
            len(space.rows),
        )
        return self.judged(space, counts)

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return the rows that are kept and have one."""
        events = self.kept(space, at)
        return events[_codes(space.history, self.kind, self.lens.flow)[events] >= 0]


@dataclass(frozen=True)
class Commonest(Filtered):
    """How many rows have one of the ``most`` commonest banks, currencies or amounts."""

    kind: Kind
    most: int
    rows: RowFilter = Every()

    @property
    def label(self) -> str:
        """Subject, flow, rows, how many of what, window."""
        return _label(self, f"commonest_{self.most}_{self.kind}")

    def value(self, space: Workspace) -> Floats:
        """Return the counts."""
        key = ("codes", self.lens.flow, self.rows, self.kind)
        codes, count = space.history.keep(key, lambda: _coded(space, self))
        counts = commonest_between(
            space.anchors(self.lens).groups,
            space.edge(self.lens, self.window.start),
            space.edge(self.lens, self.window.stop),
            codes,
            count,
            self.most,
        )
        return self.judged(space, space.spread(self.lens, counts))

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return all rows kept that have a code: which are common is told by all of them."""
        events = self.kept(space, at)
        return events[_codes(space.history, self.kind, self.lens.flow)[events] >= 0]
