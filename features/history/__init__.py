"""The rows of a slice as arrays, and what is kept of them for all who ask."""

from features.history.history import (
    COLUMNS,
    Codes,
    Flow,
    History,
    Integers,
    Ledger,
    Subject,
    from_microseconds,
    to_microseconds,
)

__all__ = [
    "COLUMNS",
    "Codes",
    "Flow",
    "History",
    "Integers",
    "Ledger",
    "Subject",
    "from_microseconds",
    "to_microseconds",
]
