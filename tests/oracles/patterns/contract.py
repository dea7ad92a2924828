"""What every statistic about patterns promises, whatever it measures."""

from dataclasses import replace

import numpy as np

from features.workspace import Workspace
from oracles.worlds import same_bits


def column(statistic, world, rows=None):
    """Return a statistic's values of all rows, or of some."""
    return statistic.value(Workspace(world.history(), rows))


def told(values, statistic, world):
    """Return what the slow twin among ``values`` says of all rows."""
    return [values[type(statistic)](statistic, world, row) for row in world.visible]


def check_slow_twins(values, statistics, world):
    """Every value equals its slow twin."""
    space = Workspace(world.history())
    for statistic in statistics:
        np.testing.assert_array_equal(
            statistic.value(space), told(values, statistic, world), err_msg=repr(statistic)
        )


def check_some_rows(statistics, world, chosen):
    """Some rows asked for in any order are answered as all rows are."""
    history, rows = world.history(), np.array(chosen, np.int64)
    for statistic in statistics:
        some, whole = statistic.value(Workspace(history, rows)), statistic.value(Workspace(history))
        assert same_bits(some, whole[rows]).all(), repr(statistic)


def check_order_and_names(statistics, world, chance, letters):
    """Neither names nor the order of simultaneous rows change anything."""
    new = list(letters)
    chance.shuffle(new)
    names = dict(zip(letters, new, strict=True))
    ids = [row.id for row in world.rows]
    chance.shuffle(ids)
    other = world.having(
        replace(row, id=id_, sender=names[row.sender], receiver=names[row.receiver])
        for row, id_ in zip(world.rows, ids, strict=True)
    )
    place = {row.id: n for n, row in enumerate(other.visible)}
    order = [place[id_] for row, id_ in zip(world.rows, ids, strict=True) if row in world.visible]
    for statistic in statistics:
        one, two = column(statistic, world), column(statistic, other)
        assert same_bits(one, two[order]).all(), repr(statistic)


def check_cut(statistics, world, cut):
    """Rows after what a value can know of, and rows before, change nothing."""
    past = world.having(row for row in world.rows if row.time <= cut)
    later = world.having(row for row in world.rows if row.time > cut)
    instants = np.array([row.time for row in world.visible])
    for statistic in statistics:
        whole = column(statistic, world)
        then, since = column(statistic, past), column(statistic, later)
        known = instants[: len(then)] + statistic.lookahead <= cut
        assert same_bits(then, whole[: len(then)])[known].all(), repr(statistic)
        begun = instants[len(instants) - len(since) :] - statistic.lookback >= cut
        assert same_bits(since, whole[len(whole) - len(since) :])[begun].all(), repr(statistic)


def check_evidence(values, statistics, world, *, complete):
    """Evidence lies in the window, and with the row alone gives the same value.

    ``complete``: there is some wherever the value is not 0, and the row is part of it.
    """
    space = Workspace(world.history())
    for statistic in statistics:
        found = statistic.value(space)
        for at in np.flatnonzero(~np.isnan(found)):
            anchor = world.visible[at]
            rows = [world.visible[row] for row in statistic.evidence(space, at)]
            assert len({row.id for row in rows}) == len(rows)
            if complete:
                assert bool(rows) == (found[at] > 0)
                assert not rows or anchor in rows
            reach = (anchor.time - statistic.lookback, anchor.time + statistic.lookahead)
            assert all(reach[0] <= row.time <= reach[1] for row in rows)
            alone = world.having({anchor, *rows})
            assert told(values, statistic, alone)[alone.visible.index(anchor)] == found[at], (
                statistic
            )
