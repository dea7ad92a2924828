"""Payments as plain columns and back: MLflow's signatures know no time zones and no categories.

Times are naive UTC, words plain strings, decimals floats.
"""

import numpy as np
import pandas as pd
import pyarrow as pa

from experiments.tracking import Column
from features.dataset import TIME, TRANSACTIONS
from features.dataset.checks import (
    duplicate_fault,
    total_amount,
    total_fault,
    transaction_faults,
)
from features.errors import Fault, InputError

_WHERE = "input"


def inputs() -> tuple[Column, ...]:
    """Return the dataset's columns as plain ones."""
    return tuple(Column(field.name, _kind(field), not field.nullable) for field in TRANSACTIONS)


def to_plain(transactions: pa.Table) -> pd.DataFrame:
    """Turn dataset rows into plain columns."""
    columns = {}
    for field in TRANSACTIONS:
        kind = _PLAIN[_kind(field)]
        column = transactions[field.name]
        if pa.types.is_dictionary(column.type):
            column = column.cast(pa.string())
        columns[field.name] = column.cast(kind).to_pandas()
    return pd.DataFrame(columns)


def to_transactions(frame: pd.DataFrame) -> pa.Table:
    """Turn plain columns into dataset rows, in the order given, and check them as a dataset is.

    Raises
    ------
    InputError
        If a required column is missing, a column cannot be read or a row breaks the dataset's
        rules; lists every fault.
    """
    columns, faults = [], []
    for field in TRANSACTIONS:
        column, fault = _read(frame, field)
        columns.append(column)
        faults += [fault] if fault else []
    if not faults:
        table = pa.table(columns, schema=TRANSACTIONS)
        faults = _broken(table)
    if faults:
        raise InputError("these rows cannot be scored", tuple(faults))
    return table


def _broken(table: pa.Table) -> list[Fault]:
    """Return the rules of a dataset that rows break."""
    found = [
        *transaction_faults(table, _WHERE),
        duplicate_fault(table["transaction_id"], _WHERE),
        total_fault(total_amount(table["amount"]), _WHERE),
    ]
    return [fault for fault in found if fault is not None]


def _read(frame: pd.DataFrame, field: pa.Field) -> tuple[pa.Array, Fault | None]:
    empty = pa.nulls(len(frame), field.type)
    if field.name not in frame.columns:
        missing = Fault(_WHERE, field.name, "no such column", str(field.type))
        return empty, None if field.nullable else missing
    try:
        column = pa.array(frame[field.name].tolist(), _PLAIN[_kind(field)], from_pandas=True)
        column = _cast(column, field.type)
    except (pa.ArrowException, TypeError, ValueError) as error:
        return empty, Fault(_WHERE, field.name, str(error).splitlines()[0], str(field.type))
    if column.null_count and not field.nullable:
        return empty, Fault(_WHERE, field.name, f"{column.null_count} rows null", "no nulls")
    return column, None


def _cast(column: pa.Array, kind: pa.DataType) -> pa.Array:
    if pa.types.is_dictionary(kind):
        return column.dictionary_encode().cast(kind)
    if pa.types.is_decimal(kind):
        words = [
            None if value is None else np.format_float_positional(value, 8, trim="k")
            for value in column.to_pylist()
        ]
        return pa.array(words, pa.string()).cast(kind)
    return column.cast(kind)


def _kind(field: pa.Field) -> str:
    if field.type == TIME:
        return "datetime"
    if pa.types.is_decimal(field.type):
        return "double"
    return "long" if pa.types.is_integer(field.type) else "string"


_PLAIN = {
    "datetime": pa.timestamp("us"),
    "double": pa.float64(),
    "long": pa.int64(),
    "string": pa.string(),
}
