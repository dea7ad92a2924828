"""The files of a source: CSV or Parquet, read in batches with every value as it stands."""

import codecs
import csv
import io
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import cast

import numpy as np
import pyarrow as pa
import pyarrow.csv as pv
import pyarrow.parquet as pq

from features.dataset.manifest import file_digest
from features.errors import Fault, InputError
from features.sources.profile import FileSection

BATCH_ROWS = 500_000
_BLOCK_BYTES = 64 * 2**20
_ENDINGS = (".csv", ".csv.gz", ".tsv", ".txt", ".parquet", ".pq")


@dataclass(frozen=True)
class Batch:
    """Some rows of a file: columns named by position from "1", and each row's number from 1.

    ``broken`` holds the rows of a CSV with another number of fields: row number and text.
    """

    table: pa.Table
    rows: np.ndarray
    broken: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class SourceFile:
    """A file of a source under the name that its rows carry."""

    path: Path
    name: str
    how: FileSection

    @cached_property
    def is_parquet(self) -> bool:
        """Whether the file is, or by its name should be, Parquet."""
        return self.path.suffix in {".parquet", ".pq"} or self._magic == b"PAR1"

    @cached_property
    def sha256(self) -> str:
        """The digest of the file's bytes."""
        return file_digest(self.path)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns in their order; names may repeat."""
        names = self._parquet().schema_arrow.names if self.is_parquet else self._header()
        given = self.how.columns
        if given is None:
            return tuple(names)
        if len(given) != len(names):
            found, wanted = f"{len(names)} columns", f"the {len(given)} of the profile"
            raise InputError(
                f"{self.path}: other columns", (Fault(self.name, None, found, wanted),)
            )
        return tuple(given)

    def shown(self, position: int) -> str:
        """Name a column so that two of the same name differ."""
        name = self.columns[position - 1]
        return name if self.columns.count(name) == 1 else f"{name} (column {position})"

    def batches(self) -> Iterator[Batch]:
        """Read the file in batches.

        Raises
        ------
        InputError
            If the file is truncated, not what its name says, or not text in its encoding.
        """
        try:
            yield from self._parquet_batches() if self.is_parquet else self._csv_batches()
        except (pa.ArrowException, OSError, EOFError, UnicodeError) as error:
            raise _unreadable(self.path, error) from error

    @cached_property
    def _magic(self) -> bytes:
        try:
            with self.path.open("rb") as stream:
                magic = stream.read(4)
        except OSError as error:
            raise InputError(f"{self.path}: {error.strerror}") from error
        if not magic:
            raise InputError(f"{self.path}: empty file; wanted CSV or Parquet")
        return magic

    def _parquet(self) -> pq.ParquetFile:
        if not self._magic.startswith(b"PAR1"):
            raise InputError(f"{self.path}: not a Parquet file, though its name says so")
        try:
            return pq.ParquetFile(self.path)
        except (pa.ArrowException, OSError) as error:
            raise _unreadable(self.path, error) from error

    def _parquet_batches(self) -> Iterator[Batch]:
        start = 1
        positions = [str(place) for place in range(1, len(self.columns) + 1)]
        for part in self._parquet().iter_batches(batch_size=BATCH_ROWS):
            table = pa.Table.from_batches([part]).rename_columns(positions)
            yield Batch(table, np.arange(start, start + len(part)))
            start += len(part)

    def _stream(self) -> pa.NativeFile:
        packed = "gzip" if self._magic.startswith(b"\x1f\x8b") else None
        return pa.input_stream(str(self.path), compression=packed)

    def _header(self) -> list[str]:
        try:
            with self._stream() as stream:
                start = io.BytesIO(stream.read(2**20))
            text = codecs.getreader(self.how.encoding)(start, "replace")
            kept = list(itertools.islice(self._split(text), self.how.skip_rows + 1))
        except (OSError, EOFError, pa.ArrowException, csv.Error, LookupError) as error:
            raise _unreadable(self.path, error) from error
        if len(kept) <= self.how.skip_rows or not kept[-1]:
            raise InputError(f"{self.path}: empty file; wanted a header and rows")
        names = [name.removeprefix("\ufeff").strip() for name in kept[-1]]
        return names if self.how.header else [f"column {n + 1}" for n in range(len(names))]

    def _split(self, text: Iterable[str]) -> Iterator[list[str]]:
        if not self.how.quote:
            return csv.reader(text, delimiter=self.how.delimiter, quoting=csv.QUOTE_NONE)
        return csv.reader(text, delimiter=self.how.delimiter, quotechar=self.how.quote)

    def _csv_batches(self) -> Iterator[Batch]:
        broken: list[tuple[int, str]] = []
        skipped = self.how.skip_rows + int(self.how.header)

        def refuse(row: pv.InvalidRow) -> str:
            broken.append((row.number - skipped, row.text))
            return "skip"

        start, told = 1, 0
        with self._stream() as stream:
            for part in self._csv_reader(stream, skipped, refuse):
                rows = _numbers(start, len(part), broken)
                known = len(broken)  # the reader runs ahead: while this batch is used, more break
                yield Batch(pa.Table.from_batches([part]), rows, tuple(broken[told:known]))
                start, told = (int(rows[-1]) + 1 if len(rows) else start), known
        if broken[told:]:
            yield Batch(self._no_rows(), np.arange(0), tuple(broken[told:]))

    def _csv_reader(
        self, stream: pa.NativeFile, skipped: int, refuse: Callable[[pv.InvalidRow], str]
    ) -> Iterable[pa.RecordBatch]:
        kinds = {field.name: field.type for field in self._no_rows().schema}
        try:
            return cast(
                "Iterable[pa.RecordBatch]",
                pv.open_csv(
                    stream,
                    # One thread: only then does the reader know a broken row's number.
                    pv.ReadOptions(
                        column_names=list(kinds),
                        skip_rows=skipped,
                        use_threads=False,
                        block_size=_BLOCK_BYTES,
                        encoding=self.how.encoding,
                    ),
                    pv.ParseOptions(
                        delimiter=self.how.delimiter,
                        quote_char=self.how.quote or False,
                        newlines_in_values=bool(self.how.quote),
                        invalid_row_handler=refuse,
                    ),
                    pv.ConvertOptions(column_types=kinds, strings_can_be_null=False),
                ),
            )
        except pa.ArrowInvalid as error:
            if "Empty CSV" in str(error):  # a header and nothing else
                return []
            raise

    def _no_rows(self) -> pa.Table:
        names = [str(place) for place in range(1, len(self.columns) + 1)]
        return pa.table({name: pa.nulls(0, pa.string()) for name in names})


def find_files(paths: Sequence[Path], how: FileSection) -> list[SourceFile]:
    """List the files, and those inside folders, in the order of their names.

    A row's name for life is its file's name and its number in it, so names must differ.

    Raises
    ------
    InputError
        If there is no file, one does not exist, or two have the same name.
    """
    found = [file for path in paths for file in _expand(Path(path), how)]
    names = [file.name for file in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    faults = [Fault(name, None, "two files of this name", "different names") for name in twice]
    faults += [
        Fault(str(file.path), None, "no such file", "a CSV or Parquet file")
        for file in found
        if not file.path.is_file()
    ]
    if faults or not found:
        raise InputError(
            "no source files" if not faults else "the files cannot be used", (*faults,)
        )
    return sorted(found, key=lambda file: file.name)


def _expand(path: Path, how: FileSection) -> Iterator[SourceFile]:
    if not path.is_dir():
        yield SourceFile(path, path.name, how)
        return
    for inner in sorted(path.rglob("*")):
        if inner.is_file() and inner.name.endswith(_ENDINGS):
            yield SourceFile(inner, inner.relative_to(path).as_posix(), how)


def _numbers(start: int, count: int, broken: list[tuple[int, str]]) -> np.ndarray:
    """Number the rows of a batch, leaving out the numbers of broken rows."""
    taken = np.array([number for number, _ in broken if number >= start], dtype=np.int64)
    candidates = np.arange(start, start + count + len(taken))
    return candidates[~np.isin(candidates, taken)][:count]


def _unreadable(path: Path, error: Exception) -> InputError:
    return InputError(f"{path}: truncated or unreadable: {str(error).splitlines()[0]}")
