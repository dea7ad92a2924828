"""Payments at the same time of day, in bursts, far above the usual; and ordinary life."""

from features.catalogue.behaviours import BEHAVIOURS
from features.catalogue.feature import Feature
from features.catalogue.lenses import RECEIVER_IN, RECEIVER_OUT, SENDER_OUT, did, who
from features.filters import ByChannels
from features.statistics import Ratio, Total
from features.statistics.clock import SameClock
from features.statistics.peaks import Busiest
from features.statistics.spike import Spike
from features.windows import DAY, HOUR, span_words, trailing
from features.workspace import Lens

_WEEK, _MONTH = trailing(7 * DAY), trailing(28 * DAY)
_ORDINARY = ByChannels("ordinary", BEHAVIOURS.ordinary)
_SIDES = (SENDER_OUT, RECEIVER_IN)


def _same_clock(lens: Lens) -> Feature:
    return Feature(
        "timing",
        SameClock(lens, _MONTH, BEHAVIOURS.clock_least),
        "number",
        f"The times of day of the payments that {who(lens)} {did(lens)} {_MONTH.words} gather to "
        "{value} (1: all at one time of day; 0: evenly around the clock).",
        ("IND-31",),
    )


def _busiest(lens: Lens, span: int) -> Feature:
    flags = ("IND-31", "IND-32") if span == HOUR else ("IND-32",)
    within = "hour" if span == HOUR else span_words(span)
    return Feature(
        "timing",
        Busiest(lens, _WEEK, span),
        "payments",
        f"The most payments that {who(lens)} {did(lens)} in any {within} {_WEEK.words}: {{value}}.",
        flags,
    )


def _spike(lens: Lens) -> Feature:
    return Feature(
        "own baseline",
        Spike(lens, BEHAVIOURS.spike_weeks, weighed=True),
        "number",
        f"The money of the payments that {who(lens)} {did(lens)} in the last 7 days is {{value}} "
        f"usual differences above the median of the {BEHAVIOURS.spike_weeks} weeks before.",
        ("IND-29",),
    )


def _ordinary(lens: Lens) -> Feature:
    return Feature(
        "geography and channel",
        Ratio(
            f"{lens.label}_ordinary_share_{_MONTH.label}",
            Total(lens, _MONTH, _ORDINARY, weighed=True),
            Total(lens, _MONTH, weighed=True),
        ),
        "share",
        f"{{value}} of the money in the payments that {who(lens)} {did(lens)} {_MONTH.words} was "
        f"in {_ORDINARY.words}.",
        ("IND-14",),
    )


FEATURES = (
    *(_same_clock(lens) for lens in _SIDES),
    *(_busiest(lens, span) for lens in _SIDES for span in (HOUR, DAY)),
    *(_spike(lens) for lens in _SIDES),
    *(_ordinary(lens) for lens in (SENDER_OUT, RECEIVER_OUT)),
)
