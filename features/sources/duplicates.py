"""Transactions that came twice: what says the same is kept once, what contradicts is refused."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

SAME = "transaction_id: the same row again"
_NOTHING, _BETWEEN = "\x00", "\x1f"
OTHER = "transaction_id: another row has this id and says something else"


@dataclass(frozen=True)
class Duplicates:
    """Rows to refuse, by place: copies of a kept row, and rows that contradict each other."""

    copies: np.ndarray
    conflicts: np.ndarray

    @property
    def places(self) -> np.ndarray:
        """All rows to refuse, in order."""
        return np.union1d(self.copies, self.conflicts)


def find_duplicates(transactions: pa.Table, labels: pa.Table | None) -> Duplicates:
    """Find rows that share an id.

    Rows equal in every column but the batch they came in are one transaction told twice: the
    first, by file name and row number, is kept. Where they differ, nothing says which is true:
    all of them are refused.
    """
    nothing = np.array([], dtype=np.int64)
    counts = pc.value_counts(transactions["transaction_id"])
    often = counts.filter(pc.greater(counts.field("counts"), 1)).field("values")
    if not len(often):
        return Duplicates(nothing, nothing)
    shared = pc.is_in(transactions["transaction_id"], value_set=often)
    places = np.flatnonzero(shared.combine_chunks().to_numpy(zero_copy_only=False))
    rows = _contents(transactions, labels, places)
    differs = rows["content"].ne(rows.groupby("id")["content"].transform("first"))
    conflict = differs.groupby(rows["id"]).transform("any").to_numpy()
    repeated = rows.duplicated("id").to_numpy()
    return Duplicates(places[repeated & ~conflict], places[conflict])


def _contents(transactions: pa.Table, labels: pa.Table | None, places: np.ndarray) -> pd.DataFrame:
    """Return ids and, as one text a row, all that a row says."""
    rows = pa.array(places)
    table = transactions.drop_columns(["batch_id", "ingested_at"]).take(rows)
    columns = [*table.columns, *(labels.take(rows).columns if labels is not None else ())]
    words = [pc.cast(column, pa.string()).fill_null(_NOTHING) for column in columns]
    content = pc.binary_join_element_wise(*words, _BETWEEN)
    ids = table["transaction_id"].to_pandas()
    return pd.DataFrame({"id": ids, "content": content.to_pandas()})
