"""AMLworld's files as they come from Kaggle, made a dataset for a protocol."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from experiments.protocol.frame import Progress
from features.dataset import Dataset, refuse_existing
from features.sources import ingest

PROFILE = "amlworld"
INSIDE = "dataset"
"""Where the dataset lies in the protocol's folder."""


@contextmanager
def dataset_of(
    transactions: Path, patterns: Path, keep: Path | None, out: Path, progress: Progress
) -> Iterator[Dataset]:
    """Ingest a file of transactions with its file of patterns.

    The dataset is kept in ``keep``; if that is None, in the folder ``out`` once that is there.

    Raises
    ------
    InputError, OutputError
        If a file cannot be read, or a folder exists already.
    """
    refuse_existing(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".dataset-", dir=out.parent) as place:
        folder = keep or Path(place) / transactions.stem
        progress(f"reading {transactions.name}")
        made = ingest([transactions], PROFILE, folder, patterns=patterns)
        progress(
            f"{made.transactions:,} transactions, {made.positives:,} illicit; "
            f"{made.patterns_not_found:,} rows of patterns not found"
        )
        yield Dataset.open(folder)
        if keep is None and out.is_dir():
            shutil.move(folder, out / INSIDE)
