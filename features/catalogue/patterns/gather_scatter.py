"""Hubs that many accounts pay, and that then pay many others."""

from features.catalogue.feature import Feature, Unit
from features.catalogue.settings import pattern_settings
from features.patterns.gather_scatter import GatherScatterRule
from features.statistics.patterns.gather_scatter import GatherScatter, Measure

RULE = pattern_settings("gather_scatter", GatherScatterRule)
_SHARE = f"{RULE.low_permille / 10:g} to {RULE.high_permille / 10:g} %"
_SIZE = "{value} or more accounts paid {hub} and as many others were paid by it"
_SAID: dict[Measure, tuple[Unit, str]] = {
    "size": ("accounts", _SIZE),
    "conserving": ("accounts", f"{_SIZE}, {_SHARE} of the money,"),
    "passed_on": ("share", "{hub} paid known accounts {value} of what such had paid it"),
}


def _feature(measure: Measure, *, ahead: bool) -> Feature:
    statistic = GatherScatter(measure, ahead, RULE)
    unit, sentence = _SAID[measure]
    hub = "{receiver}" if ahead else "{sender}"
    said = f"{sentence.replace('{hub}', hub)} {statistic.window.words}."
    return Feature("patterns", statistic, unit, said, ("IND-18",))


FEATURES = tuple(_feature(measure, ahead=ahead) for ahead in (False, True) for measure in _SAID)
