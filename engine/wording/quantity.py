"""A feature's value in its unit, as words."""

import math
from collections.abc import Callable, Mapping

from engine.wording.words import UNKNOWN, Money, count, duration, expected, number, percent

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def quantity(value: float | None, unit: str, money: Money) -> str:
    """Write a value in its unit; a unit not known here stands after the number.

    Money is in minor units, an hour is one of the day, weekday 0 is Monday, yes is 1.

    >>> euro = Money("EUR", 2)
    >>> quantity(150000.0, "money", euro), quantity(0.97, "share", euro)
    ('€1,500.00', '97 %')
    >>> quantity(7200.0, "seconds", euro), quantity(1.0, "payments", euro)
    ('2 h', '1 payment')
    >>> quantity(23.0, "hour", euro), quantity(6.0, "weekday", euro), quantity(2, "bits", euro)
    ('hour 23 of the day', 'Sunday', '2 bits')
    """
    if value is None or not math.isfinite(value):
        return UNKNOWN
    if unit in {"money", "minor units"}:
        return money.words(round(value))
    say = _SAY.get(unit)
    return say(value) if say else f"{number(value)} {unit}".strip()


def _things(one: str, many: str | None = None) -> Callable[[float], str]:
    """Count things whose average may be no whole number."""

    def say(value: float) -> str:
        if value == int(value):
            return count(int(value), one, many)
        return f"{number(value)} {many or one + 's'}"

    return say


def _yes(value: float) -> str:
    return {0.0: "no", 1.0: "yes"}.get(value) or percent(value)


def _hour(value: float) -> str:
    return f"hour {number(value)} of the day"


def _weekday(value: float) -> str:
    return WEEKDAYS[int(value)] if value in range(7) else number(value)


_SAY: Mapping[str, Callable[[float], str]] = {
    "share": percent,
    "seconds": duration,
    "payments": _things("payment"),
    "accounts": _things("account"),
    "times": _things("time"),
    "hops": _things("hop"),
    "banks": _things("bank"),
    "countries": _things("country", "countries"),
    "days": _things("day"),
    "suspicious payments": lambda value: f"{expected(value)} expected",
    "number": number,
    "hour": _hour,
    "weekday": _weekday,
    "yes/no": _yes,
    "count": number,
}
