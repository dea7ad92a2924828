"""What each published red flag is about, told in a few payments, and a story that is not it."""

from dataclasses import replace

import numpy as np
import pytest
from oracles.worlds import BASE, DAY, HOUR, Payment, World

from features.catalogue import pick
from features.catalogue.behaviours import BEHAVIOURS, LISTS, Behaviours, CountryLists

DEPOSIT = Payment("", BASE, None, "a", channel="cash", sender_bank="x")


def paid(number, time, sender, receiver, amount=100_00, **facts):
    return Payment(f"t{number:03}", BASE + time, sender, receiver, amount, **facts)


def last(rows, name, **facts):
    """Return a feature of the last payment."""
    return World.of(rows, **facts).values(pick([name]))[-1, 0]


def deposits(count, amount, apart=HOUR):
    return [
        replace(DEPOSIT, id=f"d{n:03}", time=BASE + n * apart, amount=amount, sender_bank=f"b{n}")
        for n in range(count)
    ]


@pytest.mark.parametrize(
    ("count", "amount", "wanted"), [(4, 3000_00, 1.2), (2, 9000_00, 0.0), (3, 10_000_00, 0.0)]
)
def test_small_deposits_add_up_to_the_threshold_if_many_and_none_reaches_it(count, amount, wanted):
    for name in ("receiver_in_aggregated_10000_1d", "receiver_in_cash_aggregated_10000_1d"):
        assert last(deposits(count, amount), name) == wanted


def test_deposits_through_several_banks_are_counted_by_bank():
    rows = deposits(3, 3000_00)
    assert last(rows, "receiver_in_cash_below_10000_banks_2d") == 3
    assert last(rows, "receiver_in_cash_commonest_bank_share_28d") == pytest.approx(1 / 3)
    assert last(deposits(3, 10_000_00), "receiver_in_cash_below_10000_banks_2d") == 0


