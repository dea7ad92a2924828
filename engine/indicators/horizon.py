"""Why a value is not known: too little history, too early, or a source that does not say.

A value can also be null because there is nothing to measure: no payment to take a share of, no
such pair of accounts. That is an answer, and no indicator fires on it.
"""

from dataclasses import dataclass
from functools import lru_cache

from features.catalogue import Feature
from features.catalogue.documentation import null_rules

NOT_COVERED = "not enough history"
NOT_YET = "what happened next is not known yet"
NO_CLOCK = "the source gives days only"
NO_SOURCE = "the data do not say it of these banks or countries"
NO_PEERS = "none of its peers in training had a value to compare with"


@dataclass(frozen=True)
class Horizon:
    """From when to when a dataset knows, in microseconds since 1970, and how finely."""

    coverage_from: int
    as_of: int
    clock_known: bool

    def why(self, feature: Feature, time: int) -> str | None:
        """Say why a feature of a row at ``time`` that is null is not known; None: it is none."""
        reach = Nulls.of(feature)
        if reach.ahead and time + reach.ahead > self.as_of:
            return NOT_YET
        if reach.back and time - reach.back < self.coverage_from:
            return NOT_COVERED
        if reach.clock and not self.clock_known:
            return NO_CLOCK
        return NO_SOURCE if reach.source else None


@dataclass(frozen=True)
class Nulls:
    """What can leave a feature unknown: how far it must see, a clock, what the source tells."""

    back: int
    ahead: int
    clock: bool
    source: bool

    @classmethod
    def of(cls, feature: Feature) -> "Nulls":
        """Return what the feature's null rules say."""
        return _nulls(feature)


@lru_cache(maxsize=4096)
def _nulls(feature: Feature) -> Nulls:
    rules = null_rules(feature.statistic)
    return Nulls(
        feature.statistic.lookback if "history" in rules else 0,
        feature.statistic.lookahead if "ahead" in rules else 0,
        "clock" in rules,
        "source" in rules,
    )
