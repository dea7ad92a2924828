"""Money that passes from account to account."""

from features.catalogue.feature import Feature, Unit
from features.catalogue.settings import pattern_settings
from features.patterns.chain import ChainRule
from features.statistics.patterns.chain import Chain, ChainMember, Measure
from features.windows import DAY, span_words

RULE = pattern_settings("chain", ChainRule)
_WIDTH = 7 * DAY
_KEPT = f"each {RULE.low_permille / 10:g} to {RULE.high_permille / 10:g} % of the one before,"
_ON = f"each at most {RULE.pass_on_hours} hours after the one before,"
_BACK = "ended with this one from {sender} to {receiver}"
_AHEAD = "began with this one from {sender} to {receiver}"
_SAID: dict[Measure, tuple[Unit, str]] = {
    "hops": (
        "hops",
        f"The longest chain of payments, {_ON} that {{led}} {{when}} has {{value}} hops.",
    ),
    "conserving_hops": (
        "hops",
        f"The longest chain of payments, {_KEPT} that {{led}} {{when}} has {{value}} hops.",
    ),
    "kept": (
        "share",
        f"In a chain of payments, {_KEPT} that {{led}} {{when}}, {{value}} came to the end.",
    ),
}


def _feature(measure: Measure, *, ahead: bool) -> Feature:
    statistic = Chain(_WIDTH, RULE, measure, ahead)
    unit, sentence = _SAID[measure]
    led, when = _AHEAD if ahead else _BACK, statistic.window.words
    said = sentence.replace("{led}", led).replace("{when}", when)
    return Feature("patterns", statistic, unit, said, ("IND-21",))


def _member(*, conserving: bool) -> Feature:
    how = _KEPT if conserving else _ON
    sentence = (
        f"The longest chain of payments, {how} that this one from {{sender}} to {{receiver}} is "
        f"part of, within {span_words(_WIDTH)}, has {{value}} hops."
    )
    statistic = ChainMember(_WIDTH, RULE, conserving)
    return Feature("patterns", statistic, "hops", sentence, ("IND-21",))


FEATURES = (
    *(_feature(measure, ahead=ahead) for ahead in (False, True) for measure in _SAID),
    *(_member(conserving=conserving) for conserving in (False, True)),
)
