"""A number that counts only where others are in a range; whether a row itself meets a filter."""

from dataclasses import dataclass, replace
from math import inf, isnan
from typing import Self

import numpy as np
from numpy.typing import NDArray

from features.filters import RowFilter
from features.kernels.arithmetic import chosen, met
from features.places import Placed
from features.statistics.combined import Combined
from features.statistics.statistic import OfTheRow, Statistic
from features.workspace import Floats, Workspace


@dataclass(frozen=True)
class Holds(OfTheRow):
    """Whether the row meets a filter: 1 or 0; NaN where ``asked`` does not hold for it."""

    rows: RowFilter
    asked: RowFilter | None = None

    @property
    def label(self) -> str:
        """The filter's."""
        return f"is_{self.rows.label}"

    @property
    def lookback(self) -> int:
        """What the filter needs to see before the row."""
        return self.rows.history_needed

    @property
    def null_rules(self) -> tuple[str, ...]:
        """When it is null, in the words of the catalogue's page."""
        return ("source",) if isinstance(self.asked, Placed) else ()

    def value(self, space: Workspace) -> Floats:
        """Return 1 or 0."""
        values = space.holds(self.rows).astype(np.float64)
        if self.asked is not None:
            values[~space.holds(self.asked)] = np.nan
        if self.lookback:
            values = space.covered(values, self.lookback)
        return values


@dataclass(frozen=True)
class Condition:
    """A statistic's value is at least ``low`` and less than ``high``."""

    statistic: Statistic
    low: float = -inf
    high: float = inf

    @property
    def range(self) -> tuple[float, float]:
        """Both ends as floats: a kernel is compiled anew for whole numbers."""
        return float(self.low), float(self.high)


@dataclass(frozen=True)
class Given(Combined):
    """One statistic where all conditions hold, ``otherwise`` where one does not.

    NaN where a condition can't be judged, and without the number's subject. With ``apart`` the
    number is asked only about the rows where the conditions hold: for a costly one that few need.
    """

    name: str
    number: Statistic
    conditions: tuple[Condition, ...]
    otherwise: float = 0.0
    apart: bool = False

    @property
    def parts(self) -> tuple[Statistic, ...]:
        """The number and what it depends on."""
        return (self.number, *(condition.statistic for condition in self.conditions))

    def made_of(self, *parts: Statistic) -> Self:
        """Return another number under conditions on others."""
        pairs = zip(self.conditions, parts[1:], strict=True)
        conditions = tuple(replace(condition, statistic=part) for condition, part in pairs)
        return replace(self, number=parts[0], conditions=conditions)

    @property
    def null_rules(self) -> tuple[str, ...]:
        """When it is null beside its parts."""
        return ("none",) if isnan(self.otherwise) else ()

    def value(self, space: Workspace) -> Floats:
        """Return the number, or what stands for it."""
        held, unknown = np.ones(len(space.rows), np.bool_), self._without(space)
        for condition in self.conditions:
            values = condition.statistic.value(space)
            held, unknown = met(values, *condition.range, held, unknown)
        if not self.apart:
            return chosen(self.number.value(space), held, unknown, float(self.otherwise))
        inner = Workspace(space.history, space.rows[held])
        values = np.full(len(space.rows), self.otherwise)
        values[held] = self.number.value(inner)
        for what, count in inner.left_out.items():
            space.leave_out(what, count)
        values[unknown] = np.nan
        return values

    def _without(self, space: Workspace) -> NDArray[np.bool_]:
        """Return which rows have not the subject."""
        if self.lens is None:
            return np.zeros(len(space.rows), np.bool_)
        return space.absent(self.lens.subject)
