"""Accounts that wake up or were never seen before: any payment, in or out, is activity."""

from dataclasses import dataclass

import numpy as np

from features.history import Codes, History, Integers
from features.kernels.ledger import merged_times, quiet_times
from features.kernels.sieve import kept_before, sieve_blocks
from features.kernels.windows import edges_after, largest_between
from features.statistics.statistic import Backward
from features.windows import SECOND, Window, span_label
from features.workspace import Floats, Lens, Workspace

_FEW = 32  # activities of an account whose edges are found as soon one step at a time; measured
UNKNOWN = 2**62


@dataclass(frozen=True)
class Activity:
    """When each account paid or was paid, end to end by account; one more start than accounts."""

    starts: Integers
    time: Integers

    def of(self, account: int) -> Integers:
        """Return the places of an account's activities."""
        return np.arange(self.starts[account], self.starts[account + 1])


def activity(history: History) -> Activity:
    """Return every account's payments of both directions."""
    sent, received = history.sent, history.received
    both = (sent.starts, sent.time, received.starts, received.time)
    return history.keep("activity", lambda: Activity(*merged_times(*both)))


def quiet_before(history: History, horizon: int) -> Integers:
    """Return how long nothing had happened before each of the activities, at most ``horizon``.

    `UNKNOWN` where nothing is found and less than the horizon is covered.
    """
    return history.keep(("quiet", horizon), lambda: _quiet(history, horizon))


def _quiet(history: History, horizon: int) -> Integers:
    found = activity(history)
    return quiet_times(found.time, found.starts, horizon, history.coverage_from, UNKNOWN)


def edge(space: Workspace, lens: Lens, shift: int) -> Codes:
    """Return the first activity later than ``t + shift`` of each anchor's account.

    Shifts that were asked for about other rows of the history are computed in the same go.
    """
    kept: dict[int, Codes] = space.shared(("activity", lens.subject), dict)
    if shift not in kept:
        asked = space.history.keep("activity shifts", set[int])
        asked.add(shift)
        wanted = np.array([each for each in sorted(asked) if each not in kept])
        anchors, found = space.anchors(lens), activity(space.history)
        at = (anchors.groups, anchors.time)
        edges = edges_after(*at, wanted, found.starts, found.time, _FEW)
        kept.update(zip(wanted.tolist(), np.split(edges, len(wanted)), strict=True))
    return kept[shift]


def active(space: Workspace, lens: Lens, window: Window, at: int) -> Integers:
    """Return one row's activities in a window, as places among all activities."""
    account, found = _account(space, lens, at), activity(space.history)
    if account < 0:
        return np.empty(0, np.int64)
    own = found.of(account)
    times = found.time[own] - space.time[at]
    inside: Integers = own[(times > window.start) & (times <= window.stop)]
    return inside


def _account(space: Workspace, lens: Lens, at: int) -> int:
    """Return the account of one of the rows asked about; -1: the world outside."""
    return int(space.history.groups_of(lens.subject, "out")[space.rows[at]])


def _rows_at(history: History, account: int, times: Integers) -> Integers:
    """Return an account's rows of some instants."""
    found = []
    for ledger in (history.sent, history.received):
        own = slice(ledger.starts[account], ledger.starts[account + 1])
        found.append(ledger.order[own][np.isin(ledger.time[own], times)])
    rows: Integers = np.unique(np.concatenate(found)).astype(np.int64)
    return rows


@dataclass(frozen=True)
class Asleep(Backward):
    """The longest time without any payment that ended in ``(t - width, t]``, in seconds.

    At most ``horizon``, which stands for longer and never. NaN where less is covered and no
    payment before is found: not enough history is not sleep.
    """

    lens: Lens
    width: int
    horizon: int

    @property
    def label(self) -> str:
        """Subject, horizon, width."""
        spans = f"{span_label(self.horizon)}_ended_{span_label(self.width)}"
        return f"{self.lens.subject}_asleep_{spans}"

    @property
    def lookback(self) -> int:
        """The width, and the horizon before its first payment."""
        return self.width + self.horizon

    @property
    def null_rules(self) -> tuple[str, ...]:
        """When it is null."""
        return ("side", "history")

    def value(self, space: Workspace) -> Floats:
        """Return the seconds."""
        key = ("asleep", self.lens.subject, self.width, self.horizon)
        return space.again(key, lambda: self._seconds(space))

    def _seconds(self, space: Workspace) -> Floats:
        longest = largest_between(
            space.anchors(self.lens).groups,
            edge(space, self.lens, -self.width),
            edge(space, self.lens, 0),
            quiet_before(space.history, self.horizon),
        )
        return space.spread(self.lens, np.where(longest == UNKNOWN, np.nan, longest / SECOND))

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return the payment that ended the longest sleep, and the last one before it."""
        own = active(space, self.lens, Window(-self.width, 0), at)
        if not len(own):
            return own
        quiet = quiet_before(space.history, self.horizon)[own]
        longest = quiet.max()
        woken = activity(space.history).time[own[quiet == longest]].max()
        instants = np.array([woken, woken - longest])
        return _rows_at(space.history, _account(space, self.lens, at), instants)


@dataclass(frozen=True)
class Births:
    """Which activities are first sights, which might be; ``time[n]`` is the n-th one's, from 1."""

    first: Integers
    unclear: Integers
    time: Integers


def _births(history: History, quiet: int) -> Births:
    gaps, times = _quiet(history, quiet), activity(history).time
    first = gaps == quiet
    return Births(
        sieve_blocks(first),
        sieve_blocks(gaps == UNKNOWN),
        np.concatenate((np.zeros(1, np.int64), times[first])),
    )


@dataclass(frozen=True)
class Age(Backward):
    """Seconds since the account was first seen again after ``quiet`` without any payment.

    At most ``horizon``, which stands for all that is older. NaN where it can't be told for want
    of coverage: then the first payment that is seen need not be the first.
    """

    lens: Lens
    horizon: int
    quiet: int

    @property
    def label(self) -> str:
        """Subject, horizon, how long it must not have been seen before."""
        spans = f"{span_label(self.horizon)}_unseen_{span_label(self.quiet)}"
        return f"{self.lens.subject}_age_{spans}"

    @property
    def lookback(self) -> int:
        """The horizon, and the quiet before it."""
        return self.horizon + self.quiet

    @property
    def null_rules(self) -> tuple[str, ...]:
        """When it is null."""
        return ("side", "history")

    def value(self, space: Workspace) -> Floats:
        """Return the seconds."""
        key = ("age", self.lens.subject, self.horizon, self.quiet)
        return space.again(key, lambda: self._seconds(space))

    def _seconds(self, space: Workspace) -> Floats:
        history = space.history
        births = history.keep(("births", self.quiet), lambda: _births(history, self.quiet))
        low, high = edge(space, self.lens, -self.horizon), edge(space, self.lens, 0)
        latest = kept_before(high, births.first)
        seen = latest > kept_before(low, births.first)
        since = space.anchors(self.lens).time - births.time[latest]
        ages = np.where(seen, since, self.horizon) / SECOND
        unclear = kept_before(high, births.unclear) > kept_before(low, births.unclear)
        return space.spread(self.lens, np.where(unclear, np.nan, ages))

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return the payments it was first seen with; of an older account none."""
        own = active(space, self.lens, Window(-self.horizon, 0), at)
        first = own[quiet_before(space.history, self.quiet)[own] == self.quiet]
        if not len(first):
            return own[:0]
        instants = activity(space.history).time[first].max(keepdims=True)
        return _rows_at(space.history, _account(space, self.lens, at), instants)
