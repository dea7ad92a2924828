"""With whom: distinct counterparties, new ones, and the history of the pair itself."""

from features.catalogue.feature import Feature
from features.catalogue.lenses import (
    LAST_DAY,
    LENSES,
    MONTH,
    NEXT_WEEK,
    PAIR,
    PAIR_BACK,
    RECEIVER_IN,
    SENDER_OUT,
    THREE_DAYS,
    WEEK,
    did,
    who,
)
from features.filters import Known, NewPair
from features.statistics import Distinct, Ratio, Total
from features.windows import DAY, Window
from features.workspace import Lens

_FAN_IN, _FAN_OUT = ("IND-15", "IND-24"), ("IND-17",)
_NEW = NewPair(28 * DAY)


def _flags(lens: Lens) -> tuple[str, ...]:
    return _FAN_IN if lens.flow == "in" else _FAN_OUT


def _toward(lens: Lens) -> str:
    return "was paid by" if lens.flow == "in" else "paid"


def _distinct(lens: Lens, window: Window) -> Feature:
    return Feature(
        "counterparties",
        Distinct(lens, window),
        "accounts",
        f"{who(lens)} {_toward(lens)} {{value}} different known accounts {window.words}.",
        _flags(lens),
    )


def _new(lens: Lens) -> Feature:
    return Feature(
        "counterparties",
        Total(lens, WEEK, _NEW),
        "payments",
        f"{who(lens)} {did(lens)} {{value}} {_NEW.words} {WEEK.words}.",
        (*_flags(lens), "IND-23"),
    )


def _per_counterparty(lens: Lens) -> Feature:
    return Feature(
        "counterparties",
        Ratio(
            f"{lens.label}_payments_per_counterparty_{MONTH.label}",
            Total(lens, MONTH, Known()),
            Distinct(lens, MONTH),
        ),
        "times",
        f"{who(lens)} {did(lens)} {{value}} payments for each known counterparty {MONTH.words}.",
        _flags(lens),
    )


def _pair_paid(lens: Lens) -> str:
    return (
        "{sender} paid {receiver}" if lens.flow == "out" else "{receiver} paid {sender} in return"
    )


def _pair_count(lens: Lens) -> Feature:
    return Feature(
        "counterparties",
        Total(lens, MONTH),
        "payments",
        f"{_pair_paid(lens)} {{value}} times {MONTH.words}.",
        ("IND-23",),
    )


def _pair_amount(lens: Lens, window: Window) -> Feature:
    return Feature(
        "counterparties",
        Total(lens, window, weighed=True),
        "money",
        f"{_pair_paid(lens)} {{value}} {window.words}.",
        ("IND-04",),
    )


FEATURES = (
    *(_distinct(lens, window) for lens in LENSES for window in (WEEK, MONTH, NEXT_WEEK)),
    # The day of IND-15, and the three days of IND-18.
    _distinct(RECEIVER_IN, LAST_DAY),
    *(_distinct(lens, THREE_DAYS) for lens in LENSES if lens.flow == "in"),
    *(_new(lens) for lens in (SENDER_OUT, RECEIVER_IN)),
    *(_per_counterparty(lens) for lens in LENSES),
    *(_pair_amount(PAIR, window) for window in (LAST_DAY, MONTH, NEXT_WEEK)),
    *(_pair_amount(PAIR_BACK, window) for window in (MONTH, NEXT_WEEK)),
    *(_pair_count(lens) for lens in (PAIR, PAIR_BACK)),
)
