"""A source profile: the TOML file that says how a source's columns become transactions."""

import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import available_timezones

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic import model_validator as check

from features.configs import find_config
from features.dataset.manifest import Completeness, Precision, file_digest
from features.errors import ConfigError, Fault
from features.sources.reference import Reference


def _word(value: object) -> object:
    """Take numbers and booleans of TOML for the words that a file has in their place."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else value


def _utc(value: object) -> object:
    """Take a TOML date or a time without zone for UTC."""
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=UTC)
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value
    raise ValueError("a date or a time such as 2024-01-31")


def _zone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError("an IANA time zone such as Europe/Stockholm")
    return value


def _pattern(value: str) -> str:
    try:
        pc.match_substring_regex(pa.array([""]), value)
    except pa.ArrowInvalid as error:
        raise ValueError("a regular expression (RE2)") from error
    return value


Word = Annotated[str, BeforeValidator(_word)]
Column = Annotated[Reference, BeforeValidator(Reference.parse)]
Instant = Annotated[datetime, BeforeValidator(_utc)]
Zone = Annotated[str, AfterValidator(_zone)]
Pattern = Annotated[str, AfterValidator(_pattern)]
Code = Annotated[str, Field(pattern="^[A-Z]{3,8}$")]
Country = Annotated[str, Field(pattern="^[A-Z]{2}$")]
Channel = Literal["cash", "wire", "card", "cheque", "ach", "crypto", "internal", "other"]


class Section(BaseModel):
    """A table of the profile; a key that is not listed here is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class FileSection(Section):
    """How a CSV is written; Parquet needs none of it but ``columns`` and ``null_words``."""

    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    quote: Annotated[str, Field(max_length=1)] = '"'
    encoding: str = "utf-8"
    header: bool = True
    skip_rows: Annotated[int, Field(ge=0)] = 0
    columns: list[str] | None = None
    null_words: list[Word] = [""]


class TimeSection(Section):
    """When: one column or several joined by a blank, their formats, zone and precision."""

    column: Column | None = None
    columns: list[Column] = []
    formats: Annotated[list[str], Field(min_length=1)] = ["iso"]
    unit: (
        Literal["microsecond", "millisecond", "second", "minute", "hour", "day", "nanosecond"]
        | None
    ) = None
    origin: Instant = datetime(1970, 1, 1, tzinfo=UTC)
    timezone: Zone = "UTC"
    precision: Precision
    earliest: Instant = datetime(1970, 1, 1, tzinfo=UTC)
    latest: Instant = datetime(2100, 1, 1, tzinfo=UTC)

    @check(mode="after")
    def _one_way(self) -> Self:
        if (self.column is None) == (not self.columns):
            raise ValueError("give either column or columns")
        if self.unit is not None and self.column is None:
            raise ValueError("unit counts from origin, so it needs a single column")
        return self


class SideSection(Section):
    """One side of a payment; ``outside`` lists the accounts that mean the world outside."""

    account: Column
    bank: Column | None = None
    country: Column | None = None
    outside: list[Word] = []


class AmountSection(Section):
    """How much, as paid."""

    column: Column
    currency: Column
    unit: Literal["major", "minor"] = "major"
    decimal: Annotated[str, Field(min_length=1, max_length=1)] = "."
    thousands: Annotated[str, Field(max_length=1)] = ""
    strip: list[str] = []
    zero: Literal["keep", "quarantine"] = "keep"
    negative: Literal["quarantine", "swap"] = "quarantine"

    @check(mode="after")
    def _marks_differ(self) -> Self:
        if self.decimal == self.thousands:
            raise ValueError("decimal and thousands are the same mark")
        return self


class ReceivedSection(Section):
    """What arrived, where the source says it; written as ``[amount]`` is."""

    column: Column | None = None
    currency: Column


class ChannelSection(Section):
    """By which way: the source's word becomes one of the dataset's channels."""

    column: Column | None = None
    default: Channel = "other"
    words: dict[str, Channel] = {}


class ReportingSection(Section):
    """The currency that all amounts are converted into."""

    currency: Code
    minor_digits: Annotated[int, Field(ge=0, le=8)] | None = None


class RatesSection(Section):
    """Which rates convert, and what a number in the table means."""

    table: str = "ecb"
    base: Code | None = None
    meaning: Literal["value_of_one", "units_for_one"] = "value_of_one"


class Condition(Section):
    """A test on one column: its word is one of ``values``, is none of them, or matches."""

    column: Column
    values: list[Word] | None = None
    not_values: list[Word] | None = None
    match: Pattern | None = None

    @check(mode="after")
    def _one_test(self) -> Self:
        given = [test for test in (self.values, self.not_values, self.match) if test is not None]
        if len(given) != 1:
            raise ValueError("give exactly one of values, not_values, match")
        return self


