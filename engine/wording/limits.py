"""What a condition of an indicator asks for, in words."""

import math
from typing import Protocol

from engine.wording.quantity import quantity
from engine.wording.words import Money, percent

_WHOLE = frozenset({"payments", "accounts", "banks", "countries", "hops", "money"})
_NOTHING = 1e-9


class Limit(Protocol):
    """A threshold in a unit; ``peer_threshold`` where it is that percentile among peers."""

    @property
    def unit(self) -> str:
        """The measure's unit."""

    @property
    def op(self) -> str:
        """At least, more than, at most, less than."""

    @property
    def threshold(self) -> float | None:
        """From where, or up to where, it holds."""

    @property
    def peer_threshold(self) -> float | None:
        """The percentile the threshold stands for."""


def asked(limit: Limit, money: Money) -> str:
    """Say what a condition asks for.

    >>> from types import SimpleNamespace as Asked
    >>> euro = Money("EUR", 2)
    >>> asked(Asked(unit="share", op="at most", threshold=0.1, peer_threshold=None), euro)
    'at most 10 %'
    >>> asked(Asked(unit="yes/no", op="at most", threshold=0.0, peer_threshold=None), euro)
    'no'
    >>> asked(Asked(unit="payments", op="at least", threshold=2.01, peer_threshold=0.95), euro)
    'at least 3 payments: among the highest 5 % of its peers'
    >>> asked(Asked(unit="times", op="at least", threshold=5e-324, peer_threshold=0.99), euro)
    'more than 0: among the highest 1 % of its peers'
    """
    level, high = limit.threshold, limit.op in {"at least", "more than"}
    if level is None:
        return "not known"
    if limit.unit == "yes/no":
        return "yes" if high else "no"
    if limit.peer_threshold is None:
        return f"{limit.op} {quantity(level, limit.unit, money)}"
    share = percent(1 - limit.peer_threshold if high else limit.peer_threshold)
    among = f"among the {'highest' if high else 'lowest'} {share} of its peers"
    if high and 0 < level < _NOTHING:
        return f"more than 0: {among}"
    if limit.unit in _WHOLE:
        level = float(math.ceil(level) if high else math.floor(level))
    return f"{limit.op} {quantity(level, limit.unit, money)}: {among}"
