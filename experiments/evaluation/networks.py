"""Which networks a list of candidates shows, and how late: time and money until the first sight."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from engine.arrays import Flags, Floats, Integers
from experiments.evaluation.truth import Truth, week_begins

NONE = "none"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HOUR = 3_600_000_000
_SHOWN = 0.5
"""A row tied at the edge of a list is shown where at least half of it is."""


@dataclass(frozen=True)
class NetworkFound:
    """One network: what it moved, and what it had moved when a listed candidate first showed it.

    ``first_shown`` is the time of its first payment that a listed candidate shows, ``listed`` the
    end of that payment's week, when the list is made; both are None for a network never shown.
    Amounts are minor units: before ``first_shown``, and before ``listed``.
    """

    pattern: str
    kind: str
    rows: int
    rows_shown: float
    amount: int
    first: str
    first_shown: str | None
    hours_until_shown: float
    amount_before_shown: int
    listed: str | None
    amount_before_listed: int


def network_rows(truth: Truth) -> Flags:
    """Return the illicit rows that belong to a network.

    A network is a pattern of a named type, or one of two rows or more.
    """
    _, place, count = np.unique(truth.pattern, return_inverse=True, return_counts=True)
    several: Flags = (truth.kind != NONE) | (count[place] > 1)
    return truth.illicit & several


def networks_shown(truth: Truth, caught: Floats) -> tuple[float, int]:
    """Return how many networks are shown, each as far as its best row is, and how many there are.

    ``caught`` (n,) says how much of each row is shown, 0 to 1.
    """
    rows = network_rows(truth)
    names, number = np.unique(truth.pattern[rows], return_inverse=True)
    best = np.zeros(len(names))
    np.maximum.at(best, number, caught[rows])
    return float(best.sum()), len(names)


def networks(truth: Truth, caught: Floats, names: Sequence[str] = ()) -> list[NetworkFound]:
    """Describe every network, the first to begin first; ``names`` are the patterns', by number."""
    rows = np.flatnonzero(network_rows(truth))
    rows = rows[np.lexsort((truth.time[rows], truth.pattern[rows]))]
    edges = np.flatnonzero(np.diff(truth.pattern[rows])) + 1
    found = [_network(truth, caught, own, names) for own in np.split(rows, edges) if len(own)]
    return sorted(found, key=lambda one: (one.first, one.pattern))


@dataclass(frozen=True)
class Lateness:
    """How late the networks of one type are shown, and what they had moved by then.

    Hours are the median over those shown; amounts are minor units of all networks of the type,
    and of one that is never shown all it moved.
    """

    kind: str
    networks: int
    shown: int
    median_hours_until_shown: float
    amount: int
    amount_before_shown: int
    share_before_shown: float
    amount_before_listed: int
    share_before_listed: float


def lateness(found: Sequence[NetworkFound]) -> list[Lateness]:
    """Add up the networks of each type, and of all."""
    kinds = sorted({one.kind for one in found})
    own = [(kind, [one for one in found if one.kind == kind]) for kind in kinds]
    return [_late(kind, few) for kind, few in [*own, ("all", list(found))] if few]


def _late(kind: str, found: Sequence[NetworkFound]) -> Lateness:
    hours = [one.hours_until_shown for one in found if one.first_shown is not None]
    amount = sum(one.amount for one in found)
    shown = sum(one.amount_before_shown for one in found)
    listed = sum(one.amount_before_listed for one in found)
    return Lateness(
        kind=kind,
        networks=len(found),
        shown=len(hours),
        median_hours_until_shown=float(np.median(hours)) if hours else float("nan"),
        amount=amount,
        amount_before_shown=shown,
        share_before_shown=shown / amount if amount else float("nan"),
        amount_before_listed=listed,
        share_before_listed=listed / amount if amount else float("nan"),
    )


def _network(truth: Truth, caught: Floats, rows: Integers, names: Sequence[str]) -> NetworkFound:
    number = int(truth.pattern[rows[0]])
    time, amount = truth.time[rows], truth.amount[rows]
    seen = time[caught[rows] >= _SHOWN]
    shown = int(seen[0]) if len(seen) else None
    listed = None if shown is None else int(week_begins(truth.week[rows][time == shown][:1] + 1)[0])
    return NetworkFound(
        pattern=names[number] if number < len(names) else str(number),
        kind=str(truth.kind[rows[0]]),
        rows=len(rows),
        rows_shown=float(caught[rows].sum()),
        amount=int(amount.sum()),
        first=_words(int(time[0])),
        first_shown=None if shown is None else _words(shown),
        hours_until_shown=float("nan") if shown is None else (shown - int(time[0])) / _HOUR,
        amount_before_shown=_before(amount, time, shown),
        listed=None if listed is None else _words(listed),
        amount_before_listed=_before(amount, time, listed),
    )


def _before(amount: Integers, time: Integers, moment: int | None) -> int:
    """Return what was moved before an instant; all of it where the instant never comes."""
    return int(amount.sum() if moment is None else amount[time < moment].sum())


def _words(time: int) -> str:
    return (_EPOCH + timedelta(microseconds=time)).isoformat()
