"""The first look at a dataset: what the scout makes of each payment by itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.scoring.counted import Counted
from engine.scout import Scout
from features.dataset import Dataset
from features.slices import (
    FeatureFrame,
    Means,
    Reach,
    Suspicion,
    added,
    rows_before,
    slices,
)


@dataclass(frozen=True)
class FirstLook:
    """The suspicion of the rows in ``[start, stop)``.

    ``left_out`` counts what the bounds of the scout's features skipped, by name.
    """

    suspicion: Suspicion
    start: datetime
    stop: datetime
    left_out: Mapping[str, int]

    def plain(self) -> dict[str, Any]:
        """Return what was looked at as plain values."""
        return {
            "from": self.start.isoformat(),
            "to": self.stop.isoformat(),
            "rows": len(self.suspicion.values),
            "suspicious": int(np.count_nonzero(self.suspicion.values)),
            "left_out": dict(self.left_out),
        }


def first_look(
    dataset: Dataset,
    scout: Scout,
    counted: Counted,
    start: datetime,
    stop: datetime,
    as_of: datetime,
    means: Means | None = None,
    tell: Callable[[str], None] = lambda _: None,
    *,
    reach: Reach,
) -> FirstLook:
    """Look at all rows that the company of those in ``[start, stop)`` can consist of.

    ``reach`` is how far company is looked for. What is found of a row is the same whatever the
    range and the as-of: the scout sees nothing that comes after it.
    """
    begin, end = reach.around(start, stop, as_of)
    parts, left_out, done = [np.empty(0, np.int32)], dict[str, int](), 0
    for frame in slices(dataset, scout.features(), begin, end, as_of, means, tell=tell):
        parts.append(suspected(frame, scout, counted))
        left_out, done = added([left_out, frame.left_out]), done + len(frame)
        tell(f"first look: {done:,} rows")
    values = np.concatenate(parts)
    return FirstLook(Suspicion(rows_before(dataset, begin), values), begin, end, left_out)


def suspected(frame: FeatureFrame, scout: Scout, counted: Counted) -> NDArray[np.int32]:
    """Return the suspicion of a frame's rows, whose features are the scout's; 0: not counted."""
    found, kept = np.zeros(len(frame), np.int32), counted.rows(frame)
    found[kept] = scout.suspicion(np.compress(kept, frame.columns, axis=1).T)
    return found
