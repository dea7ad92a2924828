"""How the sizes of payments, and the times between them, are distributed.

All eleven vertex statistics of the Graph Feature Preprocessor (Blanusa et al. 2024,
arXiv:2402.08593) are in the catalogue, for amounts and for the times between payments, over 28 days
and for each of the four lenses: fan (counterparties), degree and sum (volume), and here the rest.
Left out: the sum of the times between payments, which is their mean times their number; the
variance, whose root is told in money and time; and other windows.
"""

from features.catalogue.feature import Feature, Unit
from features.catalogue.lenses import LENSES, did, who
from features.statistics import Mean, Ratio
from features.statistics.distribution import Measure, Moment, Quantile
from features.windows import DAY, Window, trailing
from features.workspace import Lens

_WEEK, _MONTH = trailing(7 * DAY), trailing(28 * DAY)
_UNITS: dict[Measure, Unit] = {"amount": "money", "interval": "seconds"}
_REGULAR = ("IND-31",)


def _alike(lens: Lens) -> tuple[str, ...]:
    return ("IND-24",) if lens.flow == "in" else ("IND-17",)


def _payments(lens: Lens, window: Window) -> str:
    return f"payments that {who(lens)} {did(lens)} {window.words}"


def _feature(
    statistic: Mean | Moment | Quantile | Ratio,
    unit: Unit,
    sentence: str,
    red_flags: tuple[str, ...] = (),
) -> Feature:
    return Feature("distribution", statistic, unit, sentence, red_flags)


def _things(measure: Measure, lens: Lens, window: Window) -> str:
    """Name what is distributed, as the subject of a sentence."""
    kind = "amounts of the" if measure == "amount" else "times between"
    return f"The {kind} {_payments(lens, window)}"


def _typical(lens: Lens, window: Window) -> tuple[Feature, ...]:
    """Mean, smallest and median amount; the largest one is a feature of volume."""
    payments = f"payment that {who(lens)} {did(lens)} {window.words} was {{value}}."
    return (
        _feature(Mean(lens, window), "money", f"The mean {payments}"),
        _feature(Quantile(lens, window, "amount", "smallest"), "money", f"The smallest {payments}"),
        _feature(Quantile(lens, window, "amount", "median"), "money", f"The median {payments}"),
    )


def _intervals(lens: Lens, window: Window) -> tuple[Feature, ...]:
    """Mean, smallest, median and largest time between payments."""
    between = f"time between {_payments(lens, window)} was {{value}}."
    return (
        _feature(Moment(lens, window, "interval", "mean"), "seconds", f"The mean {between}"),
        _feature(
            Quantile(lens, window, "interval", "smallest"), "seconds", f"The shortest {between}"
        ),
        _feature(Quantile(lens, window, "interval", "median"), "seconds", f"The median {between}"),
        _feature(
            Quantile(lens, window, "interval", "largest"), "seconds", f"The longest {between}"
        ),
    )


def _shape(lens: Lens, window: Window, measure: Measure) -> tuple[Feature, ...]:
    """Standard deviation, skewness and kurtosis."""
    things = _things(measure, lens, window)
    return (
        _feature(
            Moment(lens, window, measure, "deviation"),
            _UNITS[measure],
            f"{things} had a standard deviation of {{value}}.",
        ),
        _feature(
            Moment(lens, window, measure, "skewness"),
            "number",
            f"{things} had a skewness of {{value}} (above 0: a few are far larger than the rest; "
            "below 0: far smaller).",
        ),
        _feature(
            Moment(lens, window, measure, "kurtosis"),
            "number",
            f"{things} had a kurtosis of {{value}} (1: two values, equally often; 3: a bell "
            "curve; more: a few lie far from the rest).",
        ),
    )


# What is told from the same values stands together: only the last of them are kept.
FEATURES = (
    *(
        feature
        for lens in LENSES
        for feature in (
            *_typical(lens, _MONTH),
            *_shape(lens, _MONTH, "amount"),
            *_intervals(lens, _MONTH),
            *_shape(lens, _MONTH, "interval"),
        )
    ),
)
