"""The features of all rows a protocol needs: computed once, as of the end, for all that is trained.

A value depends on rows in ``[t - lookback, t + lookahead]`` alone. So what was known at an earlier
instant is the same column with the values that were not yet known taken out.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from engine.arrays import Flags, Floats, Integers
from experiments.rows import Rows, micros
from experiments.split import Part, instant
from features.catalogue import Feature
from features.dataset import Dataset
from features.slices import TICK, Means, Suspicion, slices

Progress = Callable[[str], None]
_PIECE = 65_536


@dataclass(frozen=True)
class MeasuredRows:
    """Features of the rows ``at`` of a dataset, in its order.

    ``blocks`` hold their values, some features each: (rows, features of the block), end to end.
    """

    features: tuple[Feature, ...]
    at: Integers
    time: Integers
    blocks: tuple[Floats, ...]

    def of(self, part: Part, features: Sequence[Feature], as_of: int) -> tuple[Integers, Floats]:
        """Return where the rows of a part stand in the dataset, and features as of an instant.

        ``as_of`` is in microseconds since 1970, not after the instant this was computed for.
        """
        edges = [micros(part.start), micros(part.stop)]
        first, last = (int(place) for place in np.searchsorted(self.time, edges))
        X, time = self.columns(slice(first, last), features), self.time[first:last]
        for column, feature in enumerate(features):
            if feature.statistic.lookahead:
                X[time + feature.statistic.lookahead > as_of, column] = np.nan
        return self.at[first:last], X

    def pieces(self, features: Sequence[Feature]) -> Iterator[tuple[Integers, Floats]]:
        """Yield where rows stand in the dataset, and their features, some rows at a time."""
        for first in range(0, len(self.at), _PIECE):
            rows = slice(first, first + _PIECE)
            yield self.at[rows], self.columns(rows, features)

    def beside(self, features: Sequence[Feature], values: Floats) -> "MeasuredRows":
        """Return the same rows with further features: a block that holds but these gives way."""
        anew, kept, blocks, first = set(features), list[Feature](), list[Floats](), 0
        for block in self.blocks:
            own = self.features[first : first + block.shape[1]]
            first += len(own)
            if not anew.issuperset(own):
                kept += own
                blocks.append(block)
        return replace(self, features=(*kept, *features), blocks=(*blocks, values))

    def columns(self, rows: slice | Integers, features: Sequence[Feature]) -> Floats:
        """Return features of some of the rows, as of the instant they were computed for."""
        owners = [(block, column) for block in self.blocks for column in range(block.shape[1])]
        place = dict(zip([feature.name for feature in self.features], owners, strict=True))
        found = np.empty((len(self.at[rows]), len(features)))
        for column, feature in enumerate(features):
            block, own = place[feature.name]
            found[:, column] = block[rows, own]
        return found


def measure_company(
    dataset: Dataset,
    rows: Rows,
    company: Sequence[Feature],
    suspicion: Suspicion | None,
    frame: MeasuredRows,
) -> MeasuredRows:
    """Compute company features of the rows of a frame. Nothing after the last of ``rows`` is seen.

    A pass over the dataset, but for few features.
    """
    values = np.empty((len(frame.at), len(company)))
    _fill(values, frame.at, dataset, rows, company, suspicion=suspicion)
    return frame.beside(company, values)


def measure_rows(
    dataset: Dataset,
    rows: Rows,
    features: Sequence[Feature],
    kept: Flags,
    place: Path,
    *,
    means: Means | None = None,
    progress: Progress = lambda _: None,
) -> MeasuredRows:
    """Compute features of the kept rows in one pass, into a file in the folder ``place``.

    Nothing after the last of ``rows`` is seen.
    """
    at = np.flatnonzero(kept)
    shape = (len(at), len(features))
    values = np.lib.format.open_memmap(place / "features.npy", "w+", np.float64, shape)
    _fill(values, at, dataset, rows, features, means=means, progress=progress)
    return MeasuredRows(tuple(features), at, rows.time[at], (values,))


def _fill(
    values: Floats,
    at: Integers,
    dataset: Dataset,
    rows: Rows,
    features: Sequence[Feature],
    *,
    means: Means | None = None,
    suspicion: Suspicion | None = None,
    progress: Progress = lambda _: None,
) -> None:
    """Compute features of the rows ``at``, as of the last of ``rows``, into ``values``."""
    as_of, done, written = instant(int(rows.time[-1])), 0, 0
    asked = (None, as_of + TICK, as_of, means)
    for frame in slices(dataset, features, *asked, suspicion=suspicion, tell=progress):
        ids = rows.transaction_id.slice(done, len(frame)).combine_chunks()
        if not frame.transaction_id.equals(ids):
            raise RuntimeError("the features are not those of the dataset's rows")
        kept = slice(written, int(np.searchsorted(at, done + len(frame))))
        own = at[kept] - done
        for column, found in enumerate(frame.columns):  # whole rows took up to twice as long
            values[kept, column] = found[own]
        done, written = done + len(frame), kept.stop
        progress(f"features of {done:,} rows")
