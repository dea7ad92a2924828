"""A fixed amount, a number with a floor, one number's part in two."""

from dataclasses import dataclass, replace

import numpy as np

from features.history import Integers
from features.statistics.combined import Ratio
from features.statistics.statistic import Statistic
from features.workspace import Floats, Lens, Workspace


@dataclass(frozen=True)
class Fixed:
    """An amount in major units of the reporting currency, the same for all rows."""

    amount: int

    @property
    def label(self) -> str:
        """The amount."""
        return f"{self.amount}"

    @property
    def lens(self) -> None:
        """None."""
        return

    @property
    def lookback(self) -> int:
        """Nothing."""
        return 0

    @property
    def lookahead(self) -> int:
        """Nothing."""
        return 0

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

    def earlier(self) -> "Fixed":
        """Return itself: it was the same before."""
        return self


@dataclass(frozen=True)
class Floored:
    """A statistic, but at least ``floor``."""

    number: Statistic
    floor: float

    @property
    def label(self) -> str:
        """The statistic's."""
        return self.number.label

    @property
    def lens(self) -> Lens | None:
        """The statistic's."""
        return self.number.lens

    @property
    def lookback(self) -> int:
        """The statistic's."""
        return self.number.lookback

    @property
    def lookahead(self) -> int:
        """The statistic's."""
        return self.number.lookahead

    @property
    def parts(self) -> tuple[Statistic, ...]:
        """What it is made of."""
        return (self.number,)

    @property
    def null_rules(self) -> tuple[str, ...]:
        """When it is null beside its parts."""
        return ()

    def value(self, space: Workspace) -> Floats:
        """Return the larger of the two; NaN stays."""
        return np.maximum(self.number.value(space), self.floor)

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return the statistic's rows."""
        return self.number.evidence(space, at)

    def earlier(self) -> "Floored | None":
        """Return the same of the time before."""
        before = self.number.earlier()
        return None if before is None else replace(self, number=before)


@dataclass(frozen=True)
class Within(Ratio):
    """A ratio of a part to a whole, which looks at the whole's payments."""

    @property
    def lens(self) -> Lens | None:
        """The whole's."""
        return self.lower.lens


@dataclass(frozen=True)
class Part:
    """What one statistic is of the sum of two; NaN where both are 0."""

    name: str
    one: Statistic
    other: Statistic

    @property
    def label(self) -> str:
        """Its given name."""
        return self.name

    @property
    def lens(self) -> Lens | None:
        """The first one's."""
        return self.one.lens

    @property
    def lookback(self) -> int:
        """The longer of the two."""
        return max(self.one.lookback, self.other.lookback)

    @property
    def lookahead(self) -> int:
        """The longer of the two."""
        return max(self.one.lookahead, self.other.lookahead)

    @property
    def parts(self) -> tuple[Statistic, ...]:
        """What it is made of."""
        return (self.one, self.other)

    @property
    def null_rules(self) -> tuple[str, ...]:
        """When it is null beside its parts."""
        return ("none",)

    def value(self, space: Workspace) -> Floats:
        """Return the share, 0 to 1."""
        one = self.one.value(space)
        both = one + self.other.value(space)
        return one / np.where(both > 0, both, np.nan)

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return the rows of both."""
        return np.union1d(self.one.evidence(space, at), self.other.evidence(space, at))

    def earlier(self) -> "Part | None":
        """Return the part before, where both have one."""
        one, other = self.one.earlier(), self.other.earlier()
        return None if one is None or other is None else replace(self, one=one, other=other)
