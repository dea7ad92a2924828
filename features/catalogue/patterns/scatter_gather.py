"""Money that is split among several accounts and joined again."""

from features.catalogue.feature import Feature
from features.catalogue.settings import pattern_settings
from features.patterns.scatter_gather import ScatterGatherRule
from features.statistics.patterns.scatter_gather import Measure, ScatterGather
from features.windows import DAY

RULE = pattern_settings("scatter_gather", ScatterGatherRule)
_WIDTH = 7 * DAY
_SHARE = f"{RULE.low_permille / 10:g} to {RULE.high_permille / 10:g} %"
_BACK: dict[Measure, str] = {
    "intermediaries": "Payments led from one account to {receiver} through {value} accounts "
    "counting {sender}",
    "sources": "From {value} accounts ways led to {receiver} through {sender} and at least one "
    "more account",
    "conserving": f"{{value}} accounts counting {{sender}} passed on {_SHARE} of what one account "
    "had paid them to {receiver}",
}
_AHEAD: dict[Measure, str] = {
    "intermediaries": "Payments led from {sender} to one account through {value} accounts counting "
    "{receiver}",
    "sources": "To {value} accounts ways led from {sender} through {receiver} and at least one "
    "more account",
    "conserving": f"{{value}} accounts counting {{receiver}} passed on {_SHARE} of what {{sender}} "
    "had paid them to one account",
}


def _feature(measure: Measure, *, ahead: bool) -> Feature:
    statistic = ScatterGather(measure, _WIDTH, ahead, RULE)
    sentence = (_AHEAD if ahead else _BACK)[measure]
    return Feature(
        "patterns", statistic, "accounts", f"{sentence} {statistic.window.words}.", ("IND-19",)
    )


FEATURES = tuple(_feature(measure, ahead=ahead) for ahead in (False, True) for measure in _BACK)
