"""When: the clock, the gaps since the last payment, the share by night."""

from features.catalogue.feature import Feature
from features.catalogue.lenses import (
    PAIR,
    PAIR_BACK,
    RECEIVER_IN,
    RECEIVER_OUT,
    SENDER_IN,
    SENDER_OUT,
    did,
    who,
)
from features.catalogue.settings import SETTINGS
from features.filters import Every, Night
from features.statistics import Gap, Ratio, RowFact, Total
from features.windows import DAY, trailing
from features.workspace import Lens

_DORMANT = ("IND-26",)
_NIGHT = Night(SETTINGS.night_from_hour, SETTINGS.night_to_hour)
_GAPS = {
    SENDER_OUT: "{sender} had last made a payment {value} before.",
    SENDER_IN: "{sender} had last received a payment {value} before.",
    RECEIVER_IN: "{receiver} had last received a payment {value} before.",
    RECEIVER_OUT: "{receiver} had last made a payment {value} before.",
    PAIR: "{sender} had last paid {receiver} {value} before.",
    PAIR_BACK: "{receiver} had last paid {sender} {value} before.",
}


def _night(lens: Lens) -> Feature:
    window = trailing(28 * DAY)
    return Feature(
        "timing",
        Ratio(
            f"{lens.label}_night_share_{window.label}",
            Total(lens, window, _NIGHT),
            Total(lens, window, Every()),
        ),
        "share",
        f"{{value}} of the payments that {who(lens)} {did(lens)} {window.words} were "
        f"{_NIGHT.words}.",
        ("IND-31",),
    )


FEATURES = (
    Feature(
        "timing",
        RowFact("hour"),
        "hour",
        "The payment was made in hour {value} of the day (UTC).",
        ("IND-31",),
    ),
    Feature("timing", RowFact("weekday"), "weekday", "The payment was made on a {value}."),
    *(
        Feature("timing", Gap(lens, 28 * DAY), "seconds", sentence, _DORMANT)
        for lens, sentence in _GAPS.items()
        if lens is not PAIR
    ),
    Feature("timing", Gap(PAIR, 120 * DAY), "seconds", _GAPS[PAIR], ("IND-23",)),
    *(_night(lens) for lens in (SENDER_OUT, RECEIVER_IN)),
)
