"""Like with like: groups of accounts frozen on training rows, and what is usual in each."""

from engine.peers.frozen import Comparison, Peers
from engine.peers.traits import ACTIVITY, SIDES, Side, Sides, Traits, activity_columns

__all__ = [
    "ACTIVITY",
    "SIDES",
    "Comparison",
    "Peers",
    "Side",
    "Sides",
    "Traits",
    "activity_columns",
]
