"""Money that comes back to where it started, hop by hop."""

from features.catalogue.feature import Feature, Unit
from features.catalogue.settings import pattern_settings
from features.patterns.cycle import CycleRule
from features.statistics.patterns.cycle import Cycle, CycleMember, Measure
from features.windows import DAY, span_words

RULE = pattern_settings("cycle", CycleRule)
_WIDTH = 7 * DAY
_SHARE = f"{RULE.low_permille / 10:g} to {RULE.high_permille / 10:g} %"
_BACK = "led from {receiver} to {sender}, who then pays {receiver},"
_AHEAD = "led from {receiver} back to {sender}, who had paid {receiver},"
_SAID: dict[Measure, tuple[Unit, str, str]] = {
    "hops": ("hops", "The shortest cycle of payments that", "has {value} hops (0: none)"),
    "count": ("number", "The number of cycles of payments that", "is {value}"),
    "conserving_hops": (
        "hops",
        f"The longest cycle of payments, each {_SHARE} of the one before, that",
        "has {value} hops (0: none)",
    ),
}


def _feature(measure: Measure, *, ahead: bool) -> Feature:
    statistic = Cycle(_WIDTH, RULE, measure, ahead)
    unit, what, value = _SAID[measure]
    led = _AHEAD if ahead else _BACK
    sentence = f"{what} {led} {statistic.window.words} {value}."
    return Feature("patterns", statistic, unit, sentence, ("IND-20",))


FEATURES = (
    *(_feature(measure, ahead=ahead) for ahead in (False, True) for measure in _SAID),
    Feature(
        "patterns",
        CycleMember(_WIDTH, RULE),
        "hops",
        "The shortest cycle of payments that this one from {sender} to {receiver} takes part in, "
        f"within {span_words(_WIDTH)}, has {{value}} hops (0: none).",
        ("IND-20",),
    ),
)
