"""A fixed amount; a number with a floor."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from features.history import Integers
from features.statistics.combined import Combined
from features.statistics.statistic import OfTheRow, Statistic
from features.workspace import Floats, Workspace


@dataclass(frozen=True)
class Fixed(OfTheRow):
    """An amount in major units of the reporting currency, the same for all rows."""

    amount: int

    @property
    def label(self) -> str:
        """The amount."""
        return f"{self.amount}"

    @property
    def null_rules(self) -> tuple[str, ...]:
        """Never null."""
        return ()

    def value(self, space: Workspace) -> Floats:
        """Return the amount in minor units."""
        return np.full(len(space.rows), float(self.amount * 10**space.history.minor_digits))

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return no rows."""
        return space.rows[at:at]

    def earlier(self) -> "Fixed":  # type: ignore[override]
        """Return itself: it was the same before."""
        return self


@dataclass(frozen=True)
class Floored(Combined):
    """A statistic, but at least ``floor``."""

    number: Statistic
    floor: float

    @property
    def label(self) -> str:
        """The statistic's."""
        return self.number.label

    @property
    def parts(self) -> tuple[Statistic, ...]:
        """It alone."""
        return (self.number,)

    def made_of(self, *parts: Statistic) -> Self:
        """Return another statistic with this floor."""
        return replace(self, number=parts[0])

    @property
    def null_rules(self) -> tuple[str, ...]:
        """Never beside its part."""
        return ()

    def value(self, space: Workspace) -> Floats:
        """Return the larger of the two; NaN stays."""
        return np.maximum(self.number.value(space), self.floor)
