"""One occurrence of a pattern, with the role each payment plays in it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Instance:
    """Payments that form a pattern together.

    ``rows`` are rows of the history, in time order; ``roles`` says what each does, row by row
    ("scatter leg", "hop 2 of 4"). ``strength`` orders the instances of one pattern: a higher one
    is less likely to be chance; what it is made of is said where the pattern is defined.
    """

    pattern: str
    rows: tuple[int, ...]
    roles: tuple[str, ...]
    strength: float
