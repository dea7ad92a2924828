"""Planted stories have the shape their type says, and live among honest ones."""

import pandas as pd
import pytest

from experiments.simulation.plots import PLANTED

TYPES = [story.name for story in PLANTED]


def patterns(world, kind):
    found = [
        group
        for _, group in world.planted[world.planted.pattern_type == kind].groupby("pattern_id")
    ]
    assert found
    return found


def flows(pattern):
    """Return what each account of a pattern got and gave, and when."""
    got = pattern.dropna(subset="receiver").groupby("receiver")
    gave = pattern.dropna(subset="sender").groupby("sender")
    parts = [got.amount.sum(), gave.amount.sum(), got.seconds.max(), gave.seconds.min()]
    return pd.concat(parts, axis=1, keys=["got", "gave", "last_got", "first_gave"])


@pytest.mark.parametrize("kind", TYPES)
def test_no_account_passes_money_on_before_it_got_it(world, kind):
    for pattern in patterns(world, kind):
        if kind in {"cycle", "procurement"}:
            continue
        between = flows(pattern).dropna()
        assert (between.first_gave > between.last_got).all()


@pytest.mark.parametrize("kind", ["gather_scatter", "scatter_gather", "street_sales", "stack"])
def test_money_is_passed_on_but_for_a_part(world, kind):
    shares = pd.concat([flows(p).dropna() for p in patterns(world, kind)])
    assert ((shares.gave / shares.got).between(0.6, 1.2)).all()


def test_mules_keep_a_commission(world):
    shares = pd.concat([flows(p).dropna() for p in patterns(world, "mule")])
    kept = 1 - shares.gave / shares.got
    assert 0.01 < kept.median() < 0.12


def test_fans_have_one_centre(world):
    for pattern in patterns(world, "fan_out"):
        assert len(set(pattern.sender)) == 1
        assert len(pattern) >= 4
    for pattern in patterns(world, "fan_in"):
        assert len(set(pattern.receiver)) == 1
        assert len(pattern) >= 4


def test_hubs_gather_and_scatter(world):
    for pattern in patterns(world, "gather_scatter"):
        hub = set(pattern.sender.dropna()) & set(pattern.receiver.dropna())
        assert len(hub) == 1
        assert (pattern.receiver.isin(hub)).sum() >= 2
        assert (pattern.sender.isin(hub)).sum() >= 2


def test_scattered_money_gathers_again(world):
    for pattern in patterns(world, "scatter_gather"):
        (origin,) = set(pattern.sender) - set(pattern.receiver)
        (goal,) = set(pattern.receiver) - set(pattern.sender)
        middle = set(pattern.sender) - {origin}
        assert len(middle) >= 2
        assert set(pattern.receiver) - {goal} == middle


def test_cycles_return_to_their_start_in_order(world):
    for pattern in patterns(world, "cycle"):
        ordered = pattern.sort_values("seconds")
        assert ordered.seconds.is_monotonic_increasing
        assert list(ordered.sender)[1:] == list(ordered.receiver)[:-1]
        assert ordered.receiver.iloc[-1] == ordered.sender.iloc[0]
        assert ordered.sender.is_unique
        assert len(ordered) >= 3


def test_bipartite_sides_are_apart_and_stacks_have_three_layers(world):
    for pattern in patterns(world, "bipartite"):
        assert not set(pattern.sender) & set(pattern.receiver)
        assert pattern.sender.nunique() >= 2
        assert pattern.receiver.nunique() >= 2
    for pattern in patterns(world, "stack"):
        middle = set(pattern.sender) & set(pattern.receiver)
        assert len(middle) >= 2
        assert set(pattern.sender) - middle
        assert set(pattern.receiver) - middle


def test_procurement_has_two_bands_through_an_intermediary(world):
    first = pd.concat([p.nsmallest(1, "seconds") for p in patterns(world, "procurement")])
    assert first.amount.max() < 1_000_00 * 1.02
    largest = pd.Series([p.amount.max() for p in patterns(world, "procurement")])
    assert (largest > 10_000_00).mean() > 0.5


def test_street_sales_gather_few_price_points_from_many_strangers(world):
    for pattern in patterns(world, "street_sales"):
        funnel = pattern.receiver.mode()[0]
        sales = pattern[(pattern.receiver == funnel) & (pattern.currency == "EUR")]
        assert (sales.original_amount % 5 == 0).all()
        assert sales.sender.nunique() >= len(sales.dropna(subset="sender"))


def test_coins_come_from_exchanges(world):
    kinds = world.accounts.to_pandas().set_index("account").kind
    for pattern in patterns(world, "crypto_cash_out"):
        first = pattern.nsmallest(1, "seconds").iloc[0]
        assert first.sender is None or kinds[first.sender] == "exchange"


def test_the_share_aimed_at_is_reached_and_every_type_is_there(world):
    share = len(world.planted) / len(world.rows)
    assert share == pytest.approx(world.config.illicit_share, rel=0.3)
    assert set(world.planted.pattern_type) == set(TYPES)


def test_types_are_spread_over_time(world):
    rows = world.planted
    start = rows.groupby("pattern_id").agg(time=("seconds", "min"), kind=("pattern_type", "first"))
    thirds = pd.cut(start.time, 3, labels=False)
    assert (thirds.groupby(start.kind).nunique() >= 2).all()


def test_planted_spans_reach_from_hours_to_weeks(world):
    span = world.planted.groupby("pattern_id").seconds.agg(lambda s: s.max() - s.min()) / 3600
    assert span.min() < 12
    assert (span > 4 * 24).mean() > 0.1
    assert span.max() > 7 * 24
