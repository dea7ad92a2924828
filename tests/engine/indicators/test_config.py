"""Indicator configs: what is refused, all of it at once, and what a rule is written out to."""

from pathlib import Path

import pytest

from engine.indicators import load_indicators, parse_indicators
from features.catalogue import CATALOGUE
from features.errors import ConfigError

PATH = Path("flags.toml")
CORE = {f"IND-{number:02}" for number in range(1, 35)}


def config(*rules, head='version = "1"', id_="IND-99", more=""):
    text = f'{head}\n[{id_}]\nname = "Something"\ntypology = "some"\nsource = "A, p. 1"\n{more}\n'
    return text + "\n".join(f"[[{id_}.rules]]\n{rule}" for rule in rules)


def rule(*conditions, side="sender", kind="all"):
    return f'side = "{side}"\n{kind} = {list(conditions)!r}'


def parsed(*rules, **given):
    return parse_indicators(config(*rules, **given), PATH)


def test_the_shipped_config_has_a_version_and_every_core_indicator():
    shipped = load_indicators()
    assert shipped.version
    assert set(shipped.by_id) >= CORE


def test_every_red_flag_of_a_feature_is_an_indicator():
    known = set(load_indicators().by_id)
    for feature in CATALOGUE:
        assert set(feature.red_flags) <= known, feature.name


def test_every_indicator_rests_on_a_feature_that_bears_on_it():
    """All but IND-30, which is about being unlike one's peers in whatever is measured."""
    for each in load_indicators():
        if each.id == "IND-30":
            continue
        shown = [rule.conditions[0].feature for rule in each.rules]
        assert any(each.id in feature.red_flags for feature in shown), each.id


def test_a_condition_is_read_as_it_is_written():
    found = parsed(rule("amount >= 9_000 money", "sender_out_night_share_28d >= 0.95 of peers"))
    one, two = found.items[0].rules[0].conditions
    assert (one.feature.name, one.op, one.threshold, one.peers) == ("amount", ">=", 9000.0, False)
    assert one.level(2) == 900_000.0
    assert one.level(0) == 9000.0
    assert two.peers
    assert two.threshold == 0.95
    assert str(two) == "sender_out_night_share_28d >= 0.95 of peers"


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("90 seconds", 90), ("2 minutes", 120), ("5 hours", 18_000), ("3 days", 259_200)],
)
def test_seconds_may_be_written_in_larger_units(written, seconds):
    found = parsed(rule(f"sender_out_gap_28d >= {written}"))
    assert found.items[0].rules[0].conditions[0].threshold == seconds


def test_both_sides_and_alternatives_are_written_out():
    both = 'side = "both"\nall = ["{side}_in_known_count_28d >= 3 payments"]\n'
    both += 'any = ["{side}_turnover_1d >= 0.9 share", "{side}_turnover_3d >= 0.9 share"]'
    rules = parsed(both).items[0].rules
    assert [each.side for each in rules] == ["sender", "sender", "receiver", "receiver"]
    assert [each.conditions[1].feature.name for each in rules] == [
        "sender_turnover_1d",
        "sender_turnover_3d",
        "receiver_turnover_1d",
        "receiver_turnover_3d",
    ]


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("no_such_feature >= 1 payments", "no feature 'no_such_feature'"),
        ("sender_out_known_count_28d = 1 payments", "wanted 'FEATURE >= NUMBER UNIT'"),
        ("sender_out_known_count_28d >= 1", "wanted 'FEATURE >= NUMBER UNIT'"),
        ("sender_out_known_count_28d >= nan payments", "wanted 'FEATURE >= NUMBER UNIT'"),
        ("sender_out_known_count_28d >= 1 accounts", "in accounts; wanted payments, its unit"),
        ("receiver_in_known_count_28d >= 1 payments", "is of the other side"),
        ("sender_out_known_count_28d >= 0 payments", "always holds"),
        ("sender_out_known_count_28d < -3 payments", "never holds"),
        ("sender_turnover_28d > 1 share", "never holds"),
        ("sender_turnover_28d >= 1.5 share", "never holds"),
        ("sender_turnover_28d <= 1 share", "always holds"),
        ("hour > 23 hour", "never holds"),
        ("channel_cash >= 2 yes/no", "never holds"),
        ("sender_out_gap_28d >= 30 days", "never holds"),
        ("sender_turnover_28d > 0.9 of peers", "no percentile"),
        ("sender_turnover_28d >= 95 of peers", "no percentile"),
        ("sender_turnover_28d >= 0 of peers", "no percentile"),
    ],
)
def test_a_condition_that_cannot_be_meant_is_refused(condition, said):
    with pytest.raises(ConfigError) as refused:
        parsed(rule(condition))
    assert said in str(refused.value)
    assert "IND-99.rules.0" in str(refused.value)


