"""Score the rows of a run, slice by slice."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from engine.candidates.schema import SCORES
from engine.candidates.selection import ScoredRows
from engine.scoring.run import Run
from features.dataset import CHANNELS
from features.errors import InputError
from features.frame import FeatureFrame, slices

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Scored:
    """The scores of all rows of a run, and the rows that can make a candidate."""

    scores: pa.Table
    candidates: ScoredRows


def scored(run: Run, progress: Progress) -> tuple[Scored, dict[str, int]]:
    """Score all rows of the range, slice by slice."""
    parts = []
    for frame in _frames(run):
        progress(f"scoring {len(frame):,} rows")
        parts.append(_scored_slice(run, frame))
    table = pa.concat_tables([part for part, _ in parts]) if parts else None
    if table is None or not table.num_rows:
        raise InputError(
            f"{run.dataset.path}: no rows between {run.start.isoformat()} and "
            f"{run.stop.isoformat()}"
        )
    rows = table.filter(np.concatenate([kept for _, kept in parts])).unify_dictionaries()
    counts = {
        "in_range": table.num_rows,
        "can_be_candidates": rows.num_rows,
        "mature": int(np.sum(table["mature"].to_numpy())),
    }
    return Scored(table.select(SCORES.names).cast(SCORES), _rows(rows)), counts


def _frames(run: Run) -> Iterator[FeatureFrame]:
    return slices(
        run.dataset,
        run.features,
        run.start,
        run.stop,
        run.as_of,
        rows_at_once=run.rows_at_once,
    )


def _scored_slice(run: Run, frame: FeatureFrame) -> tuple[pa.Table, np.ndarray]:
    scores = run.bundle.ensemble.score(frame.values)
    table = pa.table(
        {
            "transaction_id": frame.transaction_id,
            "score": scores.score,
            "percentile": scores.percentile,
            "mature": frame.mature,
            "time": frame.time,
            "amount": frame.amount,
            "sender": frame.sender,
            "receiver": frame.receiver,
        }
    )
    left_out = [CHANNELS.index(channel) for channel in run.left_out_channels]
    kept = ~np.isin(frame.channel, left_out)
    return table, kept & frame.internal if run.population == "internal" else kept


def _rows(table: pa.Table) -> ScoredRows:
    sides = pa.chunked_array(
        [c.cast(pa.string()) for name in ("sender", "receiver") for c in table[name].chunks],
        pa.string(),
    )
    coded = sides.combine_chunks().dictionary_encode()
    codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32)
    return ScoredRows(
        transaction_id=table["transaction_id"].combine_chunks(),
        time=table["time"].to_numpy(),
        amount=table["amount"].to_numpy(),
        sender=codes[: table.num_rows],
        receiver=codes[table.num_rows :],
        accounts=coded.dictionary,
        score=table["score"].to_numpy(),
        percentile=table["percentile"].to_numpy(),
        mature=table["mature"].to_numpy(),
    )
