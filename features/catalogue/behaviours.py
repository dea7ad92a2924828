"""The numbers and lists that the features of the published red flags are built with."""

import tomllib
from dataclasses import dataclass, fields
from typing import Any

from features.configs import find_config


@dataclass(frozen=True)
class Behaviours:
    """Amounts in major units of the reporting currency; spans in the unit their name says."""

    version: str
    aggregation: int
    aggregation_least: int
    split: tuple[int, ...]
    micro_from: int
    micro_to: int
    small_cash: int
    small_cash_least: int
    commission_from: int
    commission_to: int
    commission_hours: int
    ordinary: tuple[str, ...]
    large_round: int
    increment: int
    increment_percent: int
    retail: int
    ladder_steps: int
    ladder_least: int
    asleep: int
    young: int
    unseen: int
    silent: int
    successor_days: int
    successor_least: int
    successor_moving: int
    successor_hub: int
    successor_busy: int
    spike_weeks: int
    mix_days: int
    clock_least: int

    @classmethod
    def load(cls) -> "Behaviours":
        """Read ``configs/catalogue/behaviours.toml``."""
        text = find_config("behaviours", "catalogue").read_text(encoding="utf-8")
        found: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value
            for key, value in tomllib.loads(text).items()
        }
        return cls(**found)


@dataclass(frozen=True)
class Countries:
    """A list of countries (ISO 3166-1 alpha-2) and the date it was published."""

    version: str
    countries: tuple[str, ...]


@dataclass(frozen=True)
class CountryLists:
    """The lists that corridors are judged by."""

    call_for_action: Countries
    increased_monitoring: Countries
    drug_majors: Countries
    intermediaries: Countries
    precursor_sources: Countries

    @classmethod
    def load(cls) -> "CountryLists":
        """Read ``configs/catalogue/countries.toml``."""
        found = tomllib.loads(find_config("countries", "catalogue").read_text(encoding="utf-8"))
        lists = {
            field.name: Countries(
                found[field.name]["version"], tuple(sorted(found[field.name]["countries"]))
            )
            for field in fields(cls)
        }
        return cls(**lists)


BEHAVIOURS = Behaviours.load()
LISTS = CountryLists.load()
