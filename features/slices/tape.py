"""A dataset's rows as a run of slices moves over them: every day is read once."""

from concurrent.futures import Executor
from datetime import date, datetime

import pyarrow as pa

from features.dataset import TRANSACTIONS, Dataset
from features.dataset.manifest import FileEntry
from features.history import History, to_microseconds
from features.history.coding import CODED, CodedRows, Coder
from features.slices.suspicion import Suspicion, first_rows


class Tape:
    """Holds the days between the start and the stop asked for last; both only ever move on.

    ``coder`` knows the words of all codes so far. ``suspicion``, where it is given, goes beside the
    rows of each day as they are read.
    """

    def __init__(
        self, dataset: Dataset, as_of: datetime, suspicion: Suspicion | None = None
    ) -> None:
        self._dataset = dataset
        self._as_of = as_of
        self.suspicion = suspicion
        self._first = first_rows(dataset)
        self.coder = Coder()
        self._rows: CodedRows | None = None
        self._read_to: date | None = None

    def history(self, start: datetime, stop: datetime, pool: Executor) -> History:
        """Return the rows with ``start <= time < stop``, coded as those before were."""
        fresh = self.coder.rows(self._unread(start, stop, pool))
        if self._rows is not None and len(fresh):
            kept = self._rows.between(to_microseconds(start), to_microseconds(stop))
            fresh = CodedRows.joined([kept, fresh])
        if self._rows is None or len(fresh):
            self._rows = fresh
        return self.part(start, stop)

    def part(self, start: datetime, stop: datetime) -> History:
        """Return rows among those that are read."""
        rows, facts = self._rows or self.coder.rows(_none()), self._dataset.manifest
        return History.of(
            rows.between(to_microseconds(start), to_microseconds(stop)),
            self.coder,
            coverage_from=facts.coverage_from,
            as_of=self._as_of,
            time_precision=facts.time_precision,
            minor_digits=facts.minor_digits,
        )

    def _unread(self, start: datetime, stop: datetime, pool: Executor) -> pa.Table:
        """Read the days that were not read yet, some at a time."""
        files = [
            entry
            for entry in self._dataset.files(start, stop)
            if entry.day and (self._read_to is None or entry.day > self._read_to)
        ]
        if not files:
            return _none()
        self._read_to = files[-1].day
        return pa.concat_tables(pool.map(self._table, files))

    def _table(self, entry: FileEntry) -> pa.Table:
        table = self._dataset.table(entry, list(CODED))
        if self.suspicion is None:
            return table
        return self.suspicion.beside(table, self._first[entry.path])


def _none() -> pa.Table:
    return pa.schema([TRANSACTIONS.field(name) for name in CODED]).empty_table()
