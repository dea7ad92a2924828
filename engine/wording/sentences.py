"""A feature's sentence with its value and the accounts it speaks of."""

import math
import re

from engine.wording.quantity import WEEKDAYS, quantity
from engine.wording.words import UNKNOWN, Money, expected
from features.catalogue import Feature

PAYMENT = "payment"
"""In place of a side: the sentence speaks of the sender and the receiver."""
_ONE = re.compile(
    r"(?<![\d.,])(1 (?:different |known |\w+ )?(?:known )?(?:payment|account|time|hop|bank|day))s\b"
)
_ONE_COUNTRY = re.compile(r"(?<![\d.,])(1 (?:\w+ )?)countries\b")
_PLAIN = frozenset(
    {"payments", "accounts", "hour", "times", "hops", "banks", "countries", "days", "number"}
)
_NO_AMOUNT = frozenset({"hour", "weekday", "yes/no"})
_WHOLE_DAYS = (
    (re.compile(r"in the 24 hours up to then"), "on that day"),
    (re.compile(r"in the (\d+ days) up to then"), r"in the \1 up to and with that day"),
    (re.compile(r"in the 24 hours after"), "on the day after"),
    (re.compile(r"in the (\d+ days) after"), r"in the \1 after that day"),
    (re.compile(r"at the same instant"), "on the same day"),
    (re.compile(r"in any 24 hours"), "on any one day"),
    (re.compile(r"the fullest 24 hours"), "the fullest day"),
    (re.compile(r"24 hours (after|before) (it|they) "), r"a day \1 \2 "),
    (re.compile(r"in the 24 hours before"), "in the day before"),
)


def sentence(
    feature: Feature,
    value: float,
    side: str,
    money: Money,
    *,
    low: bool = False,
    whole_days: bool = False,
) -> str:
    """Say what a feature's value means for the candidate on ``side`` of the payment.

    Of no candidate where ``side`` is `PAYMENT`. What can't be known is said to be so. ``low``:
    the value is low among its peers, and must not sound high. ``whole_days``: the source gives
    days only, so no hours are spoken of.
    """
    names = _names(side)
    template = in_days(feature.sentence) if whole_days else feature.sentence
    if not math.isfinite(value):
        text = template.format(value=f"an {UNKNOWN} number or amount", **names)
        return f"Not known, for want of data to measure it: {text}"
    said = _said(feature, value, money)
    if low and value and feature.unit not in _NO_AMOUNT:
        said = f"only {said}"
    text = singular(template.format(value=said, **names))
    return text[0].upper() + text[1:]


def in_days(template: str) -> str:
    """Word windows of time for a source that gives days only.

    >>> in_days("{sender} made {value} payments in the 24 hours up to then.")
    '{sender} made {value} payments on that day.'
    >>> in_days("{sender} made {value} payments in the 7 days up to then.")
    '{sender} made {value} payments in the 7 days up to and with that day.'
    """
    for pattern, words in _WHOLE_DAYS:
        template = pattern.sub(words, template)
    return template


def singular(text: str) -> str:
    """Mend the plural after a one.

    >>> singular("paid 1 different known accounts"), singular("was 1 times as much, 11 payments")
    ('paid 1 different known account', 'was 1 time as much, 11 payments')
    """
    return _ONE_COUNTRY.sub(r"\g<1>country", _ONE.sub(r"\g<1>", text))


def _names(side: str) -> dict[str, str]:
    if side == PAYMENT:
        return {"sender": "the sender", "receiver": "the receiver"}
    own, other = "this account", "the other account"
    return {
        "sender": own if side == "sender" else f"{other}, the sender,",
        "receiver": own if side == "receiver" else f"{other}, the receiver,",
    }


def _said(feature: Feature, value: float, money: Money) -> str:
    if feature.unit == "weekday":
        return WEEKDAYS[int(value)]
    if feature.unit == "yes/no":
        return "yes" if value else "no"
    if feature.unit == "suspicious payments":
        return expected(value)
    if feature.unit in _PLAIN:
        return quantity(value, "count", money)
    return quantity(value, feature.unit, money)
