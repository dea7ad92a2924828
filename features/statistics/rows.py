"""Facts of the row itself."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from features.dataset.schema import CHANNELS
from features.filters import Every
from features.history import History, Integers
from features.statistics.statistic import OfTheRow
from features.statistics.windowed import Mean
from features.windows import DAY, FIRST_MONDAY, HOUR, Window
from features.workspace import Floats, Lens, Workspace

Fact = Literal[
    "amount", "hour", "weekday", "between_banks", "between_countries", "between_currencies", "cash",
    "wire", "card", "cheque", "ach", "crypto", "internal", "other",
]  # fmt: skip
_PAST = Window(-28 * DAY, -1)


@dataclass(frozen=True)
class RowFact(OfTheRow):
    """One fact of a row: its amount, hour, weekday, channel, or whether it crosses a border."""

    fact: Fact

    @property
    def label(self) -> str:
        """The fact; a channel is named as one."""
        return f"channel_{self.fact}" if self.fact in CHANNELS else self.fact

    @property
    def null_rules(self) -> tuple[str, ...]:
        """When it is null."""
        asked = {"hour": "clock", "between_banks": "source", "between_countries": "source"}
        return (asked[self.fact],) if self.fact in asked else ()

    def value(self, space: Workspace) -> Floats:
        """Return the fact as a number; NaN where the source doesn't tell."""
        return _fact(space, self.fact)

    def earlier(self) -> Mean | None:  # type: ignore[override]
        """Return the sender's mean amount before, for an amount."""
        return Mean(Lens("sender", "out"), _PAST, Every()) if self.fact == "amount" else None


def _fact(space: Workspace, fact: Fact) -> Floats:
    history, rows = space.history, space.rows
    match fact:
        case "amount":
            return history.amount[rows].astype(np.float64)
        case "hour":
            hours = (space.time % DAY // HOUR).astype(np.float64)
            return hours if history.clock_known else np.full(len(rows), np.nan)
        case "weekday":
            return np.asarray((space.time - FIRST_MONDAY) // DAY % 7, np.float64)
        case _:
            return _crossing(history, rows, fact)


def _crossing(history: History, rows: Integers, fact: Fact) -> Floats:
    match fact:
        case "between_banks":
            return _differ(history.sender_bank[rows], history.receiver_bank[rows])
        case "between_countries":
            return _differ(history.sender_country[rows], history.receiver_country[rows])
        case "between_currencies":
            return history.exchanged[rows].astype(np.float64)
        case _:
            return np.asarray(history.channel[rows] == CHANNELS.index(fact), np.float64)


def _differ(one: np.ndarray, other: np.ndarray) -> Floats:
    """Return 1 where two codes differ, NaN where either is null."""
    return np.where((one >= 0) & (other >= 0), (one != other).astype(np.float64), np.nan)
