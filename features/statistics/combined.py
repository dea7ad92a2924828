"""Numbers made of two others."""

from dataclasses import dataclass

import numpy as np

from features.history import Integers
from features.statistics.statistic import Statistic
from features.workspace import Floats, Lens, Workspace


@dataclass(frozen=True)
class Ratio:
    """One statistic over another, times a fixed scale; NaN where the lower one is 0.

    With ``full_history`` it is NaN too where the coverage begins inside its lookback.
    """

    name: str
    upper: Statistic
    lower: Statistic
    scale: float = 1.0
    full_history: bool = False

    @property
    def label(self) -> str:
        """Its given name: what two numbers mean together is not in their parts."""
        return self.name

    @property
    def lens(self) -> Lens | None:
        """The upper one's, or the lower one's over a fact of the row."""
        return self.upper.lens or self.lower.lens

    @property
    def lookback(self) -> int:
        """The longer of the two."""
        return max(self.upper.lookback, self.lower.lookback)

    @property
    def lookahead(self) -> int:
        """The longer of the two."""
        return max(self.upper.lookahead, self.lower.lookahead)

    def value(self, space: Workspace) -> Floats:
        """Return the ratio."""
        lower = self.lower.value(space)
        values = self.scale * self.upper.value(space) / np.where(lower > 0, lower, np.nan)
        if self.full_history:
            values[space.time - self.lookback < space.history.coverage_from] = np.nan
        return values

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return the rows of both."""
        return np.union1d(self.upper.evidence(space, at), self.lower.evidence(space, at))

    def earlier(self) -> "Ratio | None":
        """Return the ratio of both earlier ones, where both have one."""
        upper, lower = self.upper.earlier(), self.lower.earlier()
        if upper is None or lower is None:
            return None
        return Ratio(self.name, upper, lower, self.scale, self.full_history)


@dataclass(frozen=True)
class Turnover:
    """The smaller of two flows over the larger: 1 where all that came in went out again.

    The ``pt`` of IND-11 (FINTRAC, Laundering the proceeds of illicit synthetic opioids, 2025,
    "flow-through"). NaN where neither flows.
    """

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

    def value(self, space: Workspace) -> Floats:
        """Return the share, 0 to 1."""
        one, other = self.one.value(space), self.other.value(space)
        larger = np.maximum(one, other)
        return np.minimum(one, other) / np.where(larger > 0, larger, np.nan)

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return the rows of both flows."""
        return np.union1d(self.one.evidence(space, at), self.other.evidence(space, at))

    def earlier(self) -> "Turnover | None":
        """Return the turnover of both earlier ones."""
        one, other = self.one.earlier(), self.other.earlier()
        return None if one is None or other is None else Turnover(self.name, one, other)
