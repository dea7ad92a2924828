"""Amounts chosen to stay small or look plain: just below a threshold, round."""

from features.catalogue.feature import Feature
from features.catalogue.lenses import LENSES, RECEIVER_IN, SENDER_OUT, did, who
from features.catalogue.settings import SETTINGS
from features.filters import Every, JustBelow, RoundAmount
from features.statistics import Ratio, Total
from features.windows import DAY, Window, trailing
from features.workspace import Lens

_WINDOWS = (trailing(DAY), trailing(7 * DAY))


def _just_below(lens: Lens, threshold: int, window: Window) -> tuple[Feature, Feature]:
    rows = JustBelow(threshold, SETTINGS.just_below_percent)
    share = f"{lens.label}_{rows.label}_share_{window.label}"
    return (
        Feature(
            "structuring",
            Total(lens, window, rows),
            "payments",
            f"{who(lens)} {did(lens)} {{value}} {rows.words} {window.words}.",
            ("IND-01", "IND-02"),
        ),
        Feature(
            "structuring",
            Ratio(share, Total(lens, window, rows), Total(lens, window, Every())),
            "share",
            f"{{value}} of the payments that {who(lens)} {did(lens)} {window.words} were "
            f"{rows.words}.",
            ("IND-01",),
        ),
    )


def _round(lens: Lens) -> Feature:
    rows, window = RoundAmount(SETTINGS.round_step), trailing(28 * DAY)
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


FEATURES = (
    *(
        feature
        for lens in (SENDER_OUT, RECEIVER_IN)
        for threshold in SETTINGS.reporting
        for window in _WINDOWS
        for feature in _just_below(lens, threshold, window)
    ),
    *(_round(lens) for lens in LENSES),
)
