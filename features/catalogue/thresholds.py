"""Sums kept under a threshold, round sums, and the price list of a retailer."""

from math import nan

from features.amounts import Amounts, AtLeast, Below, NearMultiple
from features.catalogue.behaviours import BEHAVIOURS
from features.catalogue.feature import Feature
from features.catalogue.lenses import PAIR, RECEIVER_IN, SENDER_OUT, did, who
from features.catalogue.settings import SETTINGS
from features.filters import (
    Both,
    ByChannel,
    Every,
    JustBelow,
    Known,
    RoundAmount,
    RowFilter,
)
from features.places import CrossBorder, Placed
from features.statistics import Ratio, Statistic, Total
from features.statistics.arithmetic import Fixed, Floored
from features.statistics.different import Commonest, Different
from features.statistics.given import Condition, Given, Holds
from features.windows import DAY, HOUR, Window, trailing
from features.workspace import Lens

_CASH = ByChannel("cash")
_MONTH, _WEEK = trailing(28 * DAY), trailing(7 * DAY)
_MICRO = Both(Amounts(BEHAVIOURS.micro_from, BEHAVIOURS.micro_to), CrossBorder())
_RETAIL = Both(Below(BEHAVIOURS.retail), Known())
_PLACED = Condition(Holds(Placed(), Placed()), low=1.0)


def _aggregated(lens: Lens, rows: RowFilter, window: Window) -> Feature:
    top = BEHAVIOURS.aggregation
    large = AtLeast(top) if isinstance(rows, Every) else Both(rows, AtLeast(top))
    parts = (lens.label, rows.label, "aggregated", str(top), window.label)
    return Feature(
        "structuring",
        Given(
            "_".join(part for part in parts if part),
            Ratio("sum", Total(lens, window, rows, weighed=True), Fixed(top)),
            (
                Condition(Total(lens, window, rows), low=BEHAVIOURS.aggregation_least),
                Condition(Total(lens, window, large), high=1.0),
            ),
        ),
        "times",
        f"The {rows.words} that {who(lens)} {did(lens)} {window.words} came to {{value}} times "
        f"{top:,}, each of them under it (0 if fewer than {BEHAVIOURS.aggregation_least}, or one "
        "was not under it).",
        ("IND-02",),
    )


def _deposit_banks(rows: RowFilter) -> Feature:
    window = trailing(2 * DAY)
    return Feature(
        "structuring",
        Different(RECEIVER_IN, window, "banks", rows),
        "banks",
        f"{{receiver}} received {rows.words} from {{value}} different known banks {window.words}.",
        ("IND-03",),
    )


def _split(top: int, window: Window) -> Feature:
    return Feature(
        "structuring",
        Given(
            f"{PAIR.label}_split_{top}_{window.label}",
            Ratio("sum", Total(PAIR, window, weighed=True), Fixed(top)),
            (
                Condition(Total(PAIR, window), low=2.0),
                Condition(Total(PAIR, window, AtLeast(top)), high=1.0),
            ),
        ),
        "times",
        f"What {{sender}} paid {{receiver}} {window.words}, in two or more payments under "
        f"{top:,} each, came to {{value}} times that (0 if it was one payment, or one was not "
        "under it).",
        ("IND-04",),
    )


def _micro(name: str, statistic: Statistic) -> Given:
    return Given(f"{PAIR.label}_{_MICRO.label}_{name}_30d", statistic, (_PLACED,))


def _micro_features() -> tuple[Feature, ...]:
    window, what = trailing(30 * DAY), f"{_MICRO.words} that {{sender}} made to {{receiver}}"
    count, amount = Total(PAIR, window, _MICRO), Total(PAIR, window, _MICRO, weighed=True)
    flags = ("IND-05",)
    return (
        Feature(
            "structuring",
            _micro("count", count),
            "payments",
            f"The {what} {window.words}: {{value}}.",
            flags,
        ),
        Feature(
            "structuring",
            _micro("amount", amount),
            "money",
            f"The {what} {window.words} came to {{value}}.",
            flags,
        ),
    )


def _bunching(lens: Lens, top: int) -> Feature:
    below = JustBelow(top, SETTINGS.just_below_percent)
    above = Amounts(top, top * (100 + SETTINGS.just_below_percent) // 100, open=True)
    return Feature(
        "structuring",
        Ratio(
            f"{lens.label}_bunching_{top}_{_WEEK.label}",
            Total(lens, _WEEK, below),
            Floored(Total(lens, _WEEK, above), 1.0),
        ),
        "times",
        f"{who(lens)} {did(lens)} {{value}} {below.words} for each payment at most "
        f"{SETTINGS.just_below_percent} % over it (or for none) {_WEEK.words}.",
        ("IND-01",),
    )


def _share_of_money(lens: Lens, rows: RowFilter) -> Feature:
    return Feature(
        "structuring",
        Ratio(
            f"{lens.label}_{rows.label}_money_share_{_MONTH.label}",
            Total(lens, _MONTH, rows, weighed=True),
            Total(lens, _MONTH, weighed=True),
        ),
        "share",
        f"{{value}} of the money in the payments that {who(lens)} {did(lens)} {_MONTH.words} was "
        f"in {rows.words}.",
        ("IND-33",),
    )


def _ladder() -> tuple[Feature, Feature]:
    count = Total(RECEIVER_IN, _MONTH, _RETAIL)
    steps = Commonest(RECEIVER_IN, _MONTH, "amounts", BEHAVIOURS.ladder_steps, _RETAIL)
    enough = Condition(count, low=BEHAVIOURS.ladder_least)
    return (
        Feature(
            "structuring",
            Given(
                f"{RECEIVER_IN.label}_price_ladder_{_MONTH.label}",
                Ratio("share", steps, count),
                (enough,),
                otherwise=nan,
            ),
            "share",
            f"{{value}} of the {_RETAIL.words} that {{receiver}} received {_MONTH.words} were of "
            f"one of their {BEHAVIOURS.ladder_steps} commonest amounts.",
            ("IND-34",),
        ),
        Feature(
            "structuring",
            Different(RECEIVER_IN, _MONTH, "accounts", _RETAIL),
            "accounts",
            f"{{receiver}} received {_RETAIL.words} from {{value}} different accounts "
            f"{_MONTH.words}.",
            ("IND-15", "IND-34"),
        ),
    )


FEATURES = (
    *(
        _aggregated(lens, rows, trailing(DAY))
        for lens, rows in ((RECEIVER_IN, Every()), (RECEIVER_IN, _CASH), (SENDER_OUT, Every()))
    ),
    _aggregated(RECEIVER_IN, _CASH, _WEEK),
    _deposit_banks(Below(BEHAVIOURS.aggregation)),
    _deposit_banks(Both(_CASH, Below(BEHAVIOURS.aggregation))),
    *(_split(top, trailing(HOUR)) for top in BEHAVIOURS.split),
    *_micro_features(),
    *(_bunching(lens, max(SETTINGS.reporting)) for lens in (SENDER_OUT, RECEIVER_IN)),
    *(
        _share_of_money(lens, rows)
        for lens in (SENDER_OUT, RECEIVER_IN)
        for rows in (
            RoundAmount(BEHAVIOURS.large_round),
            NearMultiple(BEHAVIOURS.increment, BEHAVIOURS.increment_percent),
        )
    ),
    *_ladder(),
)
