"""The strongest open pipeline beside ours: Snap ML's graph features, and XGBoost on top.

Its features are computed in one pass in time order, in batches, as its authors do. Inside a batch
it looks ahead: all edges of a batch are in its graph before any is described. With batches of one
it is strictly causal.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.arrays import Floats, Integers
from experiments.benchmarks.peers import gfp
from experiments.judging.rivals import Columns, raw_features
from experiments.protocol.entrant import Entrant, Field, Lesson
from experiments.protocol.frame import Progress
from experiments.protocol.rivals import boosted
from experiments.protocol.search import Searching
from experiments.rows import Rows
from features.errors import ConfigError
from features.windows import DAY, SECOND

NAME = "GFP + XGBoost"
_OFFSET = 400 * 86_400
"""Seconds before the first payment: near 0 it loses cycles."""
_COLUMNS = 5
_TOLD = 2_000


@dataclass(frozen=True)
class Gfp:
    """Its windows in days, its batches in rows.

    The published windows are 1 day, and 6 hours for scatter-gather: a quarter here too where the
    window is 1 day; beyond that all windows are the same.
    """

    days: int = 28
    batch: int = 128
    threads: int = 1

    @property
    def wanted(self) -> dict[str, Any]:
        """What is asked of it."""
        width = self.days * DAY // SECOND
        windows = ("vertex_stats", "fan", "degree", "scatter-gather", "temp-cycle", "lc-cycle")
        return {
            **dict.fromkeys(windows, True),
            **{f"{name}_tw": width for name in windows},
            "scatter-gather_tw": width // 4 if self.days == 1 else width,
            "lc-cycle_len": 10,
            "vertex_stats_cols": [3, 4],
        }

    @property
    def about(self) -> str:
        """Say what it is."""
        ahead = (
            "strictly row by row"
            if self.batch == 1
            else f"in batches of {self.batch}, inside which it looks ahead"
        )
        return f"Snap ML graph features over {self.days} days, {ahead}, and facts of the payment"


def require_snapml() -> None:
    """Refuse before any work where Snap ML is not installed.

    Raises
    ------
    ConfigError
        Saying how to get it.
    """
    try:
        gfp.preprocessor(Gfp(1).wanted, 1)
    except ImportError as error:
        raise ConfigError(
            "--beside gfp needs Snap ML, which is proprietary and not part of moneytrail: "
            'pip install "moneytrail[bench]"'
        ) from error


def gfp_features(rows: Rows, asked: Gfp, wanted: Integers, tell: Progress) -> NDArray[np.float32]:
    """Return its features of the rows ``wanted`` (ascending); NaN where a side is not known."""
    made = gfp.preprocessor(asked.wanted, asked.threads)
    fed = np.flatnonzero((rows.sender >= 0) & (rows.receiver >= 0))
    seconds = (rows.time[fed] - rows.time[0]) // SECOND + _OFFSET
    columns = (np.arange(len(fed)), rows.sender[fed], rows.receiver[fed], seconds, rows.amount[fed])
    edges = np.ascontiguousarray(np.column_stack(columns), np.float64)
    chosen, place = np.isin(fed, wanted), np.searchsorted(wanted, fed)
    found: NDArray[np.float32] | None = None
    for first in range(0, len(edges), asked.batch):
        batch = slice(first, first + asked.batch)
        told = made.transform(edges[batch])[:, _COLUMNS:]
        if found is None:
            found = np.full((len(wanted), told.shape[1]), np.nan, np.float32)
        found[place[batch][chosen[batch]]] = told[chosen[batch]]
        if (first // asked.batch + 1) % _TOLD == 0:
            tell(f"{NAME}: features of {first:,} rows")
    return np.empty((len(wanted), 0), np.float32) if found is None else found


def beside(
    field: Field,
    lesson: Lesson,
    rows: Rows,
    asked: Gfp,
    seeds: Sequence[int],
    seek: Searching,
) -> Entrant:
    """Train XGBoost on its features and the facts of the payment, tuned and judged as ours is."""
    learned = [part.at for _, part in lesson.parts]
    parts = (*learned, field.validation_at, field.test_at)
    wanted = np.unique(np.concatenate(parts))
    own, facts = gfp_features(rows, asked, wanted, seek.tell), _facts(field, wanted)
    both: Floats = np.column_stack((own, facts)).astype(np.float64, copy=False)
    told = [both[np.searchsorted(wanted, part)] for part in parts]
    illicit = [part.label == 1 for _, part in lesson.parts]
    columns = Columns.of(*zip(told[: len(learned)], illicit, strict=True))
    return boosted(NAME, asked.about, field, columns, (told[-2], told[-1]), seeds, seek)


def _facts(field: Field, wanted: Integers) -> Floats:
    """Return facts of the payment: they do not depend on what is known when."""
    frame = field.prepared.frame
    return frame.columns(np.searchsorted(frame.at, wanted), raw_features())
