"""All rows on which an indicator fired, for all accounts: rules alone, no candidates chosen."""

from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from engine.bundle import load_bundle
from engine.indicators.watching import names
from engine.peers import SIDES
from engine.scoring.batch import Progress, flags_of
from engine.scoring.run import Request, Run, settled
from features.dataset import TIME, Dataset, staged_folder
from features.slices import FeatureFrame, used

FLAGGED = pa.schema(
    [
        pa.field("transaction_id", pa.string(), nullable=False),
        pa.field("timestamp", TIME, nullable=False),
        pa.field("side", pa.string(), nullable=False),
        pa.field("account", pa.string(), nullable=False),
        pa.field("indicators", pa.list_(pa.string()), nullable=False),
        pa.field("rule_score", pa.float64(), nullable=False),
    ]
)


def write_flagged(
    dataset: Dataset,
    model: Path,
    out: Path,
    request: Request,
    *,
    progress: Progress = lambda _: None,
) -> tuple[int, int]:
    """Write every row and side on which a model's indicators fired; return rows seen and written.

    A new folder with a file for each block of rows that has any. ``rule_score`` is the weighted
    count of what fired on the payment, on either side.

    Raises
    ------
    InputError, BundleError, OutputError
        If the dataset, the model or the output folder can't be used as asked.
    """
    run = settled(dataset, load_bundle(model), request)
    # No first look: what fires asks nothing of the company a payment is in.
    seen, written, _ = 0, 0, run.judge
    asked = (run.start, run.stop, run.as_of)
    with staged_folder(out) as staging:
        use = partial(_write, run, staging)
        for rows, fired in used(dataset, run.measured, use, *asked, run.means, tell=progress):
            seen, written = seen + rows, written + fired
            progress(f"{written:,} flagged in {seen:,} transactions")
    return seen, written


def _write(run: Run, folder: Path, frame: FeatureFrame, number: int) -> tuple[int, int]:
    table = flagged(run, frame)
    if table.num_rows:
        pq.write_table(table, folder / f"part-{number:05d}.parquet")
    return len(frame), table.num_rows


def flagged(run: Run, frame: FeatureFrame) -> pa.Table:
    """Return the rows and sides of a frame on which something fired, in order of row, then side."""
    flags = flags_of(run, frame)
    row, side = np.nonzero(flags.fired)
    at = pa.array(row)
    accounts = [getattr(frame, name).cast(pa.string()) for name in SIDES]
    own = pa.chunked_array(accounts).combine_chunks().take(pa.array(row + side * len(frame)))
    words = flags.fired[row, side].tolist()
    return pa.table(
        {
            "transaction_id": frame.transaction_id.cast(pa.string()).take(at),
            "timestamp": pa.array(frame.time[row], pa.int64()).cast(TIME),
            "side": pa.array(SIDES).take(pa.array(side)),
            "account": own,
            "indicators": pa.array([names(run.indicators, word) for word in words]),
            "rule_score": flags.rule_score()[row],
        },
        FLAGGED,
    )
