"""Write the feature frame as Parquet, slice by slice."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from features.catalogue import CATALOGUE, digest
from features.dataset import Dataset, staged_folder
from features.frame import FeatureFrame, settle, slices


def write_features(
    dataset: Dataset,
    out: Path,
    start: datetime | None = None,
    stop: datetime | None = None,
    as_of: datetime | None = None,
    *,
    progress: Callable[[str], None] = lambda _: None,
) -> int:
    """Write the catalogue's features of a dataset's rows to a new folder; return how many rows.

    A file for each slice: ``transaction_id``, ``mature``, and a float64 column for each feature,
    null where it is not known. The schema's metadata holds the catalogue's digest.

    Raises
    ------
    InputError, OutputError
        If the range holds nothing or lies outside the coverage; if ``out`` exists.
    """
    rows = 0
    asked = settle(dataset, start, stop, as_of)
    with staged_folder(out) as staging:
        for number, frame in enumerate(slices(dataset, CATALOGUE, *asked)):
            pq.write_table(to_table(frame), staging / f"part-{number:05d}.parquet")
            rows += len(frame)
            progress(f"features of {rows:,} transactions")
    return rows


def to_table(frame: FeatureFrame) -> pa.Table:
    """Turn a frame into a table."""
    columns = {
        "transaction_id": frame.transaction_id,
        "mature": frame.mature,
        **{
            name: pa.array(frame.values[:, column], from_pandas=True)
            for column, name in enumerate(frame.names)
        },
    }
    return pa.table(columns).replace_schema_metadata({"catalogue": digest(CATALOGUE)})