class OutsideRule(Condition):
    """A test that makes a side the world outside."""

    side: Literal["sender", "receiver", "both"]


class LabelSection(Section):
    """What is known about guilt: never an input, kept in a table of its own."""

    column: Column
    positive: list[Word] = ["1", "true", "yes"]
    negative: list[Word] = ["0", "false", "no"]
    completeness: Literal["complete", "partial", "positive-only"] = "complete"
    pattern_id: Column | None = None
    pattern_type: Column | None = None
    pattern_types: dict[str, str] = {}
    no_pattern: list[Word] = []
    patterns_on: Literal["positive", "all"] = "positive"
    known_at: Column | None = None


class AccountsSection(Section):
    """The columns of an optional accounts file."""

    account: Column
    bank: Column | None = None
    owner_id: Column | None = None
    country: Column | None = None
    kind: Column | None = None
    opened: Column | None = None
    opened_formats: Annotated[list[str], Field(min_length=1)] = ["iso"]
    timezone: Column | None = None


class Profile(Section):
    """A source profile; ``docs/sources.md`` explains every key."""

    name: Annotated[str, Field(pattern="^[A-Za-z0-9_.-]+$")]
    about: str = ""
    file: FileSection = FileSection()
    transaction_id: Column | None = None
    account_id: Literal["account", "bank+account"] = "account"
    bank_zeros: Literal["keep", "strip"] = "keep"
    time: TimeSection
    sender: SideSection
    receiver: SideSection
    amount: AmountSection
    received: ReceivedSection | None = None
    channel: ChannelSection = ChannelSection()
    purpose: Column | None = None
    memo: Column | None = None
    ingested_at: Column | None = None
    reporting: ReportingSection
    rates: RatesSection = RatesSection()
    currencies: dict[str, Code] = {}
    countries: dict[str, Country] = {}
    not_payments: list[Condition] = []
    outside: list[OutsideRule] = []
    swap: list[Condition] = []
    labels: LabelSection | None = None
    accounts: AccountsSection | None = None
    patterns: Literal["amlworld"] | None = None
    ignore: list[Column] = []
    sha256: str = ""
    path: Path = Path()

    @check(mode="after")
    def _consistent(self) -> Self:
        if self.account_id == "bank+account" and None in (self.sender.bank, self.receiver.bank):
            raise ValueError("account_id 'bank+account' needs a bank in [sender] and [receiver]")
        if self.patterns and self.labels is None:
            raise ValueError("patterns need [labels]")
        return self

    @property
    def completeness(self) -> Completeness:
        """How complete the labels are; "none" without labels."""
        return "none" if self.labels is None else self.labels.completeness

    def inputs(self) -> Iterator[tuple[str, Reference]]:
        """List every reference to a column of the transactions that is not a label."""
        yield from _references(self, "", skip=("labels", "accounts", "ignore"))

    def label_columns(self) -> Iterator[tuple[str, Reference]]:
        """List every reference to a label column."""
        if self.labels is not None:
            yield from _references(self.labels, "labels.")


def load_profile(profile: Path | str) -> Profile:
    """Load a profile of the user's by its path, or a shipped one by its name.

    Raises
    ------
    ConfigError
        If there is no such profile, or with everything that is wrong with it.
    """
    path = find_config(str(profile), "sources")
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ConfigError(f"{path}: not a TOML file: {error}") from error
    content |= {"sha256": file_digest(path), "path": path}
    try:
        return Profile.model_validate(content)
    except ValidationError as error:
        faults = tuple(_fault(path, item) for item in error.errors(include_url=False))
        raise ConfigError(f"{path}: the profile cannot be used", faults) from error


def _references(
    section: BaseModel, prefix: str, skip: tuple[str, ...] = ()
) -> Iterator[tuple[str, Reference]]:
    for name in type(section).model_fields:
        if name not in skip:
            yield from _inside(getattr(section, name), f"{prefix}{name}")


def _inside(value: Any, key: str) -> Iterator[tuple[str, Reference]]:
    if isinstance(value, Reference):
        if value.constant is None:
            yield key, value
    elif isinstance(value, Section):
        yield from _references(value, f"{key}.")
    elif isinstance(value, list):
        for item in value:
            yield from _inside(item, key)


def _fault(path: Path, item: Any) -> Fault:
    key = ".".join(str(part) for part in item["loc"]) or None
    if item["type"] == "missing":
        return Fault(path.name, key, "missing", "this key")
    if item["type"] == "extra_forbidden":
        return Fault(path.name, key, "unknown key", "only the keys of docs/sources.md")
    wanted = item["msg"].removeprefix("Value error, ")
    return Fault(path.name, key, _shown(item["input"]), wanted)


def _shown(value: Any) -> str:
    return "a table" if isinstance(value, dict | BaseModel) else repr(value)
