"""Where indicators fire: as the slow twin says, for known accounts, never on what is unknown."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from oracles.indicators import state

from engine.indicators import Horizon, Watch, parse_indicators
from engine.indicators.horizon import NO_CLOCK, NO_SOURCE, NOT_COVERED, NOT_YET
from engine.indicators.watching import bit
from engine.peers import SIDES
from features.catalogue import pick


@pytest.fixture(scope="module")
def flags(small):
    return small.watch.flags(small.frame.values, small.frame.time, small.groups)


def row_of(small, at):
    values = dict(zip(small.frame.names, small.frame.values[at], strict=True))
    return {"time": int(small.frame.time[at]), "values": values}


def test_every_state_is_that_of_the_slow_twin(small, flags):
    horizon = (small.horizon.coverage_from, small.horizon.as_of, small.horizon.clock_known)
    for at in range(0, len(small.frame), 29):
        row = row_of(small, at)
        for column, side in enumerate(SIDES):
            own = small.groups[side][at]
            for place, each in enumerate(small.indicators):
                wanted = False
                if own >= 0:
                    group = lambda value, own=own: (np.array([value]), np.array([own]))  # noqa: E731
                    wanted = state(
                        small.indicators, each.id, side, row, small.peers, group, horizon
                    )
                fired = bool(bit(flags.fired[at, column], place))
                unknown = bool(bit(flags.unknown[at, column], place))
                assert (fired, unknown) == (wanted is True, wanted is None), (each.id, side, at)


def test_many_indicators_fire_somewhere_and_none_everywhere(small, flags):
    shares = {
        each.id: np.mean([flags.of(each.id, side).mean() for side in SIDES])
        for each in small.indicators
    }
    assert sum(share > 0 for share in shares.values()) >= len(shares) / 3
    assert max(shares.values()) < 0.2


def test_the_world_outside_fires_nothing(small, flags):
    for column, side in enumerate(SIDES):
        outside = small.groups[side] < 0
        assert outside.any()
        assert not flags.fired[outside, column].any()
        assert not flags.unknown[outside, column].any()


def test_nothing_is_both_fired_and_unknown(flags):
    assert not (flags.fired & flags.unknown).any()


def test_a_row_fires_the_same_alone_and_in_any_batch(small, flags):
    for at in range(0, len(small.frame), 211):
        groups = {side: small.groups[side][at : at + 1] for side in SIDES}
        alone = small.watch.flags(
            small.frame.values[at : at + 1], small.frame.time[at : at + 1], groups
        )
        assert np.array_equal(alone.fired[0], flags.fired[at])
        assert np.array_equal(alone.unknown[0], flags.unknown[at])


def test_one_row_in_detail_agrees_with_the_batch(small, flags):
    for at in range(0, len(small.frame), 37):
        values, time = small.frame.values[at], int(small.frame.time[at])
        for column, side in enumerate(SIDES):
            group = int(small.groups[side][at])
            for place in range(len(small.indicators)):
                held = small.watch.held(place, side, values, group)
                assert (held is not None) == bit(flags.fired[at, column], place)
                if held is None:
                    why = small.watch.unknown(place, side, values, time, group)
                    assert bool(why) == bit(flags.unknown[at, column], place)


def test_the_first_weeks_are_said_to_lack_history_and_the_last_days_to_lack_what_follows(small):
    said = {"first": set(), "last": set()}
    for name, rows in (
        ("first", range(40)),
        ("last", range(len(small.frame) - 40, len(small.frame))),
    ):
        for at in rows:
            for side in SIDES:
                for place in range(len(small.indicators)):
                    said[name] |= set(
                        small.watch.unknown(
                            place,
                            side,
                            small.frame.values[at],
                            int(small.frame.time[at]),
                            int(small.groups[side][at]),
                        )
                    )
    assert NOT_COVERED in said["first"]
    assert NOT_COVERED not in said["last"]


def test_why_a_value_is_unknown(small):
    day = 86_400_000_000
    horizon = Horizon(0, 100 * day, clock_known=False)
    gap, after, hour, banks, share = pick(
        [
            "sender_out_gap_28d",
            "receiver_passed_on_next_7d",
            "sender_out_night_share_28d",
            "between_banks",
            "sender_turnover_28d",
        ]
    )
    assert horizon.why(gap, 20 * day) == NOT_COVERED
    assert horizon.why(gap, 50 * day) is None
    assert horizon.why(after, 95 * day) == NOT_YET
    assert horizon.why(after, 50 * day) is None
    assert horizon.why(hour, 50 * day) == NO_CLOCK
    assert replace(horizon, clock_known=True).why(hour, 50 * day) is None
    assert horizon.why(banks, 50 * day) == NO_SOURCE
    assert horizon.why(share, 1) is None


def test_flags_are_named_by_row_and_side(small, flags):
    at = int(np.flatnonzero(flags.fired[:, 1])[0])
    named = flags.named(at, "receiver")
    assert named
    assert all(flags.of(id_, "receiver")[at] for id_ in named)
    others = {each.id for each in small.indicators} - set(named)
    assert not any(flags.of(id_, "receiver")[at] for id_ in others)


def test_the_score_of_the_rules_is_the_weighted_count_of_what_fired(small, flags):
    counted = np.zeros(len(flags))
    for each in small.indicators:
        counted += flags.of(each.id, "sender") | flags.of(each.id, "receiver")
    assert np.array_equal(flags.rule_score(), counted)


def test_weights_count(small):
    text = small.indicators.text.replace('typology = "', 'weight = 2.5\ntypology = "')
    heavy = parse_indicators(text, Path("heavy.toml"))
    watch = Watch(heavy, small.features, small.peers, 2, small.horizon)
    args = (small.frame.values, small.frame.time, small.groups)
    assert np.allclose(watch.flags(*args).rule_score(), 2.5 * small.watch.flags(*args).rule_score())


@pytest.mark.parametrize(("digits", "found"), [(2, [True, False]), (0, [True, True])])
def test_money_is_asked_for_in_major_units(small, digits, found):
    text = 'version = "1"\n[IND-99]\nname = "Large"\ntypology = "some"\nsource = "none"\n'
    text += '[[IND-99.rules]]\nside = "sender"\nall = ["amount >= 100 money"]\n'
    watch = Watch(
        parse_indicators(text, Path("x.toml")), small.features, small.peers, digits, small.horizon
    )
    values = np.full((2, len(small.features)), np.nan)
    values[:, [f.name for f in small.features].index("amount")] = [10_000.0, 9_999.0]
    flags = watch.flags(values, np.zeros(2, np.int64), dict.fromkeys(SIDES, np.zeros(2, np.int64)))
    assert flags.of("IND-99", "sender").tolist() == found
