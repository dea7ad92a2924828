"""Slices for where memory is tight: features are computed in passes, so a slice may be long."""

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from features.catalogue.feature import Feature
from features.dataset import Dataset
from features.slices.memory import in_use, spoken
from features.slices.needs import Needs
from features.slices.passes import Pass, cut_features
from features.slices.planning import PASSING, Means, Reach, Span, parts, rows_within

COLUMN_BYTES = 46  # of a row of history, before anything is made of it
_READING_BYTES = 150  # of a row while it is read and coded; measured
_COPIES = 3  # of a column while it is read: in the tables of its days, put together, and coded
_COUNTS = (1, 2, 3, 4, 6)  # of slices, to choose from
_DISK = 0.75  # of the disk's free bytes that may be used
_WAITS = 0.4  # what a byte that waits on disk costs, where one that is made of a history costs 1
_MORE = 1.2  # where no cut fits: so much more than the least one needs, for cheaper ones
_VALUE = 8


@dataclass(frozen=True)
class Tight:
    """What features of a dataset are computed in passes over slices of it.

    ``beside``: bytes of a row of history beside its usual columns.
    """

    dataset: Dataset
    as_of: datetime
    catalogue: tuple[Feature, ...]
    means: Means
    needs: Needs
    beside: int = 0

    def planned(self, span: Span, tell: Callable[[str], None]) -> list[list[Span]]:
        """Cut a stretch of time into the slices that cost least, of those that fit the memory.

        Few are best for what looks far, many for what does not.
        """
        cuts = list(parts(self.dataset, span.start, span.stop, self.means.block_rows))
        left = self._left()
        priced = [
            (*self._price(slices, left), slices)
            for count in _COUNTS
            if count <= max(len(cuts), 1)
            for slices in [_shared_out(cuts, count)]
        ]
        least = min(peak for peak, _, _ in priced)
        if least > left:
            tell(
                f"{spoken(self.means.memory)} of memory is less than this needs: the least that "
                f"can be done at a time takes about {spoken(least)}, and {spoken(left)} is left "
                "for it; going on all the same"
            )
        most = left if least <= left else _MORE * least
        able = [each for each in priced if each[0] <= most]
        return min(able, key=lambda each: each[1])[2]

    def passes(self, cut: Sequence[Span], accounts: int) -> list[Pass]:
        """Cut the features into passes over a slice whose rows are read, and so in use."""
        return self._passes(cut, accounts, 0)

    def _left(self) -> int:
        """Return the memory there is for rows of history beside whole frames: in the last pass."""
        return self.means.left(len(self.catalogue), 1)

    def _room(self) -> int:
        """Return the memory there is for them in the passes before, which make no frames."""
        return self.means.left(len(self.catalogue) // 2, 1)

    def _passes(self, cut: Sequence[Span], accounts: int, columns: int) -> list[Pass]:
        """Cut the features into passes beside so many bytes of columns."""

        def rows(reach: Reach) -> int:
            return self._rows(reach, cut)

        def place(each: Pass) -> tuple[bool, int]:
            made = each.size.of(rows(each.reach), accounts)
            return columns + PASSING * made <= left, len(each.features)

        def cost(found: Sequence[Pass]) -> float:
            made = sum(each.size.of(rows(each.reach), accounts) for each in found)
            return made + _WAITS * _waiting(found) * rows(Reach.of([]))

        left, able = self._left(), []
        for room in (left, self._room()):
            fits = round(max(room - columns, 0) / PASSING)
            found = cut_features(self.catalogue, self.needs, accounts, rows, fits)
            able.append(sorted(found, key=place))
        return min(able, key=cost)

    def _rows(self, reach: Reach, cut: Sequence[Span]) -> int:
        return rows_within(self.dataset, reach, cut[0].start, cut[-1].stop, self.as_of)

    def _price(self, slices: Sequence[Sequence[Span]], left: int) -> tuple[float, float]:
        """Return the most memory that a cut needs at once, and what it costs: bytes made."""
        peak, cost, room = 0.0, 0.0, self.means.memory - in_use()
        disk = shutil.disk_usage(tempfile.gettempdir()).free * _DISK
        for cut in slices:
            every = self._rows(Reach.of(self.catalogue), cut)
            census, own = self.needs.census, self._rows(Reach.of([]), cut)
            accounts = census.among(every)
            columns = (COLUMN_BYTES + self.beside) * every + round(census.id_bytes * own)
            found = self._passes(cut, accounts, columns)
            made = [each.size.of(self._rows(each.reach, cut), accounts) for each in found]
            earlier = PASSING * max(made[:-1], default=0) - (self._room() - left)
            waiting = _waiting(found) * own
            reading = (_READING_BYTES + _COPIES * self.beside) * every - (room - left)
            peak = max(peak, columns + max(PASSING * made[-1], earlier), reading)
            peak = max(peak, left * waiting / max(disk, 1))
            cost += sum(made) + _WAITS * waiting
        return peak, cost


def _waiting(found: Sequence[Pass]) -> int:
    """Return the bytes that wait on disk for each row asked about."""
    return _VALUE * sum(len(each.features) for each in found[:-1])


def _shared_out(cuts: Sequence[Span], count: int) -> list[list[Span]]:
    """Share parts out among so many slices."""
    edges = [len(cuts) * k // count for k in range(count + 1)]
    found = [list(cuts[a:b]) for a, b in pairwise(edges)]
    return [each for each in found if each]
