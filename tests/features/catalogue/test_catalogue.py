import re
from dataclasses import replace
from string import Formatter

import pytest
from oracles.worlds import BASE, Payment, World

from features.catalogue import ALL, definition, digest, pick
from features.catalogue.settings import SETTINGS, Settings
from features.slices import matrix
from features.workspace import Workspace

RED_FLAGS = {f"IND-{number:02}" for number in range(1, 47)}


def test_names_are_unique_and_plain():
    names = [feature.name for feature in ALL]
    assert len(set(names)) == len(names)
    for name in names:
        assert re.fullmatch(r"[a-z][a-z0-9_]*[a-z0-9]", name), name


def test_every_red_flag_is_a_published_one_and_named_once():
    for feature in ALL:
        assert set(feature.red_flags) <= RED_FLAGS, feature.name
        assert len(set(feature.red_flags)) == len(feature.red_flags), feature.name


def test_every_sentence_says_its_value_and_no_one_but_the_two_accounts():
    for feature in ALL:
        slots = {slot for _, slot, _, _ in Formatter().parse(feature.sentence) if slot}
        assert "value" in slots, feature.name
        assert slots <= {"value", "sender", "receiver"}, feature.name
        said = feature.sentence.format(value="seven", sender="this one", receiver="that one")
        assert said.endswith("."), feature.name
        assert "  " not in said, feature.name


def test_a_sentence_speaks_of_the_subject_it_measures():
    for feature in ALL:
        lens = feature.statistic.lens
        if lens is not None:
            wanted = ("sender", "receiver") if lens.subject == "pair" else (lens.subject,)
            assert all(f"{{{side}}}" in feature.sentence for side in wanted), feature.name


def test_a_direction_follows_from_how_far_the_statistic_looks():
    for feature in ALL:
        wanted = (
            "leading"
            if feature.statistic.lookahead
            else "trailing"
            if feature.statistic.lookback
            else "row"
        )
        assert feature.direction == wanted
        assert ("_next_" in feature.name) == (wanted == "leading"), feature.name


def test_no_two_features_are_the_same_number_described_twice():
    statistics = [feature.statistic for feature in ALL]
    assert len(set(statistics)) == len(statistics)


CHANGES = {
    "family": lambda feature: replace(feature, family="other"),
    "unit": lambda feature: replace(feature, unit="other"),
    "statistic": lambda feature: replace(feature, statistic=f"not {feature.statistic!r}"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_to_any_feature_changes_the_digest(change):
    whole = digest(ALL)
    seen = {whole}
    for place in range(0, len(ALL), 7):
        changed = list(ALL)
        changed[place] = CHANGES[change](changed[place])
        seen.add(digest(changed))
    assert len(seen) == 1 + len(range(0, len(ALL), 7))


def test_other_words_and_other_red_flags_leave_a_definition_as_it_is():
    for feature in ALL:
        other = replace(feature, sentence="Other words: {value}.", red_flags=("IND-46",))
        assert definition(other) == definition(feature)


def test_every_statistic_has_a_description_of_its_own_and_so_a_digest():
    alone = {digest([feature]) for feature in ALL}
    assert len(alone) == len(ALL)
    reworded = {digest([replace(feature, sentence="", unit="times")]) for feature in ALL}
    assert len(reworded) == len(ALL)


def test_the_digest_knows_the_order_and_the_number():
    assert digest(ALL[::-1]) != digest(ALL)
    assert digest(ALL[:-1]) != digest(ALL)
    assert digest((*ALL, ALL[0])) != digest(ALL)


def test_features_are_picked_by_name_in_the_order_asked():
    names = [ALL[place].name for place in (9, 2, 30)]
    assert [feature.name for feature in pick(names)] == names
    with pytest.raises(KeyError, match="no_such"):
        pick(["no_such"])


def test_picked_features_are_the_columns_of_the_whole():
    space = Workspace(World.of([Payment("1", BASE), Payment("2", BASE + 1)]).history())
    chosen = pick(["sender_out_known_count_28d", "amount"])
    assert matrix(space, chosen).tolist() == [[1.0, 10_000.0], [2.0, 10_000.0]]


def test_the_thresholds_come_from_the_shipped_config():
    assert Settings.load() == SETTINGS
    for threshold in SETTINGS.reporting:
        name = f"sender_out_just_below_{threshold}_count_7d"
        assert pick([name])[0].statistic.rows.depth_percent == SETTINGS.just_below_percent


def test_a_theme_is_a_family_and_whose_payments_are_looked_at():
    one, other, fact = pick(["sender_out_known_count_28d", "sender_out_outside_amount_28d", "hour"])
    assert one.theme == other.theme == "volume and velocity: sender_out"
    assert fact.theme == "timing: payment"