@pytest.mark.parametrize(
    ("amounts", "wanted"),
    [((600_00, 600_00), 1.2), ((1200_00,), 0.0), ((600_00, 1000_00), 0.0), ((1_00, 1_00), 0.002)],
)
def test_a_sum_split_within_the_hour_is_put_together_again(amounts, wanted):
    rows = [paid(n, n * HOUR // 2, "a", "b", amount) for n, amount in enumerate(amounts)]
    assert last(rows, "pair_out_split_1000_1h") == wanted


def test_small_sums_to_one_receiver_abroad_need_a_border_and_known_countries():
    def rows(**facts):
        return [paid(n, n * DAY, "a", "b", 100_00, **facts) for n in range(4)]

    name = "pair_out_10_to_100_cross_border_count_30d"
    assert last(rows(sender_country="DE", receiver_country="FR"), name) == 4
    assert last(rows(sender_country="DE", receiver_country="DE"), name) == 0
    assert np.isnan(last(rows(sender_country="DE"), name))


@pytest.mark.parametrize(("country", "wanted"), [("FR", 0.95), ("DE", 0.0)])
def test_many_small_deposits_then_one_payment_abroad(country, wanted):
    places = {"sender_country": "DE", "receiver_country": country}
    rows = [*deposits(4, 2500_00), paid(9, 5 * HOUR, "a", "b", 9500_00, **places)]
    name = "amount_over_sender_in_cash_below_3000_30d"
    assert last(rows, name) == wanted
    assert last(rows[2:], name) == 0


def test_cash_that_leaves_by_wire_left_and_cash_that_stays_or_leaves_as_cash_did_not():
    share = "sender_cash_left_not_cash_within_1d_28d"
    wire = paid(9, 5 * HOUR, "a", "b", 5000_00)
    assert last([*deposits(4, 2500_00), wire], share) == 0.5
    assert last([*deposits(4, 2500_00), replace(wire, channel="cash")], share) == 0
    assert last([*deposits(4, 2500_00), replace(wire, time=BASE + 3 * DAY)], share) == 0


def test_the_oldest_money_leaves_first_and_what_left_had_stayed_as_long():
    rows = [
        paid(1, 0, "z", "a", 30_00),
        paid(2, 10 * HOUR, "z", "a", 70_00),
        paid(3, 12 * HOUR, "a", "b", 60_00),
    ]
    assert last(rows, "sender_stayed_median_7d") == 2 * 3600
    assert last(rows, "sender_left_within_1d_7d") == 0.6


def test_money_that_leaves_at_the_instant_it_came_was_not_passed_on_first_in_first_out():
    rows = [paid(1, 0, "z", "a"), paid(2, 0, "a", "b")]
    assert last(rows, "sender_left_within_1d_7d") == 0
    assert np.isnan(last(rows, "sender_stayed_median_7d"))


@pytest.mark.parametrize("order", ["12", "21"])
@pytest.mark.parametrize(
    ("other", "left"),
    [
        ({"channel": "cash"}, "sender_cash_left_not_cash_within_1d_28d"),
        ({"receiver_country": "DE"}, "sender_cash_left_cross_border_within_3d_28d"),
    ],
)
def test_of_simultaneous_payments_what_they_are_decides_which_goes_first(order, other, left):
    way = {"sender_country": "DE", "receiver_country": "FR", "channel": "wire"}
    leaving = [
        replace(paid(9, HOUR, "a", "b", 60_00, **way | facts), id=f"x{name}")
        for name, facts in zip(order, ({}, other), strict=True)
    ]
    found = last([replace(DEPOSIT, id="d", amount=70_00), *leaving], left)
    assert found == 10 / 70


def test_a_commission_that_is_the_same_each_time_has_no_spread():
    def rows(kept):
        return [
            row
            for n, share in enumerate(kept)
            for row in (
                paid(2 * n, n * 7 * DAY, "z", "a", 1000_00 + n),
                paid(2 * n + 1, n * 7 * DAY + HOUR, "a", "b", (1000_00 + n) * share // 100),
            )
        ]

    for kept, spread in (((95, 95, 95), 0.0), ((92, 95, 98), np.sqrt(6) / 100)):
        found = last(rows(kept), "sender_out_less_commission_spread_within_3d_28d")
        assert found == pytest.approx(spread, abs=2e-4)
        assert last(rows(kept), "sender_out_less_commission_share_28d") == 1
    assert np.isnan(last(rows((95, 95)), "sender_out_less_commission_spread_within_3d_28d"))
    assert last(rows((80, 80, 80)), "sender_out_less_commission_share_28d") == 0


def test_a_sleeper_wakes_and_short_coverage_is_no_sleep():
    rows = [paid(1, 0, "a", "b"), paid(2, 100 * DAY, "c", "b", 7_00)]
    name = "receiver_in_awoken_amount_7d"
    assert last(rows, name) == 7_00
    assert last([replace(rows[0], time=BASE + 30 * DAY), rows[1]], name) == 0
    assert np.isnan(last(rows[1:], name, coverage_from=BASE + 50 * DAY))


@pytest.mark.parametrize(("short", "known"), [(0, True), (1, False)])
def test_sleep_and_age_are_known_once_what_they_look_for_is_covered(short, known):
    row = paid(1, 0, "a", "b")
    for name, days in (("receiver_asleep_80d_ended_7d", 80), ("receiver_age_30d_unseen_60d", 60)):
        found = last([row], name, coverage_from=BASE - days * DAY + short)
        assert np.isnan(found) != known


def test_a_payment_the_other_way_keeps_an_account_awake():
    rows = [paid(1, 0, "a", "b"), paid(2, 60 * DAY, "b", "z"), paid(3, 100 * DAY, "c", "b")]
    assert last(rows, "receiver_asleep_80d_ended_7d") == 40 * 86_400


def test_a_young_account_has_an_age_and_an_old_one_the_horizon():
    rows = [paid(n, n * 9 * DAY, "a", "b") for n in range(4)]
    ages = World.of(rows).values(pick(["receiver_age_30d_unseen_60d"]))[:, 0] / 86_400
    assert ages.tolist() == [0, 9, 18, 27]
    assert last([*rows, paid(9, 40 * DAY, "a", "b")], "receiver_age_30d_unseen_60d") == 30 * 86_400
    unknown = World.of(rows, coverage_from=BASE - DAY).values(pick(["receiver_age_30d_unseen_60d"]))
    assert np.isnan(unknown).all()


@pytest.mark.parametrize(("heard", "wanted"), [(False, 1.0), (True, 0.0)])
def test_a_successor_is_paid_by_those_who_paid_one_that_fell_silent(heard, wanted):
    rows = [paid(n, n * DAY, payer, "old") for n, payer in enumerate("wxyz")]
    rows += [paid(10 + n, 20 * DAY + n * HOUR, payer, "new") for n, payer in enumerate("wxyz")]
    if heard:
        rows.append(paid(9, 19 * DAY, "v", "old"))
    assert last(rows, "receiver_in_young_successor_30d") == wanted


def test_an_old_account_is_no_successor():
    rows = [paid(n, n * DAY, payer, "old") for n, payer in enumerate("wxyz")]
    rows += [paid(10 + n, 20 * DAY + n * HOUR, payer, "new") for n, payer in enumerate("wxyz")]
    rows.append(paid(8, -31 * DAY, "v", "new"))
    assert last(rows, "receiver_in_young_successor_30d") == 0


def test_payments_at_one_time_of_day_gather_and_spread_ones_do_not():
    daily = [paid(n, n * DAY + 9 * HOUR, "a", "b") for n in range(6)]
    spread = [paid(n, n * DAY + 4 * n * HOUR, "a", "b") for n in range(6)]
    assert last(daily, "sender_out_same_clock_28d") == pytest.approx(1)
    assert last(spread, "sender_out_same_clock_28d") == pytest.approx(0, abs=1e-9)
    assert np.isnan(last(daily[:4], "sender_out_same_clock_28d"))


def test_a_burst_within_an_hour_is_seen_across_the_full_hour():
    rows = [paid(n, 50 * 60_000_000 + n * 5 * 60_000_000, "a", "b") for n in range(5)]
    rows.append(paid(9, 2 * DAY, "a", "b"))
    assert last(rows, "sender_out_most_in_1h_7d") == 5
    assert last(rows, "sender_out_most_in_1d_7d") == 5


def test_price_points_make_a_ladder_and_odd_amounts_do_not():
    def rows(amounts):
        return [paid(n, n * HOUR, f"p{n}", "a", amount) for n, amount in enumerate(amounts)]

    prices = [20_00, 40_00, 60_00, 80_00, 100_00] * 3
    assert last(rows(prices), "receiver_in_price_ladder_28d") == 1
    assert last(rows(range(20_00, 35_00, 100)), "receiver_in_price_ladder_28d") == 5 / 15
    assert np.isnan(last(rows(prices[:9]), "receiver_in_price_ladder_28d"))
    assert last(rows(prices), "receiver_in_below_500_known_accounts_28d") == 15


@pytest.mark.parametrize(
    ("amount", "near"),
    [(48_999, 0), (49_000, 1), (51_000, 1), (51_001, 0), (99_000, 1), (1_000, 0)],
)
def test_near_a_multiple_is_two_percent_of_the_step_at_most(amount, near):
    row = paid(1, 0, "a", "b", amount * 100)
    assert last([row], "sender_out_near_50000_money_share_28d") == near


def test_a_corridor_needs_a_border_and_not_the_country_alone():
    name = "is_to_fatf_call_for_action"
    for sender, receiver, wanted in (("DE", "IR", 1), ("IR", "IR", 0), ("IR", "DE", 0)):
        row = paid(1, 0, "a", "b", sender_country=sender, receiver_country=receiver)
        assert last([row], name) == wanted
    assert np.isnan(last([paid(1, 0, "a", "b", receiver_country="IR")], name))


def test_routing_through_an_intermediary_is_seen_at_its_second_leg():
    way = {"sender_country": "HK", "receiver_country": "CN"}
    rows = [paid(1, 0, "z", "a", 1000_00), paid(2, DAY, "a", "b", 900_00, **way)]
    name = "sender_in_alike_routed_for_precursors_before_7d"
    assert last(rows, name) == 1
    assert last([rows[0], replace(rows[1], amount=800_00)], name) == 0
    assert last([rows[0], replace(rows[1], sender_country="DE")], name) == 0


def test_crypto_that_came_and_went_on_in_cash():
    rows = [paid(1, 0, None, "a", channel="crypto"), paid(2, DAY, "a", None, channel="cash")]
    assert last(rows, "sender_crypto_left_cash_within_3d_28d") == 1
    assert last(rows, "sender_crypto_in_of_both_90d") == 1


def test_a_new_mix_of_counterparties_has_shifted_and_the_old_one_has_not():
    past = [paid(n, n * DAY, "a", "bc"[n % 2]) for n in range(71)]
    same = [paid(100 + n, 84 * DAY + n * HOUR, "a", "bc"[n % 2]) for n in range(8)]
    other = [replace(row, receiver="d") for row in same]
    name = "sender_out_mix_shift_7d_over_77d_before"
    assert last([*past, *same], name) == pytest.approx(0, abs=1e-6)
    assert last([*past, *other], name) == pytest.approx(1)


def test_a_week_far_above_steady_weeks_is_a_spike():
    steady = [paid(n, n * DAY, "a", "b") for n in range(84)]
    name = "sender_out_amount_7d_spike_over_11_weeks"
    assert last(steady, name) == 0
    burst = [paid(100 + n, 83 * DAY + n, "a", "b") for n in range(1, 11)]
    assert last([*steady, *burst], name) == 10 * 100  # of at least one euro each


def test_the_numbers_and_lists_come_from_the_shipped_configs():
    assert Behaviours.load() == BEHAVIOURS
    assert CountryLists.load() == LISTS
    assert LISTS.call_for_action.countries == ("IR", "KP", "MM")
    assert len(LISTS.increased_monitoring.countries) == 20
    assert len(LISTS.drug_majors.countries) == 23
    for one in vars(LISTS).values():
        assert len(set(one.countries)) == len(one.countries)
        assert all(len(code) == 2 and code.isupper() for code in one.countries)
