"""A reference to a column of a source: by name, by position, or a constant in its place."""

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class Reference:
    """Exactly one of a column's name, its position counted from 1, or a constant word.

    >>> str(Reference.parse("Amount")), str(Reference.parse(3))
    ("'Amount'", 'column 3')
    >>> Reference.parse({"constant": "SEK"}).constant
    'SEK'
    """

    name: str | None = None
    position: int | None = None
    constant: str | None = None

    def __str__(self) -> str:
        if self.name is not None:
            return repr(self.name)
        return f"constant {self.constant!r}" if self.position is None else f"column {self.position}"

    @classmethod
    def parse(cls, value: object) -> Self:
        """Read a reference as a profile writes it."""
        if isinstance(value, cls):
            return value
        if isinstance(value, str) and value:
            return cls(name=value)
        if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
            return cls(position=value)
        if isinstance(value, dict) and set(value) == {"constant"}:
            return cls(constant=str(value["constant"]))
        raise ValueError('a column name, a position from 1, or { constant = "..." }')
