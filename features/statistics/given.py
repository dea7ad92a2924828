"""A number that counts only where others are in a range; whether a row itself meets a filter."""

from dataclasses import dataclass, replace
from functools import reduce
from math import inf, isnan

import numpy as np
from numpy.typing import NDArray

from features.filters import RowFilter
from features.history import Integers
from features.places import Placed
from features.statistics.statistic import Statistic
from features.workspace import Floats, Lens, Workspace


@dataclass(frozen=True)
class Holds:
    """Whether the row meets a filter: 1 or 0; NaN where ``asked`` does not hold for it."""

    rows: RowFilter
    asked: RowFilter | None = None

    @property
    def label(self) -> str:
        """The filter's."""
        return f"is_{self.rows.label}"

    @property
    def lens(self) -> None:
        """None: it is the row's own."""
        return

    @property
    def lookback(self) -> int:
        """What the filter needs to see before the row."""
        return self.rows.history_needed

    @property
    def lookahead(self) -> int:
        """Nothing."""
        return 0

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
            values[space.time - self.lookback < space.history.coverage_from] = np.nan
        return values

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return the row."""
        return space.rows[at : at + 1]

    def earlier(self) -> None:
        """Return nothing: a fact has no window before it."""
        return


@dataclass(frozen=True)
class Condition:
    """A statistic's value is at least ``low`` and less than ``high``."""

    statistic: Statistic
    low: float = -inf
    high: float = inf


@dataclass(frozen=True)
class Given:
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
    def label(self) -> str:
        """Its given name: what the numbers mean together is not in their parts."""
        return self.name

    @property
    def lens(self) -> Lens | None:
        """The number's, or that of the first condition that has one."""
        lenses = [part.lens for part in self.parts if part.lens is not None]
        return lenses[0] if lenses else None

    @property
    def parts(self) -> tuple[Statistic, ...]:
        """The number and what it depends on."""
        return (self.number, *(condition.statistic for condition in self.conditions))

    @property
    def lookback(self) -> int:
        """The longest of all."""
        return max(part.lookback for part in self.parts)

    @property
    def lookahead(self) -> int:
        """The longest of all."""
        return max(part.lookahead for part in self.parts)

    @property
    def null_rules(self) -> tuple[str, ...]:
        """When it is null beside its parts."""
        return ("none",) if isnan(self.otherwise) else ()

    def value(self, space: Workspace) -> Floats:
        """Return the number, or what stands for it."""
        held = np.ones(len(space.rows), np.bool_)
        unknown = self._without(space)
        for condition in self.conditions:
            values = condition.statistic.value(space)
            unknown |= np.isnan(values)
            held &= (values >= condition.low) & (values < condition.high)
        values = np.full(len(space.rows), self.otherwise)
        if self.apart:
            inner = Workspace(space.history, space.rows[held])
            values[held] = self.number.value(inner)
            for what, count in inner.left_out.items():
                space.leave_out(what, count)
        else:
            values[held] = self.number.value(space)[held]
        values[unknown] = np.nan
        return values

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return the rows of the number and of all conditions."""
        return reduce(np.union1d, [part.evidence(space, at) for part in self.parts])

    def _without(self, space: Workspace) -> NDArray[np.bool_]:
        """Return which rows have not the subject."""
        if self.lens is None:
            return np.zeros(len(space.rows), np.bool_)
        absent: NDArray[np.bool_] = (
            space.history.groups_of(self.lens.subject, "out")[space.rows] < 0
        )
        return absent

    def earlier(self) -> "Given | None":
        """Return the number before under the conditions before, where all have one."""
        number = self.number.earlier()
        before = [condition.statistic.earlier() for condition in self.conditions]
        found = [statistic for statistic in before if statistic is not None]
        if number is None or len(found) < len(before):
            return None
        conditions = tuple(
            replace(condition, statistic=statistic)
            for condition, statistic in zip(self.conditions, found, strict=True)
        )
        return replace(self, number=number, conditions=conditions)
