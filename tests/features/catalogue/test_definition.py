"""What a feature computes is told from how it is said: models are refused for the first only."""

import re
from dataclasses import replace

import pytest

from features.catalogue import ALL, definition
from features.filters import Every, Exchanged, Known, Outside
from features.statistics import Total
from features.windows import DAY, trailing
from features.workspace import Lens


def feature_of(kept):
    total = Total(Lens("sender", "out"), trailing(DAY), kept)
    return replace(ALL[0], statistic=total)


def test_a_sentence_is_no_part_of_a_definition():
    for feature in ALL:
        assert definition(feature) == definition(replace(feature, sentence="{value}"))


@pytest.mark.parametrize("kind", [Every, Known, Outside, Exchanged])
def test_the_words_of_a_filter_are_no_part_of_a_definition(kind):
    assert definition(feature_of(kind())) == definition(feature_of(kind(words="other words")))


def test_what_is_computed_is_a_part_of_it():
    found = [definition(feature_of(kind())) for kind in (Every, Known, Outside, Exchanged)]
    assert len(set(found)) == len(found)
    assert len({definition(feature) for feature in ALL}) == len(ALL)


def test_no_words_are_hidden_in_what_a_definition_is_made_of():
    for feature in ALL:
        assert not re.search(r"words=|sentence=", repr(feature.statistic))
