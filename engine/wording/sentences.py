"""A feature's sentence with its value and the accounts it speaks of."""

import math
import re

from engine.wording.quantity import quantity
from engine.wording.words import UNKNOWN, Money
from features.catalogue import Feature

_ONE = re.compile(
    r"(?<![\d.,])(1 (?:different |known |\w+ )?(?:known )?(?:payment|account|time))s\b"
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def sentence(feature: Feature, value: float, side: str, money: Money) -> str:
    """Say what a feature's value means for the candidate on ``side`` of the payment.

    What can't be known is said to be so.
    """
    names = _names(side)
    if not math.isfinite(value):
        text = feature.sentence.format(value=f"an {UNKNOWN} number or amount", **names)
        return f"Not known, for want of data to measure it: {text}"
    text = singular(feature.sentence.format(value=_said(feature, value, money), **names))
    return text[0].upper() + text[1:]


def singular(text: str) -> str:
    """Mend the plural after a one.

    >>> singular("paid 1 different known accounts"), singular("was 1 times as much, 11 payments")
    ('paid 1 different known account', 'was 1 time as much, 11 payments')
    """
    return _ONE.sub(r"\g<1>", text)


def _names(side: str) -> dict[str, str]:
    own, other = "this account", "the other account"
    return {
        "sender": own if side == "sender" else f"{other}, the sender,",
        "receiver": own if side == "receiver" else f"{other}, the receiver,",
    }


def _said(feature: Feature, value: float, money: Money) -> str:
    if feature.unit == "weekday":
        return _DAYS[int(value)]
    if feature.unit == "yes/no":
        return "yes" if value else "no"
    if feature.unit in {"payments", "accounts", "hour", "times"}:
        return quantity(value, "count", money)
    return quantity(value, feature.unit, money)
