"""Numbers made of others."""

from dataclasses import dataclass, replace
from functools import reduce
from typing import Self

import numpy as np

from features.history import Integers
from features.kernels.arithmetic import quotient, turnover
from features.statistics.statistic import Statistic
from features.workspace import Floats, Lens, Workspace


class Combined:
    """What is made of other statistics: it reaches as far as any, and is shown by all their rows.

    What numbers mean together is not in their parts, so that its name is given.
    """

    name: str

    @property
    def label(self) -> str:
        """Its given name."""
        return self.name

    @property
    def parts(self) -> tuple[Statistic, ...]:
        """The statistics it is made of."""
        raise NotImplementedError

    def made_of(self, *parts: Statistic) -> Self:
        """Return the same of other statistics, in the order of ``parts``."""
        raise NotImplementedError

    @property
    def lens(self) -> Lens | None:
        """That of the first part that has one."""
        return next((part.lens for part in self.parts if part.lens is not None), None)

    @property
    def lookback(self) -> int:
        """The longest of its parts'."""
        return max(part.lookback for part in self.parts)

    @property
    def lookahead(self) -> int:
        """The longest of its parts'."""
        return max(part.lookahead for part in self.parts)

    @property
    def null_rules(self) -> tuple[str, ...]:
        """When it is null beside its parts."""
        return ("none",)

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return the rows of all parts."""
        return reduce(np.union1d, [part.evidence(space, at) for part in self.parts])

    def earlier(self) -> Self | None:
        """Return the same of the earlier parts, where all have one."""
        before = [part.earlier() for part in self.parts]
        found = [part for part in before if part is not None]
        return self.made_of(*found) if len(found) == len(before) else None


@dataclass(frozen=True)
class Ratio(Combined):
    """One statistic over another, times a fixed scale; NaN where the lower one is 0.

    With ``full_history`` it is NaN too where the coverage begins inside its lookback.
    """

    name: str
    upper: Statistic
    lower: Statistic
    scale: float = 1.0
    full_history: bool = False

    @property
    def parts(self) -> tuple[Statistic, ...]:
        """Both."""
        return (self.upper, self.lower)

    def made_of(self, *parts: Statistic) -> Self:
        """Return the ratio of two others."""
        return replace(self, upper=parts[0], lower=parts[1])

    @property
    def null_rules(self) -> tuple[str, ...]:
        """When it is null beside its parts."""
        return ("none", "history") if self.full_history else ("none",)

    def value(self, space: Workspace) -> Floats:
        """Return the ratio."""
        values = quotient(self.upper.value(space), self.lower.value(space), self.scale)
        if self.full_history:
            values = space.covered(values, self.lookback)
        return values


@dataclass(frozen=True)
class Turnover(Combined):
    """The smaller of two flows over the larger: 1 where all that came in went out again.

    The ``pt`` of IND-11 (FINTRAC, Laundering the proceeds of illicit synthetic opioids, 2025,
    "flow-through"). NaN where neither flows.
    """

    name: str
    one: Statistic
    other: Statistic

    @property
    def parts(self) -> tuple[Statistic, ...]:
        """Both."""
        return (self.one, self.other)

    def made_of(self, *parts: Statistic) -> Self:
        """Return the same of two others."""
        return replace(self, one=parts[0], other=parts[1])

    def value(self, space: Workspace) -> Floats:
        """Return the share, 0 to 1."""
        return turnover(self.one.value(space), self.other.value(space))


@dataclass(frozen=True)
class Part(Combined):
    """What one statistic is of the sum of two; NaN where both are 0."""

    name: str
    one: Statistic
    other: Statistic

    @property
    def parts(self) -> tuple[Statistic, ...]:
        """Both."""
        return (self.one, self.other)

    def made_of(self, *parts: Statistic) -> Self:
        """Return the same of two others."""
        return replace(self, one=parts[0], other=parts[1])

    def value(self, space: Workspace) -> Floats:
        """Return the share, 0 to 1."""
        one = self.one.value(space)
        return quotient(one, one + self.other.value(space), 1.0)
