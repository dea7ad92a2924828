"""Which things each feature makes of a history, and how large they are: recorded on a sample."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from functools import cached_property
from typing import TypeVar, cast

import numpy as np

from features.catalogue.feature import Feature
from features.dataset import Dataset
from features.history import History
from features.history.kept import Kept
from features.patterns.graph import Adjacency, Graph
from features.slices.footprint import Census, arrays, sample
from features.slices.suspicion import Suspicion
from features.workspace import Workspace

_ASKED = 20
_Made = TypeVar("_Made")


@dataclass(frozen=True)
class Size:
    """Bytes for each row of a history, and for each account in it."""

    row: float = 0.0
    account: float = 0.0

    def of(self, rows: int, accounts: int) -> int:
        """Return the bytes for so many."""
        return round(self.row * rows + self.account * accounts)


@dataclass(frozen=True)
class Needs:
    """``of`` names what each feature makes, one set a feature; ``sizes`` says how large each is.

    ``told`` names what the bounds of each leave out. What a history is made of to begin with, its
    columns, is not among them.
    """

    of: tuple[frozenset[object], ...]
    sizes: dict[object, Size]
    told: tuple[frozenset[str], ...]
    census: Census

    @classmethod
    def recorded(
        cls,
        dataset: Dataset,
        catalogue: Sequence[Feature],
        as_of: datetime,
        suspicion: Suspicion | None = None,
    ) -> "Needs":
        """Compute the features of some rows of a sample, and watch what is made."""
        recording = Recording()
        first, census = sample(dataset, as_of, suspicion)
        history = replace(first, kept=recording)
        rows = np.linspace(0, len(history) - 1, min(len(history), _ASKED)).astype(np.int64)
        spaces = [Workspace(history, rows) for _ in catalogue]
        found = tuple(map(recording.asked_by, catalogue, spaces))
        told = tuple(frozenset(space.left_out) for space in spaces)
        return cls(found, _sizes(history, recording.made), told, census)

    def size(self, made: Collection[object]) -> Size:
        """Return the size of some things together."""
        sizes = [self.sizes[key] for key in made]
        return Size(sum(size.row for size in sizes), sum(size.account for size in sizes))


class Recording(Kept):
    """Remembers what was asked for, and what was asked for to make it; for a single thread."""

    def __init__(self) -> None:
        super().__init__()
        self._asked: list[set[object]] = [set()]
        self._parts: dict[object, set[object]] = {}
        self.made: dict[object, object] = {}  # parts come before what they are parts of

    def get(self, key: object, make: Callable[[], _Made]) -> _Made:
        """Return what ``make`` makes, or has made for the first who asked."""
        self._asked[-1].add(key)
        if key in self._parts:
            return super().get(key, make)
        self._asked.append(self._parts.setdefault(key, set()))
        found = super().get(key, lambda: cast("_Made", self._watched(key, make())))
        self._asked.pop()
        self.made[key] = found
        return found

    def asked_by(self, feature: Feature, space: Workspace) -> frozenset[object]:
        """Compute a feature; return all that it asked for, and all of what that was made."""
        self._asked.append(set())
        feature.value(space)
        found, fresh = set[object](), self._asked.pop()
        while fresh:
            found |= fresh
            fresh = set[object]().union(*(self._parts[key] for key in fresh)) - found
        return frozenset(found)

    def _watched(self, key: object, made: object) -> object:
        """Return what was made; of a graph, one whose parts are recorded as they are made."""
        if type(made) not in (Graph, Adjacency):
            return made
        record, kind = self, cast("type[Graph]", type(made))

        class Watched(kind):  # type: ignore[valid-type,misc]
            def __getattribute__(self, name: str) -> object:
                part = vars(kind).get(name)
                if isinstance(part, cached_property):
                    return record.get((key, name), lambda: part.func(self))
                return super().__getattribute__(name)

        return Watched(*(getattr(made, each.name) for each in fields(kind)))


def _sizes(history: History, things: Mapping[object, object]) -> dict[object, Size]:
    """Measure what was made; an array that several hold counts for the first of them."""
    seen: dict[int, object] = {}
    columns = {name: value for name, value in vars(history).items() if name != "kept"}
    list(arrays(columns, seen))
    lengths = {some * history.accounts + more for some in (1, 2) for more in (0, 1)}
    lengths -= {len(history), len(history) + 1}
    found = {}
    for key, made in things.items():
        by_row, by_account = 0, 0
        for array in arrays(made, seen):
            if len(array) in lengths:
                by_account += array.nbytes
            else:
                by_row += array.nbytes
        found[key] = Size(by_row / len(history), by_account / history.accounts)
    return found
