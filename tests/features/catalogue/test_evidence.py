"""Promise 6: evidence lies in the declared window, and is all that the value is made of."""

from math import isnan

import numpy as np
from hypothesis import given, settings
from oracles import statistics as oracle
from oracles.strategies import worlds
from oracles.worlds import SECOND, World

from features.catalogue import ALL
from features.statistics import (
    Alike,
    Distinct,
    Gap,
    Largest,
    Mean,
    RowFact,
    Total,
)
from features.statistics.activity import Age, Asleep
from features.statistics.company import Expected
from features.statistics.dwell import Left, Stayed
from features.statistics.patterns.fans import Fan
from features.windows import Window
from features.workspace import Workspace

# What these say is told by payments that are not there, or were matched to others.
BY_OTHERS = (Age, Asleep, Left, Stayed, Fan)


def parts(statistic):
    """Return the statistics that one is made of, or the statistic itself."""
    return [*getattr(statistic, "parts", ())] or [statistic]


CORE = (Total, Alike, Mean, Distinct, Largest, Gap, Expected)


def leaves(statistic):
    """Return the statistics that one is made of in the end."""
    found = parts(statistic)
    return found if found == [statistic] else [leaf for part in found for leaf in leaves(part)]


def by_others(statistic):
    """Whether a value depends on payments that are no evidence, such as earlier ones of a pair."""
    return isinstance(statistic, BY_OTHERS) or getattr(
        getattr(statistic, "rows", None), "history_needed", 0
    )


PARTS = tuple(dict.fromkeys(part for f in ALL for part in leaves(f.statistic)))


def retold(statistic, rows, anchor):
    """Tell a value from evidence rows alone, each of which it takes to be true; None: it can't."""
    value = None
    amounts = [row.amount for row in rows]
    match statistic:
        case Total(weighed=True):
            value = sum(amounts)
        case Total() | Alike():
            value = len(rows)
        case Mean():
            value = sum(amounts) / len(rows)
        case Distinct(lens=lens):
            value = len({row.receiver if lens.flow == "out" else row.sender for row in rows})
        case Largest():
            (value,) = set(amounts)
        case Gap(horizon=horizon):
            (value,) = {(anchor.time - row.time) / SECOND for row in rows} or {horizon / SECOND}
        case Expected():
            assert anchor not in rows
            value = sum(row.suspicion for row in rows) / 1_000_000
        case RowFact():
            assert rows == [anchor]
            value = oracle.value(statistic, World.of(rows), anchor)
    return value


def window_of(statistic):
    if isinstance(statistic, Gap):
        return Window(-statistic.horizon, -1)
    if type(statistic) in CORE:
        return statistic.window
    return Window(-statistic.lookback, statistic.lookahead)


def evidence_of(statistic, world, space, at):
    visible = world.visible
    return [visible[row] for row in statistic.evidence(space, at)]


@settings(max_examples=12)
@given(worlds())
def test_evidence_lies_in_the_window_and_tells_the_value(world):
    space = Workspace(world.history())
    for statistic in PARTS:
        values = statistic.value(space)
        for at in np.flatnonzero(~np.isnan(values)):
            anchor, rows = world.visible[at], evidence_of(statistic, world, space, at)
            assert len({row.id for row in rows}) == len(rows)
            assert retold(statistic, rows, anchor) in {None, values[at]}, statistic.label
            if statistic.lens is not None:
                window = window_of(statistic)
                assert all(oracle.in_window(window, anchor, row) for row in rows), statistic.label
            if type(statistic) in CORE:
                assert all(oracle.belongs(statistic.lens, anchor, row) for row in rows)


@settings(max_examples=12)
@given(worlds())
def test_evidence_and_the_row_alone_give_the_same_value(world):
    """But for rows that are new: that a row is new is told by what is not there."""
    space = Workspace(world.history())
    catalogue = [f for f in ALL if not any(map(by_others, leaves(f.statistic)))]
    assert len(catalogue) > 0.8 * len(ALL)
    for feature in catalogue:
        values = feature.value(space)
        for at in np.flatnonzero(~np.isnan(values)):
            anchor, rows = world.visible[at], evidence_of(feature, world, space, at)
            alone = world.having({anchor, *rows})
            told = oracle.value(feature.statistic, alone, anchor)
            assert told == values[at], feature.name


@given(worlds(most=10))
def test_the_evidence_of_two_numbers_is_that_of_both(world):
    space = Workspace(world.history())
    for feature in ALL:
        for at in range(len(world.visible)):
            both = [evidence_of(part, world, space, at) for part in parts(feature.statistic)]
            wanted = {row.id for rows in both for row in rows}
            found = evidence_of(feature, world, space, at)
            assert sorted(row.id for row in found) == sorted(wanted), feature.name


@given(worlds(most=10))
def test_a_row_without_the_subject_has_no_evidence(world):
    space = Workspace(world.history())
    for statistic in PARTS:
        for at, row in enumerate(world.visible):
            if statistic.lens is not None and not oracle.has_subject(statistic.lens, row):
                assert isnan(statistic.value(space)[at])
                assert not evidence_of(statistic, world, space, at)
