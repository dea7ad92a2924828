"""Which accounts in which weeks: the highest scored row of each; by budget, or from a score on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from features.history import Codes, Integers
from features.windows import DAY, FIRST_MONDAY
from features.workspace import Floats

WEEK = 7 * DAY
SIDES = ("sender", "receiver")


@dataclass(frozen=True)
class ScoredRows:
    """Rows that can make a candidate, in (timestamp, id) order; account codes, -1: outside.

    ``fired`` holds a bit for each indicator that fired for the sender and for the receiver.
    """

    transaction_id: pa.Array
    time: Integers
    amount: Integers
    sender: Codes
    receiver: Codes
    accounts: pa.Array
    score: Floats
    percentile: Floats
    mature: NDArray[np.bool_]
    fired: NDArray[np.uint64]

    def __len__(self) -> int:
        return len(self.time)


@dataclass(frozen=True)
class Choice:
    """An account in a week, with its peak row: an index into the scored rows.

    ``p_value`` is None where the model has no block of honest account-weeks.
    """

    account: str
    week: int
    row: int
    side: str
    rank: int
    p_value: float | None = None

    @property
    def start(self) -> datetime:
        """Monday midnight, UTC."""
        return datetime(1970, 1, 5, tzinfo=UTC) + timedelta(weeks=self.week)

    @property
    def stop(self) -> datetime:
        """The next Monday's."""
        return self.start + timedelta(weeks=1)

    @property
    def period(self) -> str:
        """The ISO week.

        >>> Choice("a", 0, 0, "sender", 1).period
        '1970-W02'
        """
        year, week, _ = self.start.isocalendar()
        return f"{year}-W{week:02d}"


@dataclass(frozen=True)
class _Entries:
    """Every row once for each of its known sides, the best of each account and week first."""

    rows: ScoredRows
    row: Integers
    side: NDArray[np.int8]
    account: Integers
    week: Integers
    score: Floats
    amount: Integers

    @classmethod
    def of(cls, rows: ScoredRows) -> "_Entries":
        row = np.tile(np.arange(len(rows)), 2)
        side = np.repeat(np.array([0, 1], np.int8), len(rows))
        account = np.concatenate((rows.sender, rows.receiver)).astype(np.int64)
        week = (rows.time[row] - FIRST_MONDAY) // WEEK
        keys = (-rows.amount[row], -rows.score[row], account, week)
        order = np.lexsort(keys)
        order = order[account[order] >= 0]
        row, side = row[order], side[order]
        return cls(rows, row, side, account[order], week[order], rows.score[row], rows.amount[row])

    def groups(self) -> Integers:
        """Return where each account and week begins, and the end."""
        new = np.ones(len(self.row) + 1, np.bool_)
        new[1:-1] = (np.diff(self.account) != 0) | (np.diff(self.week) != 0)
        return np.flatnonzero(new) if len(self.row) else np.zeros(1, np.int64)

    def peak(self, first: int, stop: int) -> int:
        """Return the entry of a group that leads it: of equals, the first id, as sender."""
        last = first
        while (
            last < stop
            and self.score[last] == self.score[first]
            and self.amount[last] == self.amount[first]
        ):
            last += 1
        return min(range(first, last), key=self.key)

    def key(self, entry: int) -> tuple[float, int, str, int]:
        """Return what ranks one entry before another: score, amount, then id."""
        name = self.rows.transaction_id[int(self.row[entry])].as_py()
        return (
            -float(self.score[entry]),
            -int(self.amount[entry]),
            name,
            int(self.side[entry]),
        )


@dataclass(frozen=True)
class AccountWeeks:
    """Every account with scored rows in an ISO week; the highest row of each speaks for it.

    Of equal scores the larger amount comes first, then the smaller id.
    """

    entries: _Entries
    bounds: Integers

    @classmethod
    def of(cls, rows: ScoredRows) -> "AccountWeeks":
        """Group scored rows."""
        entries = _Entries.of(rows)
        return cls(entries, entries.groups())

    @property
    def scores(self) -> Floats:
        """The highest score of each."""
        return self.entries.score[self.bounds[:-1]]

    def best(self, budget: int) -> list[Choice]:
        """Choose the ``budget`` highest scored of each week, in (week, rank) order."""
        chosen: list[Choice] = []
        for groups in _weeks(self.entries.week, self.bounds):
            chosen += self._ranked(_best(self.entries, self.bounds, groups, budget))[:budget]
        return chosen

    def at_least(self, score: float) -> list[Choice]:
        """Choose those that score so high, in (week, rank) order."""
        chosen, high = list[Choice](), self.scores >= score
        for groups in _weeks(self.entries.week, self.bounds):
            chosen += self._ranked(groups[high[groups]])
        return chosen

    def _ranked(self, groups: Integers) -> list[Choice]:
        """Rank groups of one week by their peaks."""
        entries, bounds = self.entries, self.bounds
        peaks = [entries.peak(int(bounds[g]), int(bounds[g + 1])) for g in groups]
        return [
            Choice(
                entries.rows.accounts[int(entries.account[peak])].as_py(),
                int(entries.week[peak]),
                int(entries.row[peak]),
                SIDES[entries.side[peak]],
                rank,
            )
            for rank, peak in enumerate(sorted(peaks, key=entries.key), 1)
        ]


def select(rows: ScoredRows, budget: int) -> list[Choice]:
    """Choose the ``budget`` highest scored accounts of each ISO week, in (week, rank) order."""
    return AccountWeeks.of(rows).best(budget)


def _weeks(week: Integers, bounds: Integers) -> Iterator[Integers]:
    """Yield the numbers of the groups of each week."""
    of_group = week[bounds[:-1]]
    for value in np.unique(of_group):
        yield np.flatnonzero(of_group == value)


def _best(entries: _Entries, bounds: Integers, groups: Integers, budget: int) -> Integers:
    """Return the groups that can be within the budget: all as good as the last that is."""
    firsts = bounds[groups]
    score, amount = entries.score[firsts], entries.amount[firsts]
    order = np.lexsort((-amount, -score))
    if len(order) <= budget:
        return groups[order]
    last = order[budget - 1]
    good = (score > score[last]) | ((score == score[last]) & (amount >= amount[last]))
    chosen: Integers = groups[good]
    return chosen
