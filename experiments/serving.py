"""The model as MLflow serves it: a table of payments in, scores out. Loading reads data only.

MLflow's signatures know neither time zones nor categories, so at this edge times are naive UTC
and words plain strings. What a payment looks like depends on the payments before it: give the
history of the accounts with the rows, as one table.
"""

from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from engine.bundle import Bundle, load_bundle
from engine.scoring import features_of
from experiments.simulation import WorldConfig, build_world
from experiments.tracking import Column
from features.catalogue import Feature
from features.dataset import TIME, TRANSACTIONS
from features.errors import Fault, InputError
from features.frame import FeatureFrame, frame_from_table

OUTPUTS = (
    Column("score", "double"),
    Column("score_kind", "string"),
    Column("percentile", "double"),
)
_EXAMPLE_ROWS = 5
_ORDER = [("timestamp", "ascending"), ("transaction_id", "ascending")]


@dataclass(frozen=True)
class Served:
    """A loaded model behind MLflow's ``predict``."""

    bundle: Bundle
    features: tuple[Feature, ...]

    def predict(self, model_input: pd.DataFrame, params: Any = None) -> pd.DataFrame:  # noqa: ARG002
        """Score payments: ``score``, ``score_kind`` and ``percentile``, in the order given.

        The rows given are all the history there is; as-of is the last of them. Amounts and
        times are taken to be as precise as those the model was trained on.
        """
        table = to_transactions(model_input)
        if not table.num_rows:
            return pd.DataFrame({each.name: [] for each in OUTPUTS})
        order = pc.sort_indices(table, sort_keys=_ORDER).to_numpy()
        scores = self.bundle.ensemble.score(self._frame(table.take(order)).values)
        place = np.argsort(order)
        return pd.DataFrame(
            {
                "score": scores.score[place],
                "score_kind": self.bundle.ensemble.score_kind,
                "percentile": scores.percentile[place],
            }
        )

    def _frame(self, table: pa.Table) -> FeatureFrame:
        first, last = (table["timestamp"][row].as_py().astimezone(UTC) for row in (0, -1))
        data = self.bundle.manifest["facts"]["data"]
        return frame_from_table(
            table,
            self.features,
            coverage_from=first.replace(hour=0, minute=0, second=0, microsecond=0),
            as_of=last,
            time_precision=data["time_precision"],
            minor_digits=data["minor_digits"],
        )


def _load_pyfunc(path: str) -> Served:
    """Load a bundle for MLflow."""
    bundle = load_bundle(Path(path))
    return Served(bundle, features_of(bundle))


def inputs() -> tuple[Column, ...]:
    """Return the dataset's columns as plain ones."""
    return tuple(Column(field.name, _kind(field), not field.nullable) for field in TRANSACTIONS)


def example() -> pd.DataFrame:
    """Return a few simulated payments as plain columns."""
    transactions, _, _ = build_world(WorldConfig(transactions=2_000, days=7))
    return to_plain(transactions.slice(0, _EXAMPLE_ROWS))


def to_plain(transactions: pa.Table) -> pd.DataFrame:
    """Turn dataset rows into plain columns: naive UTC times, strings, floats for decimals."""
    columns = {}
    for field in TRANSACTIONS:
        kind = _PLAIN[_kind(field)]
        column = transactions[field.name]
        if pa.types.is_dictionary(column.type):
            column = column.cast(pa.string())
        columns[field.name] = column.cast(kind).to_pandas()
    return pd.DataFrame(columns)


def to_transactions(frame: pd.DataFrame) -> pa.Table:
    """Turn plain columns into dataset rows, in the order given.

    Raises
    ------
    InputError
        If a required column is missing or a column cannot be read; lists every fault.
    """
    columns, faults = [], []
    for field in TRANSACTIONS:
        column, fault = _read(frame, field)
        columns.append(column)
        faults += [fault] if fault else []
    if faults:
        raise InputError("these rows cannot be scored", tuple(faults))
    return pa.table(columns, schema=TRANSACTIONS)


def _read(frame: pd.DataFrame, field: pa.Field) -> tuple[pa.Array, Fault | None]:
    empty = pa.nulls(len(frame), field.type)
    if field.name not in frame.columns:
        missing = Fault("input", field.name, "no such column", str(field.type))
        return empty, None if field.nullable else missing
    try:
        column = pa.array(frame[field.name].tolist(), _PLAIN[_kind(field)], from_pandas=True)
        return _cast(column, field.type), None
    except (pa.ArrowException, TypeError, ValueError) as error:
        return empty, Fault("input", field.name, str(error).splitlines()[0], str(field.type))


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
