"""What a simulated world is made from: a handful of numbers and a seed."""

import zlib
from dataclasses import asdict, dataclass
from datetime import date

import numpy as np

from features.errors import ConfigError, Fault

_ROWS_AN_ACCOUNT_A_DAY = 1 / 3
_FEWEST_ACCOUNTS = 300
_FEWEST_ROWS_AN_ACCOUNT = 8


@dataclass(frozen=True)
class WorldConfig:
    """The size, the length and the seed of a world; equal configs make equal worlds.

    ``illicit_share`` is the share of rows that planted stories aim for; the share reached differs
    by a few rows, because stories are planted whole.

    >>> WorldConfig(transactions=60_000, days=30).accounts
    6000
    """

    transactions: int = 200_000
    days: int = 90
    seed: int = 0
    start: date = date(2025, 3, 3)
    illicit_share: float = 0.004
    reporting_currency: str = "EUR"

    def __post_init__(self) -> None:
        faults = tuple(
            Fault("world", name, str(getattr(self, name)), wanted)
            for name, right, wanted in (
                ("transactions", _within(self.transactions, 2_000, 10**8), "2,000 to 100 million"),
                ("days", _within(self.days, 7, 3_660), "7 to 3,660"),
                ("seed", self.seed >= 0, "0 or more"),
                ("start", date(1980, 1, 1) <= self.start <= date(2100, 1, 1), "1980 to 2100"),
                ("illicit_share", _within(self.illicit_share, 0, 0.05), "0 to 0.05"),
                ("reporting_currency", self.reporting_currency == "EUR", "EUR"),
            )
            if not right
        )
        if faults:
            raise ConfigError("this world cannot be simulated", faults)

    @property
    def accounts(self) -> int:
        """How many monitored accounts share the transactions."""
        wanted = round(self.transactions / (self.days * _ROWS_AN_ACCOUNT_A_DAY))
        return max(_FEWEST_ACCOUNTS, min(wanted, self.transactions // _FEWEST_ROWS_AN_ACCOUNT))

    def rng(self, purpose: str) -> np.random.Generator:
        """Return the random stream of one purpose, so that behaviours do not disturb each other."""
        return np.random.Generator(np.random.PCG64([self.seed, zlib.crc32(purpose.encode())]))

    def facts(self) -> dict[str, object]:
        """Return the config as plain values, for the manifest."""
        return {**asdict(self), "start": self.start.isoformat()}


def _within(value: float, least: float, most: float) -> bool:
    return least <= value <= most
