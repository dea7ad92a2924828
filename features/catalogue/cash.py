"""Cash that comes in at many places and leaves by other means; and how much of it."""

from features.amounts import Below
from features.catalogue.behaviours import BEHAVIOURS
from features.catalogue.feature import Feature
from features.catalogue.lenses import RECEIVER_IN, SENDER_IN, SENDER_OUT, did, who
from features.filters import (
    Both,
    ByChannel,
    NotBy,
    RowFilter,
)
from features.places import Banked, CrossBorder, Placed
from features.statistics import Ratio, RowFact, Total
from features.statistics.different import Commonest, Different
from features.statistics.dwell import Left
from features.statistics.given import Condition, Given, Holds
from features.statistics.peaks import Busiest, LargestOf
from features.windows import DAY, span_words, strictly_before, trailing
from features.workspace import Lens

_CASH = ByChannel("cash")
_OTHERWISE = NotBy("cash")
_MONTH = trailing(28 * DAY)
_SMALL = Both(_CASH, Below(BEHAVIOURS.small_cash))


def _flags(lens: Lens) -> tuple[str, ...]:
    return ("IND-06",) if lens.flow == "in" else ("IND-10",)


def _money(lens: Lens) -> Feature:
    return Feature(
        "volume and velocity",
        Total(lens, _MONTH, _CASH, weighed=True),
        "money",
        f"{who(lens)} {did(lens)} cash payments worth {{value}} {_MONTH.words}.",
        _flags(lens),
    )


def _largest(lens: Lens) -> Feature:
    return Feature(
        "volume and velocity",
        LargestOf(lens, _MONTH, _CASH),
        "money",
        f"The largest cash payment that {who(lens)} {did(lens)} {_MONTH.words} was {{value}}.",
        ("IND-10",),
    )


def _most_in_a_day(lens: Lens) -> Feature:
    return Feature(
        "volume and velocity",
        Busiest(lens, _MONTH, DAY, _CASH),
        "payments",
        f"The most cash payments that {who(lens)} {did(lens)} in any 24 hours {_MONTH.words}: "
        "{value}.",
        ("IND-10",),
    )


def _places(lens: Lens) -> tuple[Feature, ...]:
    banked = Both(_CASH, Banked("sender"))
    banks = Different(lens, _MONTH, "banks", _CASH)
    share = Ratio(
        f"{lens.label}_cash_commonest_bank_share_{_MONTH.label}",
        Commonest(lens, _MONTH, "banks", 1, _CASH),
        Total(lens, _MONTH, banked),
    )
    said = f"{who(lens)} received cash from {{value}} different known"
    flags = ("IND-07",)
    return (
        Feature("geography and channel", banks, "banks", f"{said} banks {_MONTH.words}.", flags),
        Feature(
            "geography and channel",
            share,
            "share",
            f"{{value}} of the cash payments from a known bank that {who(lens)} received "
            f"{_MONTH.words} came from the one used most.",
            flags,
        ),
    )


def _left(lens: Lens, outs: RowFilter, within: int, said: str, flag: str) -> Feature:
    return Feature(
        "flow-through",
        Ratio(
            f"{lens.subject}_cash_left_{outs.label}_within_{within // DAY}d_{_MONTH.label}",
            Left(lens, _MONTH.lookback, _CASH, outs, within),
            Total(lens, _MONTH, _CASH, weighed=True),
        ),
        "share",
        f"{{value}} of the cash that {who(lens)} received {_MONTH.words} left {said} at most "
        f"{span_words(within)} after it came (first in, first out).",
        (flag,),
    )


def _deposits_then_abroad() -> Feature:
    window = strictly_before(30 * DAY)
    return Feature(
        "structuring",
        Given(
            f"amount_over_{SENDER_IN.label}_{_SMALL.label}_30d",
            Ratio("amount", RowFact("amount"), Total(SENDER_IN, window, _SMALL, weighed=True)),
            (
                Condition(Holds(CrossBorder(), Placed()), low=1.0),
                Condition(Total(SENDER_IN, window, _SMALL), low=BEHAVIOURS.small_cash_least),
            ),
        ),
        "times",
        f"The payment crosses a border and is {{value}} times the {_SMALL.words} that {{sender}} "
        f"received {window.words} (0 if it crosses none, or they are fewer than "
        f"{BEHAVIOURS.small_cash_least}).",
        ("IND-09",),
    )


FEATURES = (
    *(_money(lens) for lens in (RECEIVER_IN, SENDER_OUT)),
    *(_largest(lens) for lens in (RECEIVER_IN, SENDER_OUT)),
    *(_most_in_a_day(lens) for lens in (RECEIVER_IN, SENDER_OUT)),
    *(feature for lens in (RECEIVER_IN, SENDER_IN) for feature in _places(lens)),
    *(
        _left(lens, _OTHERWISE, DAY, "by other means", "IND-08")
        for lens in (SENDER_IN, RECEIVER_IN)
    ),
    *(
        _left(lens, CrossBorder(), 3 * DAY, "for another country", "IND-07")
        for lens in (SENDER_IN, RECEIVER_IN)
    ),
    _deposits_then_abroad(),
)
