"""Amounts chosen to stay small or look plain: just below a threshold, round."""

from features.catalogue.feature import Feature
from features.catalogue.lenses import MONTH, RECEIVER_IN, SENDER_OUT, WEEK, did, who
from features.catalogue.settings import SETTINGS
from features.filters import Every, JustBelow, RoundAmount
from features.statistics import Ratio, Total
from features.workspace import Lens


def _just_below(lens: Lens, threshold: int) -> Feature:
    rows = JustBelow(threshold, SETTINGS.just_below_percent)
    return Feature(
        "structuring",
        Total(lens, WEEK, rows),
        "payments",
        f"{who(lens)} {did(lens)} {{value}} {rows.words} {WEEK.words}.",
        ("IND-01", "IND-02"),
    )


def _just_below_share(lens: Lens, threshold: int) -> Feature:
    rows = JustBelow(threshold, SETTINGS.just_below_percent)
    return Feature(
        "structuring",
        Ratio(
            f"{lens.label}_{rows.label}_share_{WEEK.label}",
            Total(lens, WEEK, rows),
            Total(lens, WEEK, Every()),
        ),
        "share",
        f"{{value}} of the payments that {who(lens)} {did(lens)} {WEEK.words} were {rows.words}.",
        ("IND-01",),
    )


def _round(lens: Lens) -> Feature:
    rows, window = RoundAmount(SETTINGS.round_step), MONTH
    return Feature(
        "structuring",
        Ratio(
            f"{lens.label}_{rows.label}_share_{window.label}",
            Total(lens, window, rows),
            Total(lens, window, Every()),
        ),
        "share",
        f"{{value}} of the payments that {who(lens)} {did(lens)} {window.words} were {rows.words}.",
        ("IND-33",),
    )


_SIDES = (SENDER_OUT, RECEIVER_IN)

FEATURES = (
    *(_just_below(lens, threshold) for lens in _SIDES for threshold in SETTINGS.reporting),
    *(_just_below_share(lens, 3000) for lens in _SIDES),
    *(_round(lens) for lens in _SIDES),
)
