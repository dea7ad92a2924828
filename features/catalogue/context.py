"""The payment itself: its amount, channel, and whether it crosses banks, countries, currencies."""

from collections.abc import Mapping

from features.catalogue.feature import Feature
from features.catalogue.lenses import RECEIVER_IN, RECEIVER_OUT, SENDER_IN, SENDER_OUT, did, who
from features.dataset.schema import CHANNELS
from features.filters import ByChannel, Every
from features.statistics import Ratio, RowFact, Total
from features.statistics.rows import Fact
from features.windows import DAY, trailing
from features.workspace import Lens

_CHANNEL_FACTS: tuple[Fact, ...] = (
    "cash",
    "wire",
    "card",
    "cheque",
    "ach",
    "crypto",
    "internal",
    "other",
)
if _CHANNEL_FACTS != CHANNELS:
    raise AssertionError("every channel of the dataset is a fact of a row")

_BEARING: Mapping[str, tuple[str, ...]] = {
    "cash": ("IND-06", "IND-08", "IND-10"),
    "card": ("IND-14",),
    "crypto": ("IND-38", "IND-39"),
}
_SHARES = (
    (RECEIVER_IN, "cash", ("IND-06",)),
    (RECEIVER_OUT, "cash", ("IND-10",)),
    (SENDER_IN, "cash", ("IND-08",)),
    (SENDER_OUT, "cash", ("IND-10",)),
    (SENDER_IN, "crypto", ("IND-38",)),
    (RECEIVER_IN, "crypto", ("IND-38",)),
)


def _share(lens: Lens, channel: str, red_flags: tuple[str, ...]) -> Feature:
    window, rows = trailing(28 * DAY), ByChannel(channel)
    return Feature(
        "geography and channel",
        Ratio(
            f"{lens.label}_{channel}_share_{window.label}",
            Total(lens, window, rows, weighed=True),
            Total(lens, window, Every(), weighed=True),
        ),
        "share",
        f"{{value}} of the money in the payments that {who(lens)} {did(lens)} {window.words} was "
        f"{channel}.",
        red_flags,
    )


def _fact(fact: Fact, sentence: str, red_flags: tuple[str, ...] = ()) -> Feature:
    return Feature("geography and channel", RowFact(fact), "yes/no", sentence, red_flags)


FEATURES = (
    Feature("volume and velocity", RowFact("amount"), "money", "The payment is worth {value}."),
    _fact("between_banks", "The payment is between two banks: {value}.", ("IND-25",)),
    _fact("between_countries", "The payment crosses a border: {value}.", ("IND-35",)),
    _fact("between_currencies", "The payment changes currency: {value}.", ("IND-37",)),
    *(
        _fact(channel, f"The payment is by {channel}: {{value}}.", _BEARING.get(channel, ()))
        for channel in _CHANNEL_FACTS
    ),
    *(_share(lens, channel, red_flags) for lens, channel, red_flags in _SHARES),
)
