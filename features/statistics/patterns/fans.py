"""How many accounts that had no dealings with another before pay it, or are paid by it, at once."""

from dataclasses import dataclass

import numpy as np

from features.filters import Mask
from features.history import Codes, Flow, History, Integers
from features.kernels.alike import alike_between
from features.kernels.busiest import most_between, span_counts
from features.kernels.ledger import codes_at, events_within
from features.kernels.patterns.fans import (
    counts_of_rows,
    numbers_of_legs,
    returned_between,
)
from features.kernels.windows import first_after
from features.patterns.legs import NEVER, Legs, LegsOfEnd
from features.patterns.shares import between
from features.statistics.patterns.swept import Rows, floats, swept
from features.windows import Window, facing, span_label, trailing
from features.workspace import Floats, Lens, Workspace

_MANY = 8  # the share of legs from which on going over all costs less than finding each


@dataclass(frozen=True)
class Fan:
    """Count the new legs of the fan that a payment is a new leg of.

    A leg is what one account pays another at one instant. It is new where neither had paid the
    other in the ``horizon`` before; no pair has two new legs in a window no longer than that, so
    new legs are accounts. Looking back, the window is ``(t - width, t]``, and the payment the
    fan's last; ahead it is ``[t, t + width)``, and the payment its first.

    0 where the payment's own leg is not new, or it is a self-payment; NaN where a side is unknown,
    or where the coverage begins inside the horizon of the window's first instant.
    """

    flow: Flow
    width: int
    ahead: bool
    horizon: int

    def __post_init__(self) -> None:
        if self.width > self.horizon:
            raise ValueError("a window longer than the horizon would count an account twice")

    @property
    def label(self) -> str:
        """Whose fan, the horizon, what is counted, the window."""
        name = f"{self.lens.label}_fan_new_{span_label(self.horizon)}"
        return "_".join(part for part in (name, self.counted, self.around.label) if part)

    @property
    def counted(self) -> str:
        """What is counted, where not every new leg."""
        return ""

    @property
    def lens(self) -> Lens:
        """The account the fan opens from or closes in, and its payments that way."""
        return Lens("receiver" if self.flow == "in" else "sender", self.flow)

    @property
    def around(self) -> Window:
        """The window as it is named."""
        return facing(self.width, ahead=self.ahead)

    @property
    def window(self) -> Window:
        """The window as it is: the payment is in it, as the first or the last."""
        return Window(-1, self.width - 1) if self.ahead else trailing(self.width)

    @property
    def lookback(self) -> int:
        """The window, and the horizon before it."""
        return self.around.lookback + self.horizon

    @property
    def lookahead(self) -> int:
        """The window's."""
        return self.around.lookahead

    @property
    def null_rules(self) -> tuple[str, ...]:
        """When it is null."""
        return ("side", "history", "ahead") if self.ahead else ("side", "history")

    def value(self, space: Workspace) -> Floats:
        """Return the counts."""
        (counts,) = swept(space, self, self._sweep)
        values = floats(space, counts)
        return space.known(values, self.around, history_needed=self.lookback)

    def _sweep(self, rows: Rows) -> tuple[Integers]:
        key = (_Asked, self.flow, self.horizon)
        asked = rows.shared(key, lambda: _Asked(rows, self.flow, self.horizon))
        return (asked.spread(self._counts(asked)),)

    def _counts(self, asked: "_Asked") -> Integers:
        low, high = self._edges(asked)
        return (high - low).astype(np.int64)

    def _edges(self, asked: "_Asked") -> tuple[Codes, Codes]:
        return asked.edge(self.window.start), asked.edge(self.window.stop)

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return the payments of the legs counted."""
        legs = legs_of(space.history, self.horizon).of
        own, events = legs[space.rows[at]], space.events(self.lens, self.window, at)
        events = events[legs[events] >= 0]
        if own < 0:
            return events[:0]
        return events[self._counted(space.history, own, legs[events])]

    def _counted(self, history: History, own: int, around: Codes) -> Mask:
        """Return which of the window's legs around the payment's own are counted."""
        counted: Mask = history.time[around] <= history.time[own] + self.window.stop
        return counted

    def earlier(self) -> None:
        """Return nothing: the value is the payment's, and it has no window before."""
        return


@dataclass(frozen=True)
class OneWayFan(Fan):
    """Count the new legs whose money has not come back by the end of the window."""

    @property
    def counted(self) -> str:
        """One way only."""
        return "one_way"

    def _counts(self, asked: "_Asked") -> Integers:
        low, high = self._edges(asked)
        ends, came = asked.time + self.window.stop, asked.end.returns
        returns = (came.starts, came.place, came.back, came.by_return)
        return high - low - returned_between(asked.groups, low, ends, *returns)

    def _counted(self, history: History, own: int, around: Codes) -> Mask:
        back = legs_of(history, self.horizon).back.of(around, NEVER)
        counted: Mask = back > history.time[own] + self.window.stop
        return counted


