"""Numbers, money and time as words an analyst reads; English, UTC, the same bytes every time."""

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from babel.dates import format_date, format_interval
from babel.numbers import format_compact_currency, format_currency

NUMBERS, DATES = "en", "en_GB"
UNKNOWN = "unknown"
_WHOLE, _HUNDREDTH, _PERMILLE, _LAST_DIGIT, _ALMOST = 1e15, 1e-2, 1e-3, 1e-4, 1e-9
_STEPS = ((86400, " day", " days"), (3600, " h", " h"), (60, " min", " min"), (1, " s", " s"))
_TURNING = (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
_NOT_SHOWN = dict.fromkeys((*range(32), *range(127, 160), *_TURNING), "\N{REPLACEMENT CHARACTER}")
_NOT_SHOWN |= {9: " ", 10: "\n", 13: " "}


@dataclass(frozen=True)
class Money:
    """Amounts in the reporting currency, which come as whole minor units.

    >>> euro = Money("EUR", 2)
    >>> euro.words(123456), euro.plain(123456), euro.compact(1234560)
    ('€1,234.56', '1,234.56', '€12.3K')
    """

    currency: str
    digits: int

    def words(self, amount: int) -> str:
        """Write an amount with its currency."""
        return _money(amount, self.currency, self.digits)

    def plain(self, amount: int) -> str:
        """Write an amount alone, for a column whose head names the currency."""
        return f"{Decimal(amount).scaleb(-self.digits):,.{self.digits}f}"

    def compact(self, amount: float) -> str:
        """Write an amount short, for an axis."""
        major = amount / 10**self.digits
        return str(format_compact_currency(major, self.currency, locale=NUMBERS, fraction_digits=1))


@lru_cache(maxsize=65536)
def _money(amount: int, currency: str, digits: int) -> str:
    pattern = "¤#,##0" + ("." + "0" * digits if digits else "")
    text = format_currency(
        Decimal(amount).scaleb(-digits), currency, pattern, locale=NUMBERS, currency_digits=False
    )
    return re.sub(r"(?<=[A-Z]{3})(?=\d)", "\N{NO-BREAK SPACE}", text)


def original(amount: Decimal | None, currency: str) -> str:
    """Write the amount as paid, at least two digits after the point.

    >>> original(Decimal("1200.50000000"), "USD"), original(Decimal("0.00120000"), "BTC")
    ('1,200.50 USD', '0.0012 BTC')
    """
    if amount is None:
        return f"{UNKNOWN} {currency}"
    whole, _, part = f"{amount:,f}".partition(".")
    return f"{whole}.{part.rstrip('0').ljust(2, '0')} {currency}"


def count(number: int, one: str, many: str | None = None) -> str:
    """Count things.

    >>> count(1, "payment"), count(1200, "payment"), count(2, "payer", "payers")
    ('1 payment', '1,200 payments', '2 payers')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def number(value: float | None) -> str:
    """Write a number with at most four significant digits after the point.

    >>> number(1234.0), number(0.123456), number(12.345), number(None), number(1e-7)
    ('1,234', '0.1235', '12.35', 'unknown', '1e-07')
    """
    if value is None or not math.isfinite(value):
        return UNKNOWN
    if value == round(value) and abs(value) < _WHOLE:
        return f"{value:,.0f}"
    if abs(value) >= 1:
        return f"{value:,.2f}"
    return f"{value:.4g}"


def expected(value: float) -> str:
    """Write how many are expected with two digits after the point; a few are not called none.

    >>> expected(0.0), expected(0.004), expected(0.3), expected(12.4), expected(1234.0)
    ('0', '< 0.01', '0.30', '12.40', '1,234.00')
    """
    if 0 < value < _HUNDREDTH / 2:
        return "< 0.01"
    return f"{value:,.2f}" if value else "0"


def estimate(chance: float | None) -> str:
    """Write an estimated probability with two digits, never rounded to certainty; none is empty.

    >>> estimate(0.831), estimate(0.9996), estimate(0.002), estimate(None)
    ('0.83', '> 0.99', '< 0.01', '')
    """
    if chance is None:
        return ""
    return "> 0.99" if 1 - _HUNDREDTH / 2 <= chance < 1 else expected(chance)


def percent(share: float | None) -> str:
    """Write a share as a percentage that never rounds up to all or down to nothing.

    >>> percent(0.5), percent(0.99996), percent(1.0), percent(0.0321), percent(0.00001)
    ('50 %', '> 99.9 %', '100 %', '3.2 %', '< 0.1 %')
    """
    if share is None or not math.isfinite(share):
        return UNKNOWN
    if 0 < share < _PERMILLE:
        return "< 0.1 %"
    if 1 - _PERMILLE < share < 1:
        return "> 99.9 %"
    text = f"{100 * share:,.1f}".removesuffix(".0")
    return f"{text} %"


def above(share: float | None) -> str:
    """Write a percentile rounded down, so that it never claims more than it knows.

    >>> above(0.99996), above(0.87), above(0.0)
    ('99.9 %', '87 %', '0 %')
    """
    if share is None or not math.isfinite(share):
        return UNKNOWN
    return percent(math.floor(share * 1000 + _ALMOST) / 1000)


def probability(score: float) -> str:
    """Write a score of 0 to 1 with four digits, never rounded up to certainty.

    >>> probability(0.97312), probability(0.99999), probability(0.00001)
    ('0.9731', '> 0.9999', '< 0.0001')
    """
    if 1 - _LAST_DIGIT < score < 1:
        return "> 0.9999"
    if 0 < score < _LAST_DIGIT:
        return "< 0.0001"
    return f"{score:.4f}"


def signed(value: float, digits: int = 2) -> str:
    """Write a signed number with a true minus sign; one too small for its digits as a power.

    >>> signed(1.5), signed(3.1e-7, 6)
    ('+1.50', '+3.1e-07')
    """
    if 0 < abs(value) < 0.5 * 10**-digits:
        return f"{value:+.1e}"
    return f"{value:+,.{digits}f}".replace("-", "\N{MINUS SIGN}")


def duration(seconds: float) -> str:
    """Write a length of time in its two largest units.

    >>> duration(90), duration(7500), duration(200000), duration(0.5)
    ('1 min 30 s', '2 h 5 min', '2 days 7 h', '0.5 s')
    """
    if seconds < 1:
        return f"{number(seconds)} s"
    left, parts = round(seconds), []
    for size, one, many in _STEPS:
        amount, left = divmod(left, size)
        if amount:
            parts.append(f"{amount}{one if amount == 1 else many}")
        elif parts:
            break
    return " ".join(parts[:2])


def moment(time: datetime, precision: str = "second") -> str:
    """Write an instant in UTC, no finer than the source knows it.

    >>> moment(datetime(2023, 3, 21, 14, 5, 9, tzinfo=UTC), "minute")
    '2023-03-21 14:05'
    """
    forms = {"day": "%Y-%m-%d", "minute": "%Y-%m-%d %H:%M"}
    return time.astimezone(UTC).strftime(forms.get(precision, "%Y-%m-%d %H:%M:%S"))


@lru_cache(maxsize=4096)
def day(time: datetime) -> str:
    """Write a day in words.

    >>> day(datetime(2023, 3, 21, tzinfo=UTC))
    'Tue 21 Mar 2023'
    """
    return str(format_date(time.astimezone(UTC).date(), "EEE d MMM yyyy", locale=DATES))


@lru_cache(maxsize=4096)
def span(start: datetime, stop: datetime) -> str:
    """Write the days of a period whose end is exclusive.

    >>> span(datetime(2023, 3, 20, tzinfo=UTC), datetime(2023, 3, 21, tzinfo=UTC))
    '20 Mar 2023'
    """
    last = (stop - timedelta(microseconds=1)).astimezone(UTC).date()
    return str(format_interval(start.astimezone(UTC).date(), last, "yMMMd", locale=DATES))


def short(text: str, width: int = 28) -> str:
    """Shorten a long id in its middle, where ids differ least.

    >>> short("DE00-1234567890-abcdefghij-9999", 12)
    'DE00-1…-9999'
    """
    if len(text) <= width:
        return text
    head = width // 2
    return f"{text[:head]}…{text[-(width - head - 1) :]}"


def visible(text: str) -> str:
    r"""Replace what no page may carry: control characters and those that turn the reading order.

    >>> visible("a\tb\x07"), visible("gnp.\u202eexe")
    ('a b�', 'gnp.�exe')
    """
    return text if text.isprintable() else text.translate(_NOT_SHOWN)
