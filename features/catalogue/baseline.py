"""Against the account's own past: the last week over the four weeks before, a payment's size."""

from features.catalogue.feature import Feature
from features.catalogue.lenses import LENSES, RECEIVER_IN, SENDER_OUT, did, who
from features.statistics import Mean, Ratio, RowFact, Total
from features.windows import DAY, Window, strictly_before, trailing
from features.workspace import Lens

_SPIKE = ("IND-29",)
_WEEK = trailing(7 * DAY)
_FOUR_WEEKS_BEFORE = Window(-35 * DAY, -7 * DAY)
_PAST = strictly_before(28 * DAY)


def _spike(lens: Lens) -> Feature:
    return Feature(
        "own baseline",
        Ratio(
            f"{lens.label}_amount_7d_over_28d_before",
            Total(lens, _WEEK, weighed=True),
            Total(lens, _FOUR_WEEKS_BEFORE, weighed=True),
            scale=4.0,
            full_history=True,
        ),
        "times",
        f"In 7 days, the money of payments that {who(lens)} {did(lens)} was {{value}} times the "
        "weekly mean of the 28 days before.",
        _SPIKE,
    )


def _size(lens: Lens) -> Feature:
    return Feature(
        "own baseline",
        Ratio(f"amount_over_{lens.label}_mean_28d", RowFact("amount"), Mean(lens, _PAST)),
        "times",
        f"The amount is {{value}} times the mean payment that {who(lens)} {did(lens)} "
        f"{_PAST.words}.",
        _SPIKE,
    )


FEATURES = (
    *(_spike(lens) for lens in LENSES),
    *(_size(lens) for lens in (SENDER_OUT, RECEIVER_IN)),
)
