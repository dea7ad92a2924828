"""Which indicators fired for a candidate's account in its period, and where to show each.

The period, not the peak payment alone: an account is a candidate for what it did in a week, and
what makes one red flag complete (the last of several small deposits) need not be the payment with
the highest score. The score is explained at the peak; an indicator is shown there if it fired
there, else at the highest scored payment at which it did.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.candidates.selection import SIDES, Choice, ScoredRows
from engine.indicators.watching import bit
from features.history import Integers, to_microseconds


@dataclass(frozen=True)
class Mark:
    """An indicator (by its place in the config) that fired, and the row and side to show it at.

    ``payments`` is how many of the account's rows in the period it fired on.
    """

    place: int
    row: int
    side: str
    payments: int


class Marks:
    """Finds the marks of choices among the rows they were chosen from."""

    def __init__(self, rows: ScoredRows) -> None:
        self._rows = rows
        self._orders = [np.argsort(codes, kind="stable") for codes in (rows.sender, rows.receiver)]

    def of(self, choice: Choice) -> list[Mark]:
        """Return the marks of a choice, in the config's order."""
        row, side = self._entries(choice)
        words = self._rows.fired[row, side]
        union = int(np.bitwise_or.reduce(words)) if len(words) else 0
        found = []
        for place in range(union.bit_length()):
            if union >> place & 1:
                at = np.flatnonzero(bit(words, place))
                best = min(at.tolist(), key=lambda e: self._key(choice, int(row[e]), int(side[e])))
                count = len(np.unique(row[at]))
                found.append(Mark(place, int(row[best]), SIDES[side[best]], count))
        return found

    def _entries(self, choice: Choice) -> tuple[Integers, Integers]:
        """Return the rows of a choice's account in its period, and the side it is on."""
        rows = self._rows
        codes: Sequence[np.ndarray] = (rows.sender, rows.receiver)
        account = codes[SIDES.index(choice.side)][choice.row]
        begin, end = to_microseconds(choice.start), to_microseconds(choice.stop)
        found = []
        for order, own in zip(self._orders, codes, strict=True):
            low, high = np.searchsorted(own, [account, account + 1], sorter=order)
            mine = order[low:high]
            first, stop = np.searchsorted(rows.time[mine], [begin, end])
            found.append(mine[first:stop])
        return np.concatenate(found), np.repeat([0, 1], [len(part) for part in found])

    def _key(self, choice: Choice, row: int, side: int) -> tuple[bool, float, int, str, int]:
        """Return what ranks one payment before another: the peak, then score, amount, id."""
        rows = self._rows
        peak = row == choice.row and SIDES[side] == choice.side
        name = rows.transaction_id[row].as_py()
        return not peak, -float(rows.score[row]), -int(rows.amount[row]), name, side
