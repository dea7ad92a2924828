"""Rows of the test part that are left when a way to know them beforehand is taken away."""

from dataclasses import dataclass

import numpy as np

from engine.arrays import Flags, Integers
from experiments.protocol.entrant import Field
from experiments.rows import Rows, micros
from features.windows import DAY

ALL = "all"
_FULL = 0.1
"""A day with less than this share of the median day's rows is sparse."""


@dataclass(frozen=True)
class Subset:
    """Some of the test rows: a mask over them, and what they are."""

    name: str
    about: str
    rows: Flags


def subsets(field: Field) -> list[Subset]:
    """Return all test rows, then what is left of them, each with the reason."""
    rows = field.prepared.rows
    known, begun = known_account(field), begun_before(field)
    made = [
        Subset(ALL, "the test part: a plain cut in time", np.ones(len(field.test), np.bool_)),
        Subset(
            "account-disjoint",
            "rows that touch no account of an illicit row before the test part",
            ~known,
        ),
        Subset("ring-disjoint", "no row of a pattern that began before the test part", ~begun),
        Subset("strict", "account-disjoint and ring-disjoint", ~known & ~begun),
    ]
    dense = field.test.time < last_full_day(rows.time)
    if not dense.all():
        about = "without the days after the last full one: a tenth of the median day's rows"
        made.append(Subset("full days", about, dense))
    return made


def known_account(field: Field) -> Flags:
    """Return which test rows touch an account of an illicit row before the test part.

    Illicit rows are those whose label was known by then, evaluated or not.
    """
    rows, test = field.prepared.rows, field.test
    accounts = _sides(rows, _illicit_before(field))
    return np.isin(test.sender, accounts) | np.isin(test.receiver, accounts)


def begun_before(field: Field) -> Flags:
    """Return which test rows belong to a pattern that has rows before the test part."""
    labels, before = field.prepared.rows.labels, _before(field)
    if labels is None:
        return np.zeros(len(field.test), np.bool_)
    begun = np.unique(labels.pattern[:before][labels.label[:before] == 1])
    return field.test.illicit & np.isin(field.test.pattern, begun)


def last_full_day(time: Integers) -> int:
    """Return the end of the last day with at least a tenth of the median day's rows.

    Days without a row count, from the first row to the last; in microseconds since 1970.

    >>> time = np.repeat([0, 1, 2, 3], [50, 40, 4, 1]) * DAY
    >>> last_full_day(time) // DAY
    3
    """
    first = int(time[0]) // DAY
    rows = np.bincount(time // DAY - first)
    full = np.flatnonzero(rows >= _FULL * np.median(rows))
    return (first + int(full[-1]) + 1) * DAY


def _before(field: Field) -> int:
    rows = field.prepared.rows
    return int(np.searchsorted(rows.time, micros(field.prepared.split.parts[-1].start)))


def _illicit_before(field: Field) -> Integers:
    labels, before = field.prepared.rows.labels, _before(field)
    if labels is None:
        return np.empty(0, np.int64)
    known = labels.known(micros(field.prepared.split.parts[-2].as_of))[:before]
    return np.flatnonzero(known == 1)


def _sides(rows: Rows, at: Integers) -> Integers:
    accounts = np.unique(np.concatenate([rows.sender[at], rows.receiver[at]]))
    return accounts[accounts >= 0]
