import pytest

from features.configs import find_config
from features.errors import ConfigError
from features.sources import load_profile


def test_all_mistakes_of_a_profile_are_told_at_once(source):
    broken = source.profile(
        ('precision = "second"', 'precision = "week"\ntimezone = "Mars/Olympus"\nzone = 1'),
        ('currency = "EUR"', 'currency = "euro"'),
        ('account = "to"', "account = 0"),
        ('column = "sum"\n', ""),
        '[[outside]]\nside = "left"\ncolumn = "way"\nmatch = "("',
    )
    with pytest.raises(ConfigError) as error:
        load_profile(broken)
    assert {fault.column for fault in error.value.faults} == {
        "time.precision",
        "time.timezone",
        "time.zone",
        "reporting.currency",
        "receiver.account",
        "amount.column",
        "outside.0.side",
        "outside.0.match",
    }
    wanted = {fault.column: fault.wanted for fault in error.value.faults}
    assert wanted["receiver.account"].startswith("a column name, a position")


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        (('column = "when"', ""), "either column or columns"),
        (('column = "sum"', 'column = "sum"\nthousands = "."'), "the same mark"),
        ('[[swap]]\ncolumn = "way"', "exactly one of values"),
        ('patterns = "amlworld"', r"patterns need \[labels\]"),
        ("words = [", "not a TOML file"),
    ],
)
def test_keys_that_contradict_each_other_are_refused(source, change, wanted):
    with pytest.raises(ConfigError, match=wanted):
        load_profile(source.profile(change))


def test_an_unknown_profile_names_those_that_ship():
    with pytest.raises(ConfigError, match="amlgentex, amlworld, samld"):
        load_profile("nosuch")


@pytest.mark.parametrize("name", ["amlworld", "amlgentex", "samld"])
def test_shipped_profiles_load(name):
    profile = load_profile(name)
    assert profile.name == name
    assert profile.path == find_config(name, "sources")
    assert profile.labels is not None


def test_numbers_and_booleans_stand_for_words(source):
    profile = load_profile(
        source.profile(('outside = ["OUT"]\n[receiver]', "outside = [-1, true]\n[receiver]"))
    )
    assert profile.sender.outside == ["-1", "true"]
