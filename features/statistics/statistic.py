"""What every statistic answers."""

from typing import Protocol

from features.history import Integers
from features.workspace import Floats, Lens, Workspace


class Statistic(Protocol):
    """A frozen description of one number about a row; equal descriptions give equal numbers."""

    @property
    def label(self) -> str:
        """Its name, derived from its parts."""

    @property
    def lens(self) -> Lens | None:
        """Whose payments it looks at; None for a fact of the row itself."""

    @property
    def lookback(self) -> int:
        """How many microseconds before a row it needs rows from."""

    @property
    def lookahead(self) -> int:
        """How many microseconds after a row it needs rows from; 0 for what is known then."""

    @property
    def null_rules(self) -> tuple[str, ...]:
        """When it is null beside its window and its parts, in the words of the catalogue's page."""

    def value(self, space: Workspace) -> Floats:
        """Return the value for each row asked about; NaN where it can't be known."""

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return the history rows that make the value of row ``at`` true."""

    def earlier(self) -> "Statistic | None":
        """Return the same statistic over the time just before its window: the own past."""


class Backward:
    """What looks back on a past of its own: nothing ahead, and no window before it."""

    @property
    def lookahead(self) -> int:
        """Nothing."""
        return 0

    def earlier(self) -> None:
        """Return nothing: it looks at its own past already."""
        return


class OfTheRow(Backward):
    """What is told of the row alone."""

    @property
    def lens(self) -> None:
        """None: it is the row's own."""
        return

    @property
    def lookback(self) -> int:
        """Nothing."""
        return 0

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return the row."""
        return space.rows[at : at + 1]
