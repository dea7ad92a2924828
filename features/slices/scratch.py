"""Columns of features that wait on disk until the other features of their rows are computed."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from tempfile import TemporaryFile
from threading import Lock
from types import TracebackType
from typing import Self

import numpy as np

from features.slices.frame import Floats, added

_DOUBLE = 8


@dataclass(frozen=True)
class _Part:
    """Columns of some features and rows: where they lie, and what their bounds left out."""

    features: Sequence[int]
    first: int
    last: int
    offset: int
    left_out: Mapping[str, int]


class Scratch:
    """A file without a name, gone when it is closed, however the process ends."""

    def __init__(self) -> None:
        self._file = TemporaryFile(buffering=0)  # noqa: SIM115 (closed by ``__exit__``)
        self._parts: list[_Part] = []
        self._end = 0
        self._lock = Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def write(
        self, features: Sequence[int], first: int, columns: Floats, left_out: Mapping[str, int]
    ) -> None:
        """Keep the columns of some features of the rows from ``first`` on."""
        with self._lock:
            offset, self._end = self._end, self._end + columns.nbytes
        place = offset
        for column in columns:
            place += _whole(os.pwrite, self._file.fileno(), column.view(np.uint8).data, place)
        part = _Part(features, first, first + columns.shape[1], offset, left_out)
        with self._lock:
            self._parts.append(part)

    def read(self, first: int, last: int, columns: Floats) -> dict[str, int]:
        """Put what is kept of rows ``first:last`` into the columns; return what was left out.

        What the bounds of some rows left out is told with the first of them.
        """
        parts = [part for part in self._parts if part.first < last and part.last > first]
        for part in parts:
            low, high = max(first, part.first), min(last, part.last)
            for number, feature in enumerate(part.features):
                rows = (part.last - part.first) * number + low - part.first
                target = columns[feature, low - first : high - first].view(np.uint8).data
                _whole(_read, self._file.fileno(), target, part.offset + _DOUBLE * rows)
        return added(part.left_out for part in parts if first <= part.first < last)


def _read(file: int, target: memoryview, offset: int) -> int:
    return os.preadv(file, [target], offset)


def _whole(
    move: Callable[[int, memoryview, int], int], file: int, data: memoryview, offset: int
) -> int:
    """Read or write all of some bytes; return how many there are."""
    done = 0
    while done < len(data):
        moved = move(file, data[done:], offset + done)
        if not moved:
            raise OSError("the scratch file ended early")
        done += moved
    return done
