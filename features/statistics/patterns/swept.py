"""What one sweep over many rows tells of each, kept small for all blocks that ask."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from threading import Lock
from typing import TypeVar, cast

import numpy as np

from features.history import Codes, History, Integers
from features.history.kept import Kept
from features.workspace import Floats, Workspace

STRETCH = 2**20
"""How many rows are swept together: the more, the less is walked twice, and the more memory."""
_WORTH = 256  # rows of a stretch for each row asked about, up to which the whole stretch is swept
_SMALL = (np.int8, np.int16, np.int32)
_Made = TypeVar("_Made")


@dataclass(frozen=True)
class Rows:
    """Some rows of a history, rising, and what is made of them for several sweeps."""

    history: History
    rows: Integers
    _kept: Kept = field(default_factory=Kept, repr=False, compare=False)

    def __len__(self) -> int:
        return len(self.rows)

    def shared(self, key: Hashable, make: Callable[[], _Made]) -> _Made:
        """Return what ``make`` gives, made once for all sweeps that ask by this key."""
        return self._kept.get(key, make)


class _Told:
    """What a sweep tells of a stretch, kept until so many rows were asked about as it has.

    Blocks ask once each, so by then nobody waits for it; who comes later sweeps anew.
    """

    def __init__(self, rows: int) -> None:
        self._rows = self._waiting = rows
        self._columns: tuple[Integers, ...] | None = None
        self._lock = Lock()

    def between(
        self, first: int, last: int, make: Callable[[], tuple[Integers, ...]]
    ) -> list[Integers]:
        """Return what is told of some rows of the stretch; ``make`` tells it of all."""
        with self._lock:
            columns = make() if self._columns is None else self._columns
            self._waiting -= last - first
            done = self._waiting <= 0
            self._columns = None if done else columns
            self._waiting = self._rows if done else self._waiting
        return [told[first:last] for told in columns]


Sweep = Callable[[Rows], Sequence[Integers]]
"""Tells whole numbers of some rows: columns as long as they are many."""


def expect(history: History, first: int, last: int) -> None:
    """Say which rows of a history will be asked about, so that no others are swept with them."""
    history.keep("rows expected", lambda: (first, last))


def swept(space: Workspace, key: Hashable, sweep: Sweep, *left_out: str) -> tuple[Integers, ...]:
    """Return what a sweep tells of the rows asked about; equal keys are equal sweeps.

    What a row is told depends on no other row asked about. So of many rows whole stretches are
    swept, once for all blocks of the history: a block alone would walk anew what lies before it.
    The last columns are not returned where they are named: they count what was left out.
    """

    def make() -> tuple[Integers, ...]:
        told = _gathered(space, key, sweep)
        cut = len(told) - len(left_out)
        for what, counts in zip(left_out, told[cut:], strict=True):
            space.leave_out(what, int(counts.sum()))
        return told[:cut]

    return space.shared(("swept", key), make)


def floats(space: Workspace, told: Integers) -> Floats:
    """Return numbers as values: NaN where a side of the row is unknown."""
    values = told.astype(np.float64)
    values[space.shared("outside", lambda: _outside(space))] = np.nan
    return values


def _outside(space: Workspace) -> Integers:
    return np.flatnonzero(~space.history.internal[space.rows])


def _gathered(space: Workspace, key: Hashable, sweep: Sweep) -> tuple[Integers, ...]:
    rows, history = space.rows, space.history
    first, last = (int(rows.min()), int(rows.max()) + 1) if len(rows) else (0, 0)
    stretches = [(a, b) for a, b in _stretches(history) if a < last and b > first]
    many = sum(b - a for a, b in stretches)
    if not many or many > _WORTH * len(rows) or stretches[0][0] > first or stretches[-1][1] < last:
        chosen, place = np.unique(rows, return_inverse=True)
        return tuple(told[place] for told in sweep(_rows(space, "alone", lambda: chosen)))
    parts = [
        _told_of(space, key, a, b).between(
            max(first, a) - a, min(last, b) - a, partial(_told, space, sweep, a, b)
        )
        for a, b in stretches
    ]
    columns = [
        part[0] if len(part) == 1 else np.concatenate(part) for part in zip(*parts, strict=True)
    ]
    if space.shared("consecutive", lambda: bool((np.diff(rows) == 1).all())):
        return tuple(columns)
    return tuple(column[rows - first] for column in columns)


def _stretches(history: History) -> list[tuple[int, int]]:
    """Cut the rows expected (all rows of the history) into stretches of about equal size."""
    first, last = history.keep("rows expected", lambda: (0, len(history)))
    count = -(-(last - first) // STRETCH)
    return list(pairwise(first + (last - first) * k // max(count, 1) for k in range(count + 1)))


def _told_of(space: Workspace, key: Hashable, first: int, last: int) -> _Told:
    return space.history.keep(("swept", key, first, last), lambda: _Told(last - first))


def _told(space: Workspace, sweep: Sweep, first: int, last: int) -> tuple[Integers, ...]:
    rows = _rows(space, (first, last), lambda: np.arange(first, last))
    return tuple(map(in_few_bytes, sweep(rows)))


def _rows(space: Workspace, name: Hashable, rows: Callable[[], Integers]) -> Rows:
    return space.shared(("rows swept", name), lambda: Rows(space.history, rows()))


def in_few_bytes(told: Integers | Codes) -> Integers:
    """Return whole numbers in as few bytes as hold them all."""
    least, most = told.min(initial=0), told.max(initial=0)
    for kind in _SMALL:
        if np.iinfo(kind).min <= least and most <= np.iinfo(kind).max:
            return cast("Integers", told.astype(kind, copy=False))
    return cast("Integers", told)
