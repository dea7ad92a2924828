"""Too little history is a state of its own: NaN, never new and never dormant."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from oracles.strategies import worlds
from oracles.worlds import BASE, DAY, SECOND, Payment, World, assert_same, same_bits

from features.catalogue import ALL, pick
from features.catalogue.documentation import null_rules
from features.filters import NewPair
from features.statistics import Gap, Ratio, Total

NAMES = [feature.name for feature in ALL]


def judged_alone(statistic):
    """Whether a lonely payment settles it: new, never before, or nothing to compare with."""
    match statistic:
        case Gap() | Total(rows=NewPair()) | Ratio(full_history=True):
            return True
    return False


NEEDS_HISTORY = [f.name for f in ALL if "history" in null_rules(f.statistic)]
LONELY = [f.name for f in ALL if judged_alone(f.statistic)]


@given(worlds())
def test_less_coverage_makes_values_unknown_and_never_other(world):
    full = replace(world, coverage_from=BASE - 1000 * DAY).values(ALL)
    less = world.values(ALL)
    assert (same_bits(full, less) | np.isnan(less)).all()


@given(worlds())
def test_coverage_matters_only_to_what_speaks_of_new_dormant_or_before(world):
    catalogue = tuple(feature for feature in ALL if feature.name not in NEEDS_HISTORY)
    full = replace(world, coverage_from=BASE - 1000 * DAY).values(catalogue)
    assert_same([feature.name for feature in catalogue], full, world.values(catalogue))


@pytest.mark.parametrize("name", LONELY)
@pytest.mark.parametrize("short", [0, 1])
def test_a_lonely_payment_is_judged_once_the_lookback_is_covered(name, short):
    (feature,) = pick([name])
    row = Payment("1", BASE)
    world = World.of([row], coverage_from=BASE - feature.statistic.lookback + short)
    value = world.values([feature])[0, 0]
    if short or "_over_" in name:
        assert np.isnan(value)
    elif "_gap_" in name:
        assert value == feature.statistic.horizon / SECOND
    else:
        assert value == (name.startswith(("sender_out", "receiver_in", "pair_out")))


@pytest.mark.parametrize("name", [name for name in LONELY if "_over_28d_before" in name])
@pytest.mark.parametrize("short", [0, 1])
def test_a_baseline_counts_once_it_is_covered(name, short):
    (feature,) = pick([name])
    rows = [
        Payment(f"{sender}{days}", BASE - days * DAY, sender, receiver)
        for days in (0, 10)
        for sender, receiver in (("a", "b"), ("b", "a"))
    ]
    world = World.of(rows, coverage_from=BASE - 35 * DAY + short)
    values = world.values([feature])[-2:, 0]
    assert np.isnan(values).all() if short else values.tolist() == [4.0, 4.0]


def test_a_seen_gap_needs_no_coverage():
    rows = [Payment("1", BASE - DAY), Payment("2", BASE)]
    world = World.of(rows, coverage_from=BASE - 2 * DAY)
    assert world.values(pick(["sender_out_gap_28d"]))[:, 0].tolist()[1] == 86_400


@given(worlds(precision="day"))
def test_a_source_of_days_says_nothing_of_hours(world):
    finer = [
        name
        for name in NAMES
        if "night" in name or "_1h" in name or "before_1d" in name or name == "hour"
    ]
    values = dict(zip(NAMES, world.values(ALL).T, strict=True))
    assert len(finer) > 5
    for name in finer:
        assert np.isnan(values[name]).all(), name


@given(worlds(precision="day"))
def test_a_source_of_days_tells_all_else_as_any_source_does(world):
    coarse, fine = world.values(ALL), replace(world, precision="second").values(ALL)
    blank = np.isnan(coarse).all(axis=0)
    assert_same(NAMES, coarse[:, ~blank], fine[:, ~blank])
    untold = {name for name, void in zip(NAMES, blank, strict=True) if void}
    told = {n for n in untold if "1h" not in n and "night" not in n and "before_1d" not in n}
    known = ~np.isnan(fine).all(axis=0)
    clocked = {f.name for f in ALL if "clock" in null_rules(f.statistic)}
    assert {n for n in told if known[NAMES.index(n)]} <= clocked
