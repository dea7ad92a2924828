"""What every table of a dataset must be: its columns, and the rules its rows keep."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.dataset.schema import CHANNELS
from features.errors import Fault, InputError

AMOUNT_LIMIT = 2**62
"""The highest total of all amounts: any sum over any window then fits an int64."""


def conform(table: pa.Table, schema: pa.Schema, where: str) -> pa.Table:
    """Bring a table to a schema: order the columns, add absent nullable ones, cast without loss.

    Raises
    ------
    InputError
        If a required column is missing or has nulls, a column is unknown or of the wrong type.
    """
    faults = [
        Fault(where, name, "unknown column", "only columns of the dataset schema")
        for name in table.column_names
        if name not in schema.names
    ]
    columns = []
    for field in schema:
        column, fault = _column(table, field, where)
        columns.append(column)
        if fault is not None:
            faults.append(fault)
    if faults:
        raise InputError(f"{where}: not in the dataset's schema", tuple(faults))
    return pa.table(columns, schema=schema)


def transaction_faults(table: pa.Table, where: str) -> list[Fault]:
    """Check what single rows must keep; uniqueness and order are checked elsewhere."""
    no_side = pc.and_(pc.is_null(table["sender"]), pc.is_null(table["receiver"]))
    stray = pc.invert(pc.is_in(_words(table["channel"]), pa.array(CHANNELS)))
    words = f"one of {', '.join(CHANNELS)}"
    faults = [
        _count(
            table,
            pc.less(table["amount"], 0),
            Fault(where, "amount", "negative", "amounts >= 0"),
        ),
        _count(
            table,
            no_side,
            Fault(where, "sender", "with neither sender nor receiver", "one side known"),
        ),
        _count(table, stray, Fault(where, "channel", "with an unknown channel", words)),
    ]
    return [fault for fault in faults if fault is not None]


def duplicate_fault(
    ids: pa.ChunkedArray, where: str, column: str = "transaction_id"
) -> Fault | None:
    """Check that ids are unique."""
    surplus = len(ids) - pc.count_distinct(ids).as_py()
    if not surplus:
        return None
    counts = pc.value_counts(ids)
    often = counts.filter(pc.greater(counts.field("counts"), 1)).field("values")
    first = tuple(often[:3].to_pylist())
    return Fault(where, column, f"{surplus} duplicate ids", "unique ids", first)


def label_faults(labels: pa.Table, ids: pa.ChunkedArray, where: str) -> list[Fault]:
    """Check that labels are 0 or 1, one a transaction, and of known transactions."""
    unknown = pc.invert(pc.is_in(labels["transaction_id"], value_set=_flat(ids)))
    wrong = pc.invert(pc.is_in(labels["label"], pa.array([0, 1], pa.int8())))
    faults = [
        _count(labels, unknown, Fault(where, "transaction_id", "of no transaction", "known ids")),
        _count(labels, wrong, Fault(where, "label", "neither 0 nor 1", "0 or 1")),
        duplicate_fault(labels["transaction_id"], where),
    ]
    return [fault for fault in faults if fault is not None]


def total_amount(amounts: pa.ChunkedArray) -> int:
    """Sum amounts exactly, whatever their size.

    >>> total_amount(pa.chunked_array([[2**62, 2**62, -1]])) == 2**63 - 1
    True
    """
    total = 0
    for chunk in amounts.chunks:
        values = chunk.to_numpy()
        low = values & 0xFFFFFFFF
        total += (int(np.sum(values >> 32)) << 32) + int(np.sum(low))
    return total


def total_fault(total: int, where: str) -> Fault | None:
    """Check that no sum over rows can pass an int64."""
    if total <= AMOUNT_LIMIT:
        return None
    wanted = f"at most {AMOUNT_LIMIT}, so that no window sum passes an int64"
    return Fault(where, "amount", f"total of {total} minor units", wanted)


def _column(table: pa.Table, field: pa.Field, where: str) -> tuple[pa.ChunkedArray, Fault | None]:
    empty = pa.chunked_array([pa.nulls(0, field.type)])
    if field.name not in table.column_names:
        if not field.nullable:
            return empty, Fault(where, field.name, "no such column", str(field.type))
        return pa.chunked_array([pa.nulls(table.num_rows, field.type)]), None
    column = table[field.name]
    cast = _CASTS.get(field.type.id, _plain_cast)
    try:
        column = cast(column, field.type)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, TypeError) as error:
        return empty, Fault(
            where, field.name, f"{table[field.name].type}: {error}", f"{field.type}"
        )
    if column.null_count and not field.nullable:
        return column, Fault(where, field.name, f"{column.null_count} rows null", "no nulls")
    return column, None


def _plain_cast(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    return column if column.type == kind else column.cast(kind)


def _integer_cast(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    if not (pa.types.is_integer(column.type) or pa.types.is_null(column.type)):
        raise TypeError("not whole numbers")
    return _plain_cast(column, kind)


def _time_cast(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    known = pa.types.is_timestamp(column.type) and column.type.tz is not None
    if not (known or pa.types.is_null(column.type)):
        raise TypeError("no time zone")
    return _plain_cast(column, kind)


def _word_cast(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    if column.type == kind:
        return column
    if pa.types.is_null(column.type):
        return pa.chunked_array([pa.nulls(len(column), kind)])
    return column.cast(kind.value_type).dictionary_encode()


_CASTS: dict[int, Callable[[pa.ChunkedArray, pa.DataType], pa.ChunkedArray]] = {
    pa.int64().id: _integer_cast,
    pa.int8().id: _integer_cast,
    pa.timestamp("us").id: _time_cast,
    pa.dictionary(pa.int32(), pa.string()).id: _word_cast,
}


def _count(table: pa.Table, bad: pa.ChunkedArray, fault: Fault) -> Fault | None:
    """Complete a fault with how many rows are bad and the first of them; None without any."""
    count = pc.sum(bad, min_count=0).as_py()
    if not count:
        return None
    rows = table.filter(bad).slice(0, 3)
    first = zip(rows["transaction_id"].to_pylist(), rows[fault.column].to_pylist(), strict=True)
    shown = tuple(f"{name}: {value}" for name, value in first)
    return replace(fault, found=f"{count} rows {fault.found}", first=shown)


def _words(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column


def _flat(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
