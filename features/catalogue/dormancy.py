"""Accounts that wake up, and accounts never seen before: how old, and how much since."""

from features.catalogue.behaviours import BEHAVIOURS
from features.catalogue.feature import Feature
from features.catalogue.lenses import RECEIVER_IN, RECEIVER_OUT, SENDER_OUT, did, who
from features.statistics import Distinct, Total
from features.statistics.activity import Age, Asleep
from features.statistics.given import Condition, Given
from features.statistics.successor import Successor
from features.windows import DAY, SECOND, trailing
from features.workspace import Lens

_WEEK, _MONTH = trailing(7 * DAY), trailing(28 * DAY)
_LONG, _YOUNG = BEHAVIOURS.asleep * DAY, BEHAVIOURS.young * DAY


def _asleep(lens: Lens) -> Asleep:
    return Asleep(lens, _WEEK.lookback, _LONG)


def _age(lens: Lens) -> Age:
    return Age(lens, _YOUNG, BEHAVIOURS.unseen * DAY)


def _sleep(lens: Lens) -> Feature:
    return Feature(
        "timing",
        _asleep(lens),
        "seconds",
        f"Up to a payment in the last 7 days, {who(lens)} had made and received none for {{value}} "
        f"({BEHAVIOURS.asleep} days: or longer).",
        ("IND-26",),
    )


def _awoken(lens: Lens) -> Feature:
    return Feature(
        "timing",
        Given(
            f"{lens.label}_awoken_amount_{_WEEK.label}",
            Total(lens, _WEEK, weighed=True),
            (Condition(_asleep(lens), low=_LONG / SECOND),),
        ),
        "money",
        f"{who(lens)} {did(lens)} payments worth {{value}} {_WEEK.words}, within which it began "
        f"again after {BEHAVIOURS.asleep} days without any (0 if it did not).",
        ("IND-26",),
    )


def _old(lens: Lens) -> Feature:
    return Feature(
        "timing",
        _age(lens),
        "seconds",
        f"{who(lens)} was first seen {{value}} before, after {BEHAVIOURS.unseen} days without any "
        f"payment ({BEHAVIOURS.young} days: or longer).",
        ("IND-27",),
    )


def _young() -> Feature:
    return Feature(
        "timing",
        Given(
            f"{RECEIVER_IN.label}_young_accounts_{_MONTH.label}",
            Distinct(RECEIVER_IN, _MONTH),
            (Condition(_age(RECEIVER_IN), high=_YOUNG / SECOND),),
        ),
        "accounts",
        f"{{receiver}} was paid by {{value}} different known accounts {_MONTH.words}, and was "
        f"first seen in the last {BEHAVIOURS.young} days (0 if it was not).",
        ("IND-27",),
    )


def _successor() -> Feature:
    number = Successor(
        RECEIVER_IN,
        BEHAVIOURS.successor_days * DAY,
        BEHAVIOURS.silent * DAY,
        BEHAVIOURS.successor_least,
        BEHAVIOURS.successor_hub,
        BEHAVIOURS.successor_busy,
        BEHAVIOURS.successor_moving,
    )
    return Feature(
        "timing",
        Given(
            f"{RECEIVER_IN.label}_young_successor_{BEHAVIOURS.successor_days}d",
            number,
            (Condition(_age(RECEIVER_IN), high=_YOUNG / SECOND),),
            apart=True,
        ),
        "share",
        f"{{receiver}} was first seen in the last {BEHAVIOURS.young} days, and {{value}} of the "
        f"accounts that paid one which has received nothing for {BEHAVIOURS.silent} days have "
        f"paid {{receiver}} in the last {BEHAVIOURS.successor_days} (0 if there is no such one).",
        ("IND-28",),
    )


FEATURES = (
    *(_sleep(lens) for lens in (SENDER_OUT, RECEIVER_OUT)),
    *(_awoken(lens) for lens in (SENDER_OUT, RECEIVER_IN)),
    *(_old(lens) for lens in (SENDER_OUT, RECEIVER_OUT)),
    _young(),
    _successor(),
)
