"""Who with whom: strangers, payments returned, banks, and a change of counterparties."""

from features.catalogue.behaviours import BEHAVIOURS
from features.catalogue.feature import Feature
from features.catalogue.lenses import RECEIVER_IN, SENDER_OUT, did, who
from features.filters import Known, NewPair, Returned
from features.places import CrossBorder, Placed
from features.statistics import Ratio, Total
from features.statistics.different import Different
from features.statistics.given import Condition, Given, Holds
from features.statistics.mix import MixShift
from features.windows import DAY, trailing
from features.workspace import Lens

_WEEK, _MONTH = trailing(7 * DAY), trailing(28 * DAY)
_NEW, _RETURNED = NewPair(28 * DAY), Returned(28 * DAY)
_SIDES = (SENDER_OUT, RECEIVER_IN)


def _fan(lens: Lens) -> str:
    return "IND-15" if lens.flow == "in" else "IND-17"


def _new_share(lens: Lens) -> Feature:
    return Feature(
        "counterparties",
        Ratio(
            f"{lens.label}_{_NEW.label}_money_share_{_WEEK.label}",
            Total(lens, _WEEK, _NEW, weighed=True),
            Total(lens, _WEEK, Known(), weighed=True),
        ),
        "share",
        f"{{value}} of the money in the payments between known accounts that {who(lens)} "
        f"{did(lens)} {_WEEK.words} was new: none between the two in the 28 days before.",
        (_fan(lens), "IND-23"),
    )


def _returned_share(lens: Lens) -> Feature:
    return Feature(
        "counterparties",
        Ratio(
            f"{lens.label}_{_RETURNED.label}_share_{_WEEK.label}",
            Total(lens, _WEEK, _RETURNED),
            Total(lens, _WEEK, Known()),
        ),
        "share",
        f"{{value}} of the payments between known accounts that {who(lens)} {did(lens)} "
        f"{_WEEK.words} went to one that had paid the payer in the 28 days before.",
        (_fan(lens),),
    )


def _banks(lens: Lens) -> Feature:
    verb = "was paid out of" if lens.flow == "in" else "paid into"
    return Feature(
        "counterparties",
        Different(lens, _MONTH, "banks"),
        "banks",
        f"{who(lens)} {verb} {{value}} different known banks {_MONTH.words}.",
        ("IND-25",),
    )


def _shift(lens: Lens) -> Feature:
    days = BEHAVIOURS.mix_days
    return Feature(
        "counterparties",
        MixShift(lens, 7 * DAY, days * DAY),
        "share",
        f"With whom {who(lens)} {did(lens)} payments in the last 7 days differs by {{value}} from "
        f"the {days} days before (0: the same shares; 100 %: no account in common).",
        ("IND-23",),
    )


def _abroad() -> Feature:
    window = trailing(30 * DAY)
    return Feature(
        "counterparties",
        Given(
            f"{RECEIVER_IN.label}_cross_border_accounts_30d",
            Different(RECEIVER_IN, window, "accounts", CrossBorder()),
            (Condition(Holds(Placed(), Placed()), low=1.0),),
        ),
        "accounts",
        f"{{receiver}} was paid across a border by {{value}} different known accounts "
        f"{window.words}.",
        ("IND-16",),
    )


FEATURES = (
    *(_new_share(lens) for lens in _SIDES),
    *(_returned_share(lens) for lens in _SIDES),
    _abroad(),
    *(_banks(lens) for lens in _SIDES),
    *(_shift(lens) for lens in _SIDES),
)