@dataclass(frozen=True)
class AlikeFan(Fan):
    """Count the new legs whose amount is between two permille of the payment's own leg's."""

    low_permille: int
    high_permille: int

    @property
    def counted(self) -> str:
        """The range."""
        return f"alike_{self.low_permille}_{self.high_permille}"

    def _counts(self, asked: "_Asked") -> Integers:
        amounts = asked.amounts
        smallest, largest = self._range(amounts[asked.at])
        return alike_between(asked.groups, *self._edges(asked), amounts, smallest, largest)

    def _range(self, amounts: Integers) -> tuple[Integers, Integers]:
        return between(amounts, self.low_permille, self.high_permille)

    def _counted(self, history: History, own: int, around: Codes) -> Mask:
        legs = legs_of(history, self.horizon)
        smallest, largest = self._range(legs.amounts(np.array([own], np.int32), history.amount))
        amounts = legs.amounts(around, history.amount)
        counted: Mask = (amounts >= smallest) & (amounts <= largest)
        return counted


@dataclass(frozen=True)
class Burst(Fan):
    """Return the largest number of the window's new legs in any ``span`` inside it."""

    span: int

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.span > self.width:
            raise ValueError("the span must lie inside the window")

    @property
    def counted(self) -> str:
        """The span."""
        return f"within_{span_label(self.span)}"

    def _counts(self, asked: "_Asked") -> Integers:
        """Count back from each leg whose span lies in the window, and at the window's begin."""
        start = self.window.start
        inside = most_between(
            asked.groups,
            asked.edge(start + self.span - 1),
            asked.edge(self.window.stop),
            asked.held(self.span),
        )
        begin = asked.edge(start + self.span) - asked.edge(start)
        counts: Integers = np.maximum(inside, begin)
        return counts

    def _counted(self, history: History, own: int, around: Codes) -> Mask:
        """Return the legs of the latest of the fullest spans."""
        times = np.sort(history.time[np.unique(around)])
        ends = np.maximum(times, history.time[own] + self.window.start + self.span)
        held = [np.count_nonzero((times > end - self.span) & (times <= end)) for end in ends]
        end = ends[np.flatnonzero(np.array(held) == max(held))[-1]]
        instants = history.time[around]
        counted: Mask = (instants > end - self.span) & (instants <= end)
        return counted


class _Asked:
    """The legs of some rows, by the account at one end, and what lies around them."""

    def __init__(self, rows: Rows, flow: Flow, horizon: int) -> None:
        self._rows, self._key = rows, ("new legs", flow, horizon)
        self.end = end_of(rows.history, flow, horizon)
        self.at, self._number = _found(self.end, self.end.legs.of[rows.rows])
        leg = self.end.leg[self.at]
        self.groups, self.time = codes_at(self.end.account, leg), self.end.time[self.at]

    def spread(self, counts: Integers) -> Integers:
        """Bring counts to the rows; 0 for one whose leg is not new."""
        return counts_of_rows(counts, self._number)

    def edge(self, shift: int) -> Codes:
        """Return the first leg later than ``t + shift``, for each leg asked about."""
        return self._rows.shared(
            (self._key, "edge", shift),
            lambda: first_after(self.groups, self.time + shift, self.end.starts, self.end.time),
        )

    @property
    def amounts(self) -> Integers:
        """What all legs come to, as they lie."""
        history = self._rows.history
        return history.keep((self._key, "amounts"), lambda: self.end.amounts(history.amount))

    def held(self, span: int) -> Codes:
        """Return how many legs of the same account the span that ends with each leg holds."""
        return self._rows.history.keep(
            (self._key, "held", span), lambda: span_counts(self.end.starts, self.end.time, span)
        )


def _found(end: LegsOfEnd, of: Codes) -> tuple[Integers, Codes]:
    """Return where the legs of some rows lie, rising, and which of them each row's is; -1: none."""
    known = of[of >= 0]
    if len(known) and len(known) * _MANY >= len(end.leg):
        first, stop = int(known.min()), int(known.max()) + 1
        at = events_within(end.leg, first, stop)
        return at, numbers_of_legs(of, end.leg[at], first, stop)
    legs, which = np.unique(known, return_inverse=True)
    places, number = end.places(legs), np.full(len(of), -1, np.int32)
    at = np.sort(places)
    number[of >= 0] = np.searchsorted(at, places)[which]
    return at, number


def legs_of(history: History, horizon: int) -> Legs:
    """Return the new legs of a history."""

    def make() -> Legs:
        paired, reverse = history.paired, history.pair_codes[1]
        laid = (paired.order, paired.starts, paired.time)
        return Legs.among(laid, reverse, history.amount, horizon)

    return history.keep(("new legs", horizon), make)


def end_of(history: History, flow: Flow, horizon: int) -> LegsOfEnd:
    """Return the new legs by the account that is paid, or pays."""

    def make() -> LegsOfEnd:
        ledger, account = (
            (history.received, history.receiver) if flow == "in" else (history.sent, history.sender)
        )
        laid = (ledger.order, ledger.starts, ledger.time)
        return legs_of(history, horizon).by(account, laid)

    return history.keep(("new legs", flow, horizon), make)
