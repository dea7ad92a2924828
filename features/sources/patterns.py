"""AMLworld's file of patterns: blocks of laundering rows, found again among the transactions."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.errors import Fault, InputError
from features.sources.columns import Binding
from features.sources.files import Batch
from features.sources.mapping import LABELLED, Mapper

_BEGIN = re.compile(r"BEGIN LAUNDERING ATTEMPT - ([A-Z-]+)")
_KEY = (
    *("timestamp", "sender", "receiver", "currency", "original_amount"),
    *("received_currency", "received_amount", "channel_source"),
)


def add_patterns(
    path: Path, mapper: Mapper, binding: Binding, transactions: pa.Table, known: pa.Table
) -> tuple[pa.Table, int]:
    """Give the rows of each block its number and type; return the labels and the rows not found.

    Rows are found by everything they say; of equal rows, the n-th in the blocks is the n-th in
    the data.
    """
    batch, blocks, types = _read(path, len(binding.file.columns))
    found = mapper.map(batch, binding)
    wanted = _keys(found.transactions)
    positive = np.flatnonzero(pc.fill_null(pc.equal(known["label"], 1), False).to_numpy())
    keys = _keys(transactions.take(pa.array(positive)))
    places = dict(zip(_numbered(keys), positive.tolist(), strict=True))
    rows = found.origin["source_row"].to_numpy() - 1
    matched = [
        (place, blocks[row], types[row])
        for key, row in zip(_numbered(wanted), rows.tolist(), strict=True)
        if (place := places.get(key)) is not None
    ]
    return _replaced(known, matched), batch.table.num_rows - len(matched)


def _read(path: Path, width: int) -> tuple[Batch, list[str], list[str]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: the patterns cannot be read: {error}") from error
    listed = list(_blocks(lines))
    wrong = [f"line {number}: {len(row)}" for number, row, _, _ in listed if len(row) != width]
    if wrong or not listed:
        found = f"{len(wrong)} rows of another width" if wrong else "no block of laundering"
        fault = Fault(path.name, None, found, f"blocks of rows of {width} fields", tuple(wrong))
        raise InputError(f"{path}: not a file of patterns", (fault,))
    columns = {str(place + 1): [row[place] for _, row, _, _ in listed] for place in range(width)}
    table = pa.table({name: pa.array(column, pa.string()) for name, column in columns.items()})
    batch = Batch(table, np.arange(1, len(listed) + 1))
    return batch, [block for _, _, block, _ in listed], [kind for _, _, _, kind in listed]


def _blocks(lines: list[str]) -> Iterator[tuple[int, list[str], str, str]]:
    block, kind = 0, None
    for number, line in enumerate(lines, 1):
        begin = _BEGIN.match(line)
        if begin is not None:
            block, kind = block + 1, begin[1].lower().replace("-", "_")
        elif line.startswith("END LAUNDERING ATTEMPT"):
            kind = None
        elif kind is not None and line.strip():
            yield number, next(csv.reader([line])), str(block), kind


def _keys(transactions: pa.Table) -> list[tuple[object, ...]]:
    columns = (transactions[name].to_pylist() for name in _KEY)
    return list(zip(*columns, strict=True))


def _numbered(keys: list[tuple[object, ...]]) -> Iterator[tuple[tuple[object, ...], int]]:
    seen: Counter[tuple[object, ...]] = Counter()
    for key in keys:
        yield key, seen[key]
        seen[key] += 1


def _replaced(known: pa.Table, matched: list[tuple[int, str, str]]) -> pa.Table:
    count = known.num_rows
    identity, kind = np.full(count, None, object), np.full(count, None, object)
    for place, block, name in matched:
        identity[place], kind[place] = block, name
    columns = [
        known["label"],
        pa.array(identity, pa.string()),
        pa.array(kind, pa.string()),
        known["known_at"],
    ]
    return pa.table(columns, schema=LABELLED)
