"""The thresholds the catalogue is built with, from the shipped config."""

import tomllib
from dataclasses import dataclass

from features.configs import find_config


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
