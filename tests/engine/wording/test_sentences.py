"""Sentences of features: low values don't sound high, and days are not spoken of as hours."""

import re

import numpy as np
import pytest

from engine.wording.peers import LOW, is_low, standing
from engine.wording.sentences import in_days, sentence
from engine.wording.words import Money
from features.catalogue import ALL, COMPANY, pick

EURO = Money("EUR", 2)
TWICE = re.compile(r"\b(\w+) \1\b")


def say(name, value, **how):
    return sentence(pick([name])[0], value, "sender", EURO, **how)


def test_a_low_value_is_said_to_be_only_that():
    assert say("sender_out_known_count_28d", 6.0, low=True) == (
        "This account made only 6 payments between known accounts in the 28 days up to then."
    )
    assert say("sender_out_known_amount_7d", 500.0, low=True).startswith(
        "This account made payments between known accounts worth only €5.00"
    )
    assert say("sender_out_cash_share_28d", 0.05, low=True).startswith("Only 5 % of the money")
    assert "only" not in say("sender_out_known_count_28d", 6.0)


def test_nothing_is_not_said_to_be_only_nothing():
    assert "only" not in say("sender_out_known_count_28d", 0.0, low=True)


@pytest.mark.parametrize("name", ["hour", "weekday", "between_banks"])
def test_what_is_no_amount_is_never_only_that(name):
    assert "only" not in say(name, 1.0, low=True)


def test_low_is_the_lowest_quarter():
    assert is_low(LOW)
    assert not is_low(np.nextafter(LOW, 1))
    assert not is_low(None)


def test_a_source_of_days_is_not_worded_in_hours_or_instants():
    for feature in ALL:
        said = in_days(feature.sentence)
        assert "24 hours" not in said, feature.name
        assert "same instant" not in said, feature.name
        assert "up to then" not in said or "hour up to then" in said, feature.name
    assert say("sender_out_known_amount_1d", 300.0, whole_days=True).endswith("on that day.")
    assert "in the 24 hours up to then" in say("sender_out_known_amount_1d", 300.0)


@pytest.mark.parametrize("value", [0.0, 1.0, 2.0, 0.5])
def test_no_sentence_says_a_word_twice_or_counts_one_as_many(value):
    for feature in ALL:
        if feature.unit == "weekday" and value != int(value):
            continue
        for side in ("sender", "receiver"):
            said = sentence(feature, value, side, EURO, low=True)
            assert not TWICE.search(said), said
            assert "{" not in said, said
            if value == 1.0:
                assert not re.search(r"(?<![\d.,])1 (payments|accounts|banks|hops|days)\b", said), (
                    said
                )


@pytest.mark.parametrize(
    ("value", "said"),
    [(0.0, "0"), (0.004, "< 0.01"), (0.3, "0.30"), (1.0, "1.00"), (12.4, "12.40")],
)
def test_how_many_are_expected_is_said_with_two_digits_and_as_an_estimate(value, said):
    assert say("sender_out_expected_suspicious_7d", value) == (
        "Of the other payments that this account made in the 7 days up to then, the expected "
        f"number of illicit ones is {said} (a first model's estimate, not a fact)."
    )


def test_a_low_expected_number_is_said_to_be_only_that():
    said = say("receiver_in_expected_suspicious_1d", 0.02, low=True)
    assert "the expected number of illicit ones is only 0.02 (a first model's estimate" in said
    assert "only" not in say("receiver_in_expected_suspicious_1d", 0.0, low=True)


@pytest.mark.parametrize("feature", COMPANY, ids=lambda feature: feature.name)
def test_a_sentence_on_company_says_which_payments_and_that_it_is_an_estimate(feature):
    lens, window = feature.statistic.lens, feature.statistic.window
    did = "made" if lens.flow == "out" else "received"
    for side in ("sender", "receiver"):
        who = "this account" if lens.subject == side else f"the other account, the {lens.subject},"
        said = sentence(feature, 0.5, side, EURO)
        assert said.startswith(f"Of the other payments that {who} {did} {window.words}, ")
        assert said.endswith(" is 0.50 (a first model's estimate, not a fact).")


def test_where_a_value_stands_is_never_overstated():
    assert (
        standing(0.9999, "accounts in NL", 10)
        == "more than 99.9 % of 10 payments of accounts in NL"
    )
    assert standing(0.5, "all accounts", 1) == "more than 50 % of 1 payment of all accounts"
    assert standing(0.0, "all accounts", 7).startswith("less than any of 7")
    assert standing(float("nan"), "all accounts", 7) == "not known"
