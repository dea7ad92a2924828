"""Read a transaction dataset: open it by its manifest, read only the days that are needed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from features.dataset.manifest import MANIFEST, FileEntry, Manifest, file_digest
from features.dataset.schema import TRANSACTIONS
from features.errors import Fault, InputError


@dataclass(frozen=True)
class Dataset:
    """A dataset folder and what its manifest says; rows are read on demand."""

    path: Path
    manifest: Manifest

    @classmethod
    def open(cls, path: Path | str) -> Self:
        """Open a dataset without reading rows.

        Raises
        ------
        InputError
            If the folder is no dataset, or its manifest is broken.
        """
        folder = Path(path)
        file = folder / MANIFEST
        try:
            text = file.read_bytes()
        except OSError as error:
            raise InputError(f"{folder}: not a dataset: no readable {MANIFEST}") from error
        return cls(folder, Manifest.from_json(text, str(file)))

    def read(
        self,
        columns: Sequence[str] | None = None,
        start: datetime | None = None,
        stop: datetime | None = None,
    ) -> pa.Table:
        """Read the rows with ``start <= timestamp < stop``, ordered by (timestamp, id).

        Opens only the days that can hold such rows. The result has the dataset schema's types,
        one dictionary a column.

        Raises
        ------
        InputError
            If a file is missing, unreadable, or of another schema; names it.
        """
        names = list(TRANSACTIONS.names if columns is None else columns)
        schema = pa.schema([TRANSACTIONS.field(name) for name in names])
        parts = [self._day(entry, names, start, stop) for entry in self.files(start, stop)]
        parts = [part for part in parts if part.num_rows]
        if not parts:
            return schema.empty_table()
        return pa.concat_tables(parts).unify_dictionaries().combine_chunks()

    def labels(self) -> pa.Table | None:
        """Read the labels, or None where there are none."""
        return self._optional("labels.parquet")

    def accounts(self) -> pa.Table | None:
        """Read the accounts, or None where there are none."""
        return self._optional("accounts.parquet")

    def quarantine(self) -> pa.Table | None:
        """Read the rows refused at ingestion, or None where there are none."""
        return self._optional("quarantine/part-0.parquet")

    def files(self, start: datetime | None = None, stop: datetime | None = None) -> list[FileEntry]:
        """List the transaction files that can hold rows with ``start <= timestamp < stop``."""
        for moment in (start, stop):
            if moment is not None and moment.tzinfo is None:
                raise ValueError(f"{moment}: an instant needs its time zone")
        return self.manifest.days(start, stop)

    def check_digests(
        self, start: datetime | None = None, stop: datetime | None = None
    ) -> list[Fault]:
        """Recompute the digests of the transaction files in the range and of all other files."""
        others = [entry for entry in self.manifest.files if entry.day is None]
        checked = (self._digest_fault(entry) for entry in [*self.files(start, stop), *others])
        return [fault for fault in checked if fault is not None]

    def _digest_fault(self, entry: FileEntry) -> Fault | None:
        try:
            found = file_digest(self.path / entry.path)
        except OSError as error:
            return Fault(entry.path, None, f"unreadable: {error.strerror}", "the file as written")
        if found == entry.sha256:
            return None
        return Fault(entry.path, None, f"sha256 {found}", f"sha256 {entry.sha256}, as written")

    def _optional(self, name: str) -> pa.Table | None:
        entry = next((entry for entry in self.manifest.files if entry.path == name), None)
        return None if entry is None else self.table(entry)

    def _day(
        self, entry: FileEntry, names: list[str], start: datetime | None, stop: datetime | None
    ) -> pa.Table:
        first, last = _day_bounds(entry)
        whole = (start is None or start <= first) and (stop is None or stop > last)
        if whole:
            return self.table(entry, names)
        table = self.table(entry, list(dict.fromkeys([*names, "timestamp"])))
        times = table["timestamp"].cast(pa.int64()).to_numpy()
        begin = 0 if start is None else int(np.searchsorted(times, _micros(start)))
        end = len(times) if stop is None else int(np.searchsorted(times, _micros(stop)))
        return table.slice(begin, max(end - begin, 0)).select(names)

    def table(self, entry: FileEntry, columns: list[str] | None = None) -> pa.Table:
        """Read one file of the dataset whole.

        Raises
        ------
        InputError
            If it cannot be read, lacks a column, or has another type than the schema says.
        """
        try:
            table = pq.ParquetFile(self.path / entry.path).read(columns=columns)
        except (OSError, pa.ArrowException) as error:
            raise InputError(
                f"{self.path / entry.path}: unreadable: {str(error).splitlines()[0]}"
            ) from error
        if entry.day is not None:
            _check_types(self.path / entry.path, table, columns or TRANSACTIONS.names)
        return table


def _check_types(path: Path, table: pa.Table, names: list[str]) -> None:
    faults = tuple(
        Fault(str(path), name, found, str(TRANSACTIONS.field(name).type))
        for name in names
        if (found := _type(table, name)) != str(TRANSACTIONS.field(name).type)
    )
    if faults:
        raise InputError(f"{path}: not in the dataset's schema", faults)


def _type(table: pa.Table, name: str) -> str:
    return str(table.schema.field(name).type) if name in table.column_names else "no such column"


def _day_bounds(entry: FileEntry) -> tuple[datetime, datetime]:
    first = datetime.fromisoformat(f"{entry.day}T00:00:00+00:00")
    return first, first.replace(hour=23, minute=59, second=59, microsecond=999_999)


def _micros(moment: datetime) -> int:
    epoch = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
    delta = moment - epoch
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds
