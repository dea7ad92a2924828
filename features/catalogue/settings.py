"""The thresholds the catalogue is built with, from the shipped config."""

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from features.configs import find_config

_Kind = TypeVar("_Kind")


@dataclass(frozen=True)
class Settings:
    """Thresholds in major units of the reporting currency, hours in UTC."""

    version: str
    reporting: tuple[int, ...]
    just_below_percent: int
    round_step: int
    night_from_hour: int
    night_to_hour: int

    @classmethod
    def load(cls) -> "Settings":
        """Read ``configs/catalogue/thresholds.toml``."""
        found = tomllib.loads(find_config("thresholds", "catalogue").read_text(encoding="utf-8"))
        return cls(**{**found, "reporting": tuple(found["reporting"])})


SETTINGS = Settings.load()


@cache
def _patterns() -> dict[str, Any]:
    found = find_config("patterns", "catalogue").read_text(encoding="utf-8")
    return tomllib.loads(found)


def pattern_settings(pattern: str, kind: type[_Kind]) -> _Kind:
    """Read a pattern's table of ``configs/catalogue/patterns.toml`` as a dataclass of its own.

    The table's keys are the dataclass's fields; lists become tuples, so that it can be frozen.
    """
    table = _patterns()[pattern]
    return kind(**{k: tuple(v) if isinstance(v, list) else v for k, v in table.items()})


def patterns_version() -> str:
    """Return the version of ``configs/catalogue/patterns.toml``."""
    return str(_patterns()["version"])
