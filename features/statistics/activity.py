"""Accounts that wake up or were never seen before: any payment, in or out, is activity."""

from dataclasses import dataclass

import numpy as np

from features.history import History, Integers, Ledger
from features.kernels.ledger import earlier_time
from features.kernels.sieve import kept_between, sieve_blocks
from features.kernels.windows import edges_after, largest_between
from features.statistics.statistic import Backward
from features.windows import SECOND, Window, span_label
from features.workspace import Floats, Lens, Workspace

_NEVER = -(2**62)
UNKNOWN = 2**62


def activity(history: History) -> Ledger:
    """Return every account's payments of both directions; ``order`` is twice the row's number."""
    return history.keep("activity", lambda: _activity(history))


def _activity(history: History) -> Ledger:
    both = np.empty(2 * len(history), np.int32)
    both[0::2], both[1::2] = history.sender, history.receiver
    return Ledger.build(both, history.accounts, history.time.repeat(2))


def quiet_before(history: History, horizon: int) -> Integers:
    """Return how long nothing had happened before each of the activities, at most ``horizon``.

    `UNKNOWN` where nothing is found and less than the horizon is covered.
    """
    return history.keep(("quiet", horizon), lambda: _quiet(history, horizon))


def _quiet(history: History, horizon: int) -> Integers:
    ledger = activity(history)
    gaps = ledger.time - earlier_time(ledger.time, ledger.starts, _NEVER)
    unseen = ledger.time - horizon < history.coverage_from
    quiet: Integers = np.where(gaps < horizon, gaps, np.where(unseen, UNKNOWN, horizon))
    return quiet


def edge(space: Workspace, lens: Lens, shift: int) -> Integers:
    """Return the first activity later than ``t + shift`` of each anchor's account.

    Shifts that were asked for about other rows of the history are computed in the same go.
    """
    kept: dict[int, Integers] = space.shared(("activity", lens.subject), dict)
    if shift not in kept:
        asked = space.history.keep("activity shifts", set[int])
        asked.add(shift)
        wanted = np.array([each for each in sorted(asked) if each not in kept])
        anchors, ledger = space.anchors(lens), activity(space.history)
        edges = edges_after(anchors.groups, anchors.time, wanted, ledger.starts, ledger.time)
        kept.update(zip(wanted.tolist(), np.split(edges, len(wanted)), strict=True))
    return kept[shift]


def active(space: Workspace, lens: Lens, window: Window, at: int) -> Integers:
    """Return one row's activities in a window, as positions in the ledger of activity."""
    account = space.history.groups_of(lens.subject, "out")[space.rows[at]]
    ledger = activity(space.history)
    if account < 0:
        return np.empty(0, np.int64)
    own = np.arange(ledger.starts[account], ledger.starts[account + 1])
    times = ledger.time[own] - space.time[at]
    inside: Integers = own[(times > window.start) & (times <= window.stop)]
    return inside


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
        return space.shared(key, lambda: self._seconds(space)).copy()

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
        ledger = activity(space.history)
        own = active(space, self.lens, Window(-self.width, 0), at)
        if not len(own):
            return own
        quiet = quiet_before(space.history, self.horizon)[own]
        longest = quiet.max()
        woken = ledger.time[own[quiet == longest]].max()
        both = active(space, self.lens, Window(-self.lookback, 0), at)
        times = ledger.time[both]
        chosen = both[(times == woken) | (times == woken - longest)]
        return np.unique(ledger.order[chosen] // 2)


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
        return space.shared(key, lambda: self._seconds(space)).copy()

    def _seconds(self, space: Workspace) -> Floats:
        history = space.history
        births = history.keep(("births", self.quiet), lambda: _births(history, self.quiet))
        low, high = edge(space, self.lens, -self.horizon), edge(space, self.lens, 0)
        times, before = space.anchors(self.lens).time, np.zeros(len(low), np.int64)
        latest = births.time[kept_between(before, high, births.first)]
        seen = kept_between(low, high, births.first) > 0
        ages = np.where(seen, times - latest, self.horizon) / SECOND
        unclear = kept_between(low, high, births.unclear) > 0
        return space.spread(self.lens, np.where(unclear, np.nan, ages))

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return the payments it was first seen with; of an older account none."""
        ledger, own = (
            activity(space.history),
            active(space, self.lens, Window(-self.horizon, 0), at),
        )
        first = own[quiet_before(space.history, self.quiet)[own] == self.quiet]
        times = ledger.time[first]
        return np.unique(ledger.order[first[times == times.max(initial=_NEVER)]] // 2)
