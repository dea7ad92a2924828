"""How long money stays, how soon it leaves, and whether it leaves less a commission."""

from features.catalogue.behaviours import BEHAVIOURS
from features.catalogue.feature import Feature
from features.catalogue.lenses import RECEIVER_IN, RECEIVER_OUT, SENDER_IN, SENDER_OUT, who
from features.statistics import Ratio, Total
from features.statistics.commission import Commission
from features.statistics.dwell import Left, Stayed
from features.windows import DAY, HOUR, span_words, trailing
from features.workspace import Lens

_WEEK, _MONTH = trailing(7 * DAY), trailing(28 * DAY)


def _stayed(lens: Lens) -> Feature:
    return Feature(
        "flow-through",
        Stayed(lens, _WEEK.lookback, tenths=5),
        "seconds",
        f"Half of the money that left {who(lens)} {_WEEK.words} had stayed at most {{value}} "
        "(first in, first out).",
        ("IND-12",),
    )


def _left(lens: Lens, within: int) -> Feature:
    return Feature(
        "flow-through",
        Ratio(
            f"{lens.subject}_left_within_{within // DAY}d_{_WEEK.label}",
            Left(lens, _WEEK.lookback, within=within),
            Total(lens, _WEEK, weighed=True),
        ),
        "share",
        f"{{value}} of the money that {who(lens)} received {_WEEK.words} left at most "
        f"{span_words(within)} after it came (first in, first out).",
        ("IND-11", "IND-12"),
    )


def _commission(lens: Lens) -> tuple[Feature, ...]:
    low, high = BEHAVIOURS.commission_from, BEHAVIOURS.commission_to
    within = BEHAVIOURS.commission_hours * HOUR
    count, amount, spread = (
        Commission(lens, _MONTH, "count", within, low, high),
        Commission(lens, _MONTH, "amount", within, low, high),
        Commission(lens, _MONTH, "spread", within, low, high),
    )
    equals = (
        f"a payment that {who(lens)} had received in the {span_words(within)} before, less "
        f"{low / 100:g} to {high / 100:g} %"
    )
    flags = ("IND-13",)
    return (
        Feature(
            "flow-through",
            count,
            "payments",
            f"{{value}} payments that {who(lens)} made {_MONTH.words} equal {equals}.",
            flags,
        ),
        Feature(
            "flow-through",
            Ratio(
                f"{lens.label}_less_commission_share_{_MONTH.label}",
                amount,
                Total(lens, _MONTH, weighed=True),
            ),
            "share",
            f"{{value}} of the money that {who(lens)} paid {_MONTH.words} was in payments that "
            f"equal {equals}.",
            flags,
        ),
        Feature(
            "flow-through",
            spread,
            "share",
            f"Where payments that {who(lens)} made {_MONTH.words} equal {equals}, the commissions "
            "differ by {value} of the sum (standard deviation; the same each time is stronger).",
            flags,
        ),
    )


FEATURES = (
    *(_stayed(lens) for lens in (SENDER_IN, RECEIVER_IN)),
    *(_left(lens, DAY) for lens in (SENDER_IN, RECEIVER_IN)),
    *(feature for lens in (SENDER_OUT, RECEIVER_OUT) for feature in _commission(lens)),
)
