"""With whom: distinct counterparties, new ones, and the history of the pair itself."""

from features.catalogue.feature import Feature
from features.catalogue.lenses import (
    LENSES,
    PAIR,
    PAIR_BACK,
    RECEIVER_IN,
    SENDER_OUT,
    WINDOWS,
    did,
    who,
)
from features.filters import Known, NewPair
from features.statistics import Distinct, Ratio, Total
from features.windows import DAY, Window, leading, span_words, trailing
from features.workspace import Lens

_FAN_IN, _FAN_OUT = ("IND-15", "IND-24"), ("IND-17",)
_NOVELTY_HORIZONS = (7 * DAY, 28 * DAY)
_NOVELTY_WINDOWS = (trailing(DAY), trailing(7 * DAY))
_CONCENTRATION = (trailing(7 * DAY), trailing(28 * DAY), leading(7 * DAY))
_PAIR_WINDOWS = (trailing(DAY), trailing(7 * DAY), trailing(28 * DAY), leading(7 * DAY))


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


def _new(lens: Lens, window: Window, horizon: int) -> Feature:
    rows = NewPair(horizon)
    text = f"{who(lens)} {did(lens)} {{value}} {rows.words} {window.words}."
    if lens is PAIR:
        text = (
            f"{{sender}} paid {{receiver}} {{value}} times {window.words} without having done so "
            f"in the {span_words(horizon)} before."
        )
    return Feature(
        "counterparties",
        Total(lens, window, rows),
        "payments",
        text,
        (*_flags(lens), "IND-23"),
    )


def _per_counterparty(lens: Lens, window: Window) -> Feature:
    return Feature(
        "counterparties",
        Ratio(
            f"{lens.label}_payments_per_counterparty_{window.label}",
            Total(lens, window, Known()),
            Distinct(lens, window),
        ),
        "times",
        f"{who(lens)} {did(lens)} {{value}} payments for each known counterparty {window.words}.",
        _flags(lens),
    )


def _pair(lens: Lens, window: Window) -> tuple[Feature, Feature]:
    text = (
        "{sender} paid {receiver}" if lens.flow == "out" else "{receiver} paid {sender} in return"
    )
    return (
        Feature(
            "counterparties",
            Total(lens, window),
            "payments",
            f"{text} {{value}} times {window.words}.",
            ("IND-23",),
        ),
        Feature(
            "counterparties",
            Total(lens, window, weighed=True),
            "money",
            f"{text} {{value}} {window.words}.",
            ("IND-04",),
        ),
    )


FEATURES = (
    *(_distinct(lens, window) for lens in LENSES for window in WINDOWS),
    *(
        _new(lens, window, horizon)
        for lens in (*LENSES, PAIR)
        for window in _NOVELTY_WINDOWS
        for horizon in _NOVELTY_HORIZONS
        if lens is not PAIR or window is _NOVELTY_WINDOWS[0]
    ),
    *(
        _per_counterparty(lens, window)
        for lens in (SENDER_OUT, RECEIVER_IN)
        for window in _CONCENTRATION
    ),
    *(
        feature
        for lens in (PAIR, PAIR_BACK)
        for window in _PAIR_WINDOWS
        for feature in _pair(lens, window)
    ),
)
