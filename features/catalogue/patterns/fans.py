"""Bursts of payments between accounts that had no dealings before: fans in, and fans out."""

from features.catalogue.feature import Feature
from features.catalogue.settings import pattern_settings
from features.history import Flow
from features.patterns.fans import FanRule
from features.statistics.patterns.fans import AlikeFan, Burst, Fan, OneWayFan
from features.windows import DAY, span_words

RULE = pattern_settings("fans", FanRule)
_WIDTH = 7 * DAY
_NEW = f"{span_words(RULE.horizon)} without any dealings"
_SHARE = f"{RULE.alike_low_permille / 10:g} to {RULE.alike_high_permille / 10:g} %"
_FLAGS: dict[Flow, tuple[str, ...]] = {"in": ("IND-15",), "out": ("IND-17",)}


def _feature(statistic: Fan, more: str, *flags: str) -> Feature:
    if statistic.flow == "in":
        said = f"{{value}} accounts paid {{receiver}} after {_NEW} with it, as {{sender}} did here"
    else:
        said = f"{{sender}} paid {{value}} accounts after {_NEW} with them, as {{receiver}} here"
    sentence = f"{said}, {more}{statistic.around.words}."
    return Feature("patterns", statistic, "accounts", sentence, (*_FLAGS[statistic.flow], *flags))


def _features(flow: Flow, *, ahead: bool) -> tuple[Feature, ...]:
    where = (flow, _WIDTH, ahead, RULE.horizon)
    burst = f"within the fullest {span_words(RULE.burst)} "
    returned = "and had nothing back " if flow == "in" else "and had nothing back from them "
    return (
        _feature(Fan(*where), ""),
        _feature(OneWayFan(*where), returned),
        _feature(Burst(*where, RULE.burst), burst),
    )


def _alike(flow: Flow) -> Feature:
    low, high = RULE.alike_low_permille, RULE.alike_high_permille
    statistic = AlikeFan(flow, _WIDTH, False, RULE.horizon, low, high)
    return _feature(statistic, f"each with {_SHARE} of what was paid here, ", "IND-24")


FEATURES = (
    *(
        feature
        for ahead in (False, True)
        for flow in _FLAGS
        for feature in _features(flow, ahead=ahead)
    ),
    *(_alike(flow) for flow in _FLAGS),
)
