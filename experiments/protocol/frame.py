"""The features of all rows a protocol needs: computed once, as of the end, for all that is trained.

A value depends on rows in ``[t - lookback, t + lookahead]`` alone. So what was known at an earlier
instant is the same column with the values that were not yet known taken out.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.arrays import Flags, Floats, Integers
from experiments.rows import Rows, micros
from experiments.split import Part, instant
from features.catalogue import Feature
from features.dataset import Dataset
from features.slices import TICK, Means, slices

Progress = Callable[[str], None]


@dataclass(frozen=True)
class MeasuredRows:
    """Features of the rows ``at`` of a dataset, in its order: ``values`` (rows, features)."""

    features: tuple[Feature, ...]
    at: Integers
    time: Integers
    values: Floats

    def of(self, part: Part, features: Sequence[Feature], as_of: int) -> tuple[Integers, Floats]:
        """Return where the rows of a part stand in the dataset, and features as of an instant.

        ``as_of`` is in microseconds since 1970, not after the instant this was computed for.
        """
        edges = [micros(part.start), micros(part.stop)]
        first, last = (int(place) for place in np.searchsorted(self.time, edges))
        place = {feature.name: column for column, feature in enumerate(self.features)}
        wanted = [place[feature.name] for feature in features]
        X = np.ascontiguousarray(self.values[first:last][:, wanted])
        time = self.time[first:last]
        for column, feature in enumerate(features):
            if feature.statistic.lookahead:
                X[time + feature.statistic.lookahead > as_of, column] = np.nan
        return self.at[first:last], X


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
    at, as_of = np.flatnonzero(kept), instant(int(rows.time[-1]))
    shape = (len(at), len(features))
    values = np.lib.format.open_memmap(place / "features.npy", "w+", np.float64, shape)
    done = written = 0
    for frame in slices(dataset, features, None, as_of + TICK, as_of, means, tell=progress):
        ids = rows.transaction_id.slice(done, len(frame)).combine_chunks()
        if not frame.transaction_id.equals(ids):
            raise RuntimeError("the features are not those of the dataset's rows")
        own = at[written : int(np.searchsorted(at, done + len(frame)))]
        values[written : written + len(own)] = frame.values[own - done]
        done, written = done + len(frame), written + len(own)
        progress(f"features of {done:,} rows")
    return MeasuredRows(tuple(features), at, rows.time[at], values)
