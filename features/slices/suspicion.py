"""What a first look made of the rows of a dataset."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa

from features.dataset import Dataset
from features.history import Codes, to_microseconds
from features.history.coding import SUSPICION

BYTES = 4  # of a row


@dataclass(frozen=True)
class Suspicion:
    """The suspicion of the dataset's rows from number ``first`` on, in millionths, as int32.

    Rows of a dataset are numbered in the order of its files and rows. Rows outside have 0.

    Raises
    ------
    ValueError
        If the values are of another type.
    """

    first: int
    values: Codes

    def __post_init__(self) -> None:
        if self.values.dtype != np.int32:
            raise ValueError(f"suspicion is int32, and not {self.values.dtype}")

    def of(self, first: int, count: int) -> Codes:
        """Return the suspicion of so many rows from one on, in memory of their own.

        >>> Suspicion(2, np.array([7, 8], np.int32)).of(1, 4)
        array([0, 7, 8, 0], dtype=int32)
        """
        found = np.zeros(count, np.int32)
        low, high = (min(max(self.first + end - first, 0), count) for end in (0, len(self.values)))
        found[low:high] = self.values[first + low - self.first : first + high - self.first]
        return found

    def beside(self, table: pa.Table, first: int) -> pa.Table:
        """Return a table of rows from one on with their suspicion as a column."""
        values = pa.array(self.of(first, len(table)))
        return table.append_column(SUSPICION, pa.chunked_array([values]))


def first_rows(dataset: Dataset) -> dict[str, int]:
    """Return the number of each transaction file's first row, by the file's path."""
    entries = dataset.files()
    ends = np.cumsum([0, *(entry.rows for entry in entries)])
    return {entry.path: int(end) for entry, end in zip(entries, ends[:-1], strict=True)}


def rows_before(dataset: Dataset, moment: datetime) -> int:
    """Return how many of the dataset's rows are before a moment: the number of the next."""
    entries = dataset.files(None, moment)
    if not entries:
        return 0
    times = dataset.table(entries[-1], ["timestamp"])["timestamp"].cast(pa.int64()).to_numpy()
    whole = sum(entry.rows for entry in entries[:-1])
    return whole + int(np.searchsorted(times, to_microseconds(moment)))
