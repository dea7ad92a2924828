"""Sweeps over stretches of rows: who asks, for what and in what pieces changes nothing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles.strategies import worlds
from oracles.worlds import same_bits

from features.catalogue import CATALOGUE
from features.history import History
from features.slices.blocks import measured
from features.slices.planning import Means
from features.statistics.patterns import swept as sweeping
from features.statistics.patterns.swept import expect, swept
from features.workspace import Workspace

STATISTICS = tuple(f.statistic for f in CATALOGUE if f.family == "patterns")


def told(history, rows=None):
    """Return what a fresh workspace tells of some rows, and what it left out."""
    space = Workspace(history, rows)
    return np.array([statistic.value(space) for statistic in STATISTICS]), space.left_out


@settings(max_examples=15)
@given(world=worlds(), first=st.integers(0, 23), count=st.integers(1, 24))
def test_neither_stretches_nor_blocks_change_a_value_or_a_count(world, first, count):
    history, other = world.history(), world.history()
    whole, left_out = told(history)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sweeping, "STRETCH", 5)
        expect(other, 0, len(other))
        found, counts = measured(other, STATISTICS, means=Means(10**9, 2, 1))
        assert same_bits(found, whole).all()
        assert counts == left_out
        some = np.arange(first, first + count) % len(other)
        assert same_bits(told(world.history(), some)[0], whole[:, some]).all()


@settings(max_examples=15)
@given(worlds(), st.integers(0, 23), st.integers(1, 24))
def test_rows_that_nobody_expected_are_answered_too(world, first, count):
    history, other = world.history(), world.history()
    expect(other, min(first, len(other)), min(first + count, len(other)))
    assert same_bits(told(other)[0], told(history)[0]).all()


def numbers(rows):
    """Tell each row its number, and what is left out of it: one."""
    return rows.rows * 3, np.ones(len(rows), np.int64)


@given(worlds())
def test_a_stretch_is_swept_once_for_all_blocks(world):
    history, asked = world.history(), []
    for begin in range(0, len(history), 4):
        space = Workspace(history, np.arange(begin, min(begin + 4, len(history))))
        (found,) = swept(
            space, "numbers", lambda rows: asked.append(len(rows)) or numbers(rows), "left"
        )
        assert found.tolist() == (space.rows * 3).tolist()
        assert space.left_out == {"left": len(space.rows)}
    assert asked == ([len(history)] if len(history) else [])


def test_what_was_told_to_all_is_forgotten_and_told_again_to_who_asks():
    codes, asked = np.arange(8, dtype=np.int32), []
    history = History.of_payments(np.arange(8), codes, codes[::-1].copy(), np.arange(8), 8)
    for begin in (0, 4, 4):
        space = Workspace(history, np.arange(begin, begin + 4))
        (found,) = swept(
            space, "numbers", lambda rows: asked.append(len(rows)) or numbers(rows), "left"
        )
        assert found.tolist() == (space.rows * 3).tolist()
        told = history.keep(("swept", "numbers", 0, 8), list)
        assert (told._columns is None) == (begin == 4 and len(asked) == 1)
    assert asked == [8, 8]


def test_a_few_rows_of_many_are_swept_alone():
    codes, asked = np.arange(1000, dtype=np.int32), []
    history = History.of_payments(np.arange(1000), codes, codes[::-1].copy(), np.arange(1000), 1000)
    space = Workspace(history, np.array([700, 3, 3]))
    (found,) = swept(
        space, "numbers", lambda rows: asked.append(rows.rows.tolist()) or numbers(rows), "left"
    )
    assert found.tolist() == [2100, 9, 9]
    assert asked == [[3, 700]]
