"""Score the rows of a run, slice by slice."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from engine.candidates.schema import SCORES
from engine.candidates.selection import ScoredRows
from engine.indicators import Flags
from engine.peers import SIDES, activity_columns
from engine.scoring.run import Run
from features.errors import InputError
from features.history import to_microseconds
from features.slices import FeatureFrame, added, slices

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Scored:
    """The scores of all rows of a run, and the rows that can make a candidate.

    ``left_out`` counts what the features' own bounds skipped, by name.
    """

    scores: pa.Table
    candidates: ScoredRows
    left_out: Mapping[str, int]


def scored(run: Run, progress: Progress) -> tuple[Scored, dict[str, int]]:
    """Score all rows of the range, slice by slice."""
    parts, left_out, done = [], dict[str, int](), 0
    for frame in _frames(run, progress):
        parts.append(_scored_slice(run, frame))
        left_out, done = added([left_out, frame.left_out]), done + len(frame)
        progress(f"{done:,} rows scored")
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
    return Scored(table.select(SCORES.names).cast(SCORES), _rows(rows), left_out), counts


def _frames(run: Run, progress: Progress) -> Iterator[FeatureFrame]:
    asked = (run.start, run.stop, run.as_of)
    return slices(
        run.dataset, run.measured, *asked, run.means, suspicion=run.suspicion, tell=progress
    )


def _scored_slice(run: Run, frame: FeatureFrame) -> tuple[pa.Table, np.ndarray]:
    scores = run.bundle.ensemble.score(frame.columns[: len(run.features)].T)
    fired = flags_of(run, frame).fired
    table = pa.table(
        {
            "transaction_id": frame.transaction_id,
            "score": scores.score,
            "percentile": scores.percentile,
            "mature": _mature(run, frame),
            "time": frame.time,
            "amount": frame.amount,
            "sender": frame.sender,
            "receiver": frame.receiver,
            **{f"fired_{side}": fired[:, at] for at, side in enumerate(SIDES)},
        }
    )
    return table, run.counted.rows(frame)


def _mature(run: Run, frame: FeatureFrame) -> np.ndarray:
    """Return where no leading value of the model can change: what else looks ahead is no matter."""
    lookahead = max((f.statistic.lookahead for f in run.features), default=0)
    return frame.time + lookahead <= to_microseconds(run.as_of)


def flags_of(run: Run, frame: FeatureFrame) -> Flags:
    """Ask all indicators about all rows of a frame that has a run's measured columns."""
    judge = run.judge
    sides = judge.traits.sides(
        _named(frame),
        activity_columns(frame.values, judge.measured),
        frame.time,
        to_microseconds(run.dataset.manifest.coverage_from),
    )
    return judge.watch.flags(frame.values, frame.time, judge.peers.groups(sides))


def _named(frame: FeatureFrame) -> pa.Table:
    """Return the accounts of a frame's rows, and their countries."""
    names = [*SIDES, *(f"{side}_country" for side in SIDES)]
    return pa.table({name: getattr(frame, name) for name in names})


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
        fired=np.column_stack([table[f"fired_{side}"].to_numpy() for side in SIDES]),
    )