def test_all_mistakes_are_told_at_once():
    text = config(
        rule("no_such >= 1 payments", "sender_turnover_28d >= 7 share"),
        'side = "north"\nall = ["amount >= 1 money"]',
        head="",
        id_="FLAG-1",
        more='goaml = [3]\ncolour = "red"',
    )
    text += "\n[IND-98]\nname = 'Other'\ntypology = 'some'\nsource = 'B'\n"
    text += '[[IND-98.rules]]\nside = "sender"\n[[IND-98.rules]]\nside = "sender"\n'
    text += 'all = ["no_such >= 1 payments"]\nany = ["sender_turnover_28d >= 7 share"]\n'
    with pytest.raises(ConfigError) as refused:
        parse_indicators(text, PATH)
    said = str(refused.value)
    for part in (
        "version",
        "an id such as IND-01",
        "FLAG-1.goaml",
        "FLAG-1.colour",
        "FLAG-1.rules.1.side",
        "IND-98.source",
        "IND-98.rules.0: no conditions",
        "no feature 'no_such'",
        "never holds",
    ):
        assert part in said, part


def test_a_file_without_indicators_or_without_toml_is_refused():
    with pytest.raises(ConfigError, match="0 indicators"):
        parse_indicators('version = "1"', PATH)
    with pytest.raises(ConfigError, match="not a readable TOML"):
        parse_indicators("version = ", PATH)
    with pytest.raises(ConfigError, match="no config"):
        load_indicators("no_such_config")


def test_a_rule_may_not_stand_twice():
    twice = rule("amount >= 5 money")
    with pytest.raises(ConfigError, match="a rule twice"):
        parsed(twice, twice)


def test_the_digest_knows_what_fires_and_not_how_it_is_called():
    one = parsed(rule("amount >= 5 money"))
    assert parsed(rule("amount >= 5 money"), more="# a comment").digest == one.digest
    renamed = config(rule("amount >= 5 money")).replace("Something", "Another name")
    assert parse_indicators(renamed, PATH).digest == one.digest
    for other in (
        parsed(rule("amount >= 6 money")),
        parsed(rule("amount > 5 money")),
        parsed(rule("amount >= 5.00000001 money")),
        parsed(rule("amount >= 5 money", side="receiver")),
        parsed(rule("amount >= 5 money"), more="weight = 2.0"),
        parsed(rule("amount >= 5 money"), head='version = "2"'),
    ):
        assert other.digest != one.digest
    assert parsed(rule("amount >= 6 money")).differing(one) == ("IND-99",)
    assert one.differing(one) == ()


def test_a_model_that_never_looks_ahead_gets_no_rule_that_does():
    leading = rule("receiver_passed_on_next_1d >= 1 times", side="receiver")
    found = parsed(leading, rule("amount >= 5 money")).known_at_once()
    assert [str(each.conditions[0]) for each in found.items[0].rules] == ["amount >= 5 money"]
    for each in load_indicators().known_at_once():
        assert not any(each.leading for each in each.rules)


def test_what_is_measured_begins_with_the_model_s_features_and_has_none_twice():
    own = CATALOGUE[5:9]
    measured = load_indicators().measured(own)
    assert measured[:4] == own
    assert len({feature.name for feature in measured}) == len(measured)
    asked = {condition.feature for _, condition in load_indicators().conditions}
    assert asked <= set(measured)
