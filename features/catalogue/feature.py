"""A feature: one statistic, what it is measured in, and how it is said."""

from dataclasses import dataclass
from typing import Literal

from features.history import Integers
from features.statistics import Statistic
from features.workspace import Floats, Workspace

Direction = Literal["row", "trailing", "leading"]
Unit = Literal[
    "payments",
    "accounts",
    "money",
    "share",
    "times",
    "seconds",
    "hour",
    "weekday",
    "yes/no",
    "hops",
    "number",
    "banks",
    "countries",
    "days",
    "suspicious payments",
]
Family = Literal[
    "volume and velocity",
    "counterparties",
    "flow-through",
    "structuring",
    "timing",
    "own baseline",
    "geography and channel",
    "distribution",
    "patterns",
    "company",
]


@dataclass(frozen=True)
class Feature:
    """One entry of the catalogue.

    ``sentence`` says what it means in words, with ``{value}`` where the value belongs and
    ``{sender}``, ``{receiver}`` for the accounts; ``red_flags`` are ids of published indicators.
    """

    family: Family
    statistic: Statistic
    unit: Unit
    sentence: str
    red_flags: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The statistic's label: derived, so that it can't disagree with what is computed."""
        return self.statistic.label

    @property
    def theme(self) -> str:
        """What it is about: features of a theme say much the same in other windows or measures."""
        lens = self.statistic.lens
        return f"{self.family}: {lens.label if lens else 'payment'}"

    @property
    def direction(self) -> Direction:
        """Whether it looks ahead, back, or at the row alone."""
        if self.statistic.lookahead:
            return "leading"
        return "trailing" if self.statistic.lookback else "row"

    def value(self, space: Workspace) -> Floats:
        """Return the value for each row asked about; NaN: not known."""
        return self.statistic.value(space)

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return the history rows that make the value of row ``at`` true."""
        return self.statistic.evidence(space, at)
