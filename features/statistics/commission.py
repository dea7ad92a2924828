"""Payments out that equal a payment in shortly before, less a commission."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from features.history import Codes, History, Integers, Ledger
from features.history.sieve import running_sums
from features.kernels.commission import smallest_between
from features.kernels.ledger import numbers_at
from features.kernels.sieve import (
    kept_between,
    kept_counted,
    kept_sum_between,
    kept_summed,
    sieve_blocks,
)
from features.kernels.windows import first_after
from features.statistics.windowed import Windowed
from features.windows import span_label
from features.workspace import Floats, Workspace

PARTS = 10_000
_LARGE = 2**49
_FEW = 32  # payments in, compared one by one
_TOGETHER = 2**20  # rows of the accounts that are matched together


@dataclass(frozen=True)
class Matched:
    """The payments out that match, as bits of all, and running sums of them alone."""

    blocks: Integers
    amount: Integers
    shares: Integers
    squares: Integers


@dataclass(frozen=True)
class Commission(Windowed):
    """Of the payments out in a window, those that are a payment in less ``low`` to ``high``.

    The payment in came strictly before, within ``within``; of several the smallest is taken, so
    that the commission is the least there can be. ``low`` and ``high`` are in parts of 10,000.
    ``kind`` says what is measured: how many, how much money, or how much the commission differs
    (standard deviation; NaN under ``least`` payments). The lens looks at money that goes out.
    """

    kind: Literal["count", "amount", "spread"]
    within: int
    low: int
    high: int
    least: int = 3

    @property
    def label(self) -> str:
        """Subject, what, how soon, window."""
        parts = (self.lens.label, "less_commission", self.kind, "within", span_label(self.within))
        return "_".join((*parts, self.window.label))

    @property
    def lookback(self) -> int:
        """The window, and the time before its first payment."""
        return self.window.lookback + self.within

    @property
    def null_rules(self) -> tuple[str, ...]:
        """When it is null beside its window."""
        return ("none",) if self.kind == "spread" else ()

    def value(self, space: Workspace) -> Floats:
        """Return the number, the money in minor units, or the spread as a share."""
        low = space.edge(self.lens, self.window.start)
        high = space.edge(self.lens, self.window.stop)
        matched = space.history.keep(self._key("matched"), lambda: self._matched(space.history))
        place = (space.anchors(self.lens).position, len(space.rows))
        if self.kind == "count":
            found = kept_counted(low, high, matched.blocks, *place)
        elif self.kind == "amount":
            found = kept_summed(low, high, matched.blocks, matched.amount, *place)
        else:
            found = space.spread(self.lens, self._spread(low, high, matched))
        return space.known(found, self.window)

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return the payments out, and the payments in that they match."""
        history = space.history
        events = space.events(self.lens, self.window, at)
        source = np.full(len(history), -1)
        source[history.sent.order] = history.keep(self._key("source"), lambda: self._found(history))
        events = events[source[events] >= 0]
        account = history.groups_of(self.lens.subject, "out")[space.rows[at]]
        ins = history.received.order[slice(*history.received.starts[[account, account + 1]])]
        matched = [
            ins[
                (history.amount[ins] == source[event])
                & (history.time[ins] < history.time[event])
                & (history.time[ins] > history.time[event] - self.within)
            ]
            for event in events
        ]
        return np.unique(np.concatenate([events, *matched]))

    def _key(self, what: str) -> tuple[object, ...]:
        return ("commission", what, self.within, self.low, self.high)

    def _found(self, history: History) -> Integers:
        """Return the amount of the payment in that each payment out matches; -1: none."""
        starts = history.sent.starts
        found = np.empty(starts[-1], np.int64)
        for first, last in _shares(starts):
            found[starts[first] : starts[last]] = self._found_of(history, first, last)
        return found

    def _found_of(self, history: History, first: int, last: int) -> Integers:
        """Find it for the payments of some accounts: for all at once it would take much memory."""
        sent, received = _some(history.sent, first, last), _some(history.received, first, last)
        groups = np.repeat(np.arange(last - first, dtype=np.int32), np.diff(sent.starts))
        low, high = (
            first_after(groups, sent.time + shift, received.starts, received.time)
            for shift in (-self.within, -1)
        )
        amount = numbers_at(history.amount, sent.order)
        least, most = -_over(-amount, PARTS - self.low), _over(amount, PARTS - self.high)
        incoming = numbers_at(history.amount, received.order)
        return smallest_between(
            groups, low, high, received.starts, incoming, np.maximum(least, 1), most, _FEW
        )

    def _matched(self, history: History) -> Matched:
        source = self._found(history)
        kept = source > 0
        amount, whole = history.amount[history.sent.order[kept]], source[kept]
        taken = whole - amount
        exact = np.minimum(taken, _LARGE) * PARTS // whole
        share = np.where(whole < _LARGE, exact, taken // np.maximum(whole // PARTS, 1))
        return Matched(sieve_blocks(kept), *map(running_sums, (amount, share, share * share)))

    def _spread(self, low: Codes, high: Codes, matched: Matched) -> Floats:
        count = kept_between(low, high, matched.blocks)
        shares, squares = (
            kept_sum_between(low, high, matched.blocks, sums)
            for sums in (matched.shares, matched.squares)
        )
        many = np.where(count >= self.least, count, np.nan)
        return np.asarray(np.sqrt(count * squares - shares * shares) / many / PARTS)


def _shares(starts: Integers) -> list[tuple[int, int]]:
    """Cut groups into some that follow each other, of about as many rows.

    >>> _shares(np.array([0, 2, 5])), _shares(np.array([0]))
    ([(0, 2)], [])
    """
    accounts, rows = len(starts) - 1, int(starts[-1])
    edges = np.searchsorted(starts, np.arange(0, rows, _TOGETHER)).tolist()
    return [(a, b) for a, b in pairwise([*edges, accounts]) if a < b]


def _some(ledger: Ledger, first: int, last: int) -> Ledger:
    """Return the ledger of some groups that follow each other."""
    starts = ledger.starts[first : last + 1]
    rows = slice(starts[0], starts[-1])
    return Ledger(ledger.order[rows], starts - starts[0], ledger.time[rows])


def _over(amounts: Integers, parts: int) -> Integers:
    """Return ``amounts * 10000 / parts``, rounded down, without passing int64.

    >>> _over(np.array([900, 901]), 9000), -_over(np.array([-900, -901]), 9000)
    (array([1000, 1001]), array([1000, 1002]))
    """
    return amounts // parts * PARTS + amounts % parts * PARTS // parts
