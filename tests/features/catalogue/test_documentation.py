import numpy as np
import pytest
from oracles.worlds import same_bits

from experiments.simulation import WorldConfig, simulate
from features.catalogue import ALL
from features.catalogue.documentation import NULL_RULES, RED_FLAGS, null_rules, page
from features.dataset import Dataset
from features.history import to_microseconds
from features.slices import Suspicion, compute_frame, frame_from_table

UNPREDICTABLE = {"none", "source", "history"}


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    place = tmp_path_factory.mktemp("world") / "data"
    simulate(place, WorldConfig(transactions=3_000, days=60, seed=3))
    return Dataset.open(place)


@pytest.fixture(scope="module")
def suspicion(dataset):
    return Suspicion(0, np.arange(dataset.manifest.rows["transactions"], dtype=np.int32))


@pytest.fixture(scope="module")
def frame(dataset, suspicion):
    return compute_frame(dataset, ALL, suspicion=suspicion)


def _outside(feature, frame):
    known = {
        "sender": frame.sender.is_valid().to_numpy(zero_copy_only=False),
        "receiver": frame.receiver.is_valid().to_numpy(zero_copy_only=False),
        "pair": frame.internal,
    }
    lens = feature.statistic.lens
    return ~known[lens.subject if lens else "pair"]


def _must_be_null(feature, frame, dataset):
    """Which rows the rules that can be told in advance say are null."""
    said, rules = np.zeros(len(frame), np.bool_), null_rules(feature.statistic)
    if "side" in rules:
        said |= _outside(feature, frame)
    if "ahead" in rules:
        as_of = to_microseconds(dataset.manifest.coverage_to)
        said |= frame.time + feature.statistic.lookahead > as_of
    return said


@pytest.mark.parametrize("feature", ALL, ids=lambda feature: feature.name)
def test_a_value_is_null_where_its_rules_say_and_nowhere_else(feature, frame, dataset):
    null = np.isnan(frame.values[:, frame.names.index(feature.name)])
    said = _must_be_null(feature, frame, dataset)
    assert null[said].all()
    if not UNPREDICTABLE & set(null_rules(feature.statistic)):
        assert not null[~said].any()


def test_without_a_first_look_its_features_are_null_and_no_other_changes(frame, dataset):
    without = compute_frame(dataset, ALL)
    for column, feature in enumerate(ALL):
        if "look" in null_rules(feature.statistic):
            assert np.isnan(without.columns[column]).all(), feature.name
        else:
            assert same_bits(without.columns[column], frame.columns[column]).all(), feature.name


def test_a_source_of_days_blanks_what_needs_a_clock_and_nothing_else(frame, dataset, suspicion):
    facts = dataset.manifest
    days = frame_from_table(
        suspicion.beside(dataset.read(), 0),
        ALL,
        coverage_from=facts.coverage_from,
        as_of=facts.coverage_to,
        time_precision="day",
        minor_digits=facts.minor_digits,
    )
    for column, feature in enumerate(ALL):
        null, before = np.isnan(days.values[:, column]), np.isnan(frame.values[:, column])
        wanted = True if "clock" in null_rules(feature.statistic) else before
        assert (null == wanted).all(), feature.name


def test_every_null_rule_is_used():
    used = {rule for feature in ALL for rule in null_rules(feature.statistic)}
    assert used == set(NULL_RULES)


def test_every_red_flag_of_the_catalogue_has_a_source():
    assert {flag for feature in ALL for flag in feature.red_flags} <= set(RED_FLAGS)


def test_every_red_flag_says_where_it_is_published():
    for flag in RED_FLAGS.values():
        assert flag.sources
        assert all(source.publication.link.startswith("https://") for source in flag.sources)
        assert not set("|\n") & set(flag.name)


def test_every_feature_has_its_row():
    text = page()
    for feature in ALL:
        assert text.count(f"| `{feature.name}` |") == 1


def test_every_sentence_has_a_slot_for_the_value_and_speaks_of_the_two_accounts_only():
    for feature in ALL:
        assert "{value}" in feature.sentence, feature.name
        feature.sentence.format(value="", sender="", receiver="")
