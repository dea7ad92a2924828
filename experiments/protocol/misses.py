"""Where the misses are: illicit test rows by size, history and account, and how many are found.

And the false alarms: honest rows that are flagged, by whether they touch an account of laundering.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from engine.arrays import Flags, Integers
from experiments.evaluation.means import Ranked
from experiments.protocol.entrant import Field
from experiments.protocol.subsets import known_account

_HISTORY = (0, 1, 10, 100)


@dataclass(frozen=True)
class Group:
    """Some illicit rows, and how many of them are flagged, on average over the seeds."""

    by: str
    group: str
    illicit: int
    found: float
    recall: float


@dataclass(frozen=True)
class FalseAlarms:
    """Honest rows that are flagged, on average, and how many touch an account of laundering."""

    flagged: float
    touching: float
    share: float


def groups(field: Field, rankings: Sequence[Ranked]) -> list[Group]:
    """Divide the illicit test rows by amount, by the sender's history, by what was known before."""
    illicit, found = field.test.illicit, _flagged(rankings)
    return [
        Group(by, name, int(own.sum()), float(found[own].sum()), float(found[own].mean()))
        for by, name, rows in _divided(field)
        if (own := rows & illicit).any()
    ]


def false_alarms(field: Field, rankings: Sequence[Ranked]) -> FalseAlarms:
    """Say how many honest rows are flagged, and next to whom."""
    test, found = field.test, _flagged(rankings)
    rows, labels = field.prepared.rows, field.prepared.rows.labels
    guilty = np.empty(0, np.int64)
    if labels is not None:
        at = labels.known() == 1
        guilty = np.unique(np.concatenate([rows.sender[at], rows.receiver[at]]))
    known = guilty[guilty >= 0]
    touching = np.isin(test.sender, known) | np.isin(test.receiver, known)
    honest = ~test.illicit
    flagged, near = float(found[honest].sum()), float(found[honest & touching].sum())
    return FalseAlarms(flagged, near, near / flagged if flagged else float("nan"))


def _flagged(rankings: Sequence[Ranked]) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Return the share of the seeds that flag each row."""
    flagged = np.array([one.score >= (one.threshold or 0.0) for one in rankings], np.float64)
    return np.asarray(flagged.mean(axis=0), np.float64)


def _divided(field: Field) -> Iterator[tuple[str, str, Flags]]:
    amount, illicit = field.test.amount, field.test.illicit
    edges = np.quantile(amount[illicit], (0.25, 0.5, 0.75)) if illicit.any() else np.zeros(3)
    quarter = np.searchsorted(edges, amount, side="left")
    for k, name in enumerate(("smallest", "small", "large", "largest")):
        yield "amount, quarter", name, quarter == k
    earlier = earlier_payments(field)
    for low, high in zip(_HISTORY, (*_HISTORY[1:], np.inf), strict=True):
        name = f"{low} or more" if high == np.inf else f"{low} to {high - 1:g}"
        yield "earlier payments of the sender", name, (earlier >= low) & (earlier < high)
    known = known_account(field)
    yield "an account of laundering before the test part", "yes", known
    yield "an account of laundering before the test part", "no", ~known


def earlier_payments(field: Field) -> Integers:
    """Return how many strictly earlier payments the sender of each test row had made."""
    rows = field.prepared.rows
    order = np.lexsort((rows.time, rows.sender))
    sender, time = rows.sender[order], rows.time[order]
    new = np.diff(sender, prepend=-2) != 0
    later = new | (np.diff(time, prepend=-1) != 0)
    place = np.arange(len(order))
    began = np.maximum.accumulate(np.where(new, place, 0))
    instant = np.maximum.accumulate(np.where(later, place, 0))
    earlier = np.empty(len(order), np.int64)
    earlier[order] = instant - began
    counted: Integers = earlier[field.test_at]
    return counted
