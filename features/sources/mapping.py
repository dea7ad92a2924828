"""Map a batch of a source file through the profile: transactions, labels, and rows refused."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.dataset.schema import TRANSACTIONS
from features.sources import labels
from features.sources.columns import Binding
from features.sources.files import Batch, SourceFile
from features.sources.money import Money
from features.sources.profile import Profile
from features.sources.rows import Refusals, Rows, translate
from features.sources.sides import sides
from features.sources.times import instants, parse
from features.sources.vocabulary import Channels

QUARANTINE = pa.schema(
    [
        pa.field("reason", pa.string(), nullable=False),
        pa.field("source_file", pa.string(), nullable=False),
        pa.field("source_row", pa.int64(), nullable=False),
        pa.field("values", pa.string(), nullable=False),
    ]
)
LABELLED = pa.schema([*labels.COLUMNS.items()])
ORIGIN = pa.schema(
    [("source_file", pa.dictionary(pa.int32(), pa.string())), ("source_row", pa.int64())]
)


@dataclass(frozen=True)
class Mapped:
    """What became of a batch; ``labels`` and ``origin`` have one row for each transaction."""

    transactions: pa.Table
    labels: pa.Table | None
    origin: pa.Table
    quarantine: pa.Table
    read: int
    not_payments: int
    unlabelled: int


@dataclass(frozen=True)
class Mapper:
    """Maps batches of files through one profile."""

    profile: Profile
    money: Money

    def map(self, batch: Batch, binding: Binding) -> Mapped:
        """Map one batch."""
        profile = self.profile
        rows = Rows(batch.table, binding.positions, profile.file.null_words)
        unpaid = rows.any_where(profile.not_payments)
        refusals = Refusals(len(rows))
        columns = self._columns(rows, batch, binding.file, refusals)
        refused = refusals.mask & ~unpaid
        kept = pa.array(np.flatnonzero(~refused & ~unpaid))
        arrays = [_typed(columns.get(field.name), field, len(rows)) for field in TRANSACTIONS]
        known = labels.label_columns(rows, profile.labels, profile.time) if profile.labels else None
        found = None if known is None else {key: item.take(kept) for key, item in known.items()}
        broken = "row: another number of fields"
        return Mapped(
            transactions=pa.table(arrays, schema=TRANSACTIONS).take(kept),
            labels=None if found is None else pa.table(found, schema=LABELLED),
            origin=_origin(binding.file, batch.rows[kept.to_numpy()]),
            quarantine=pa.concat_tables(
                [
                    self._refused(batch, binding.file, refusals, np.flatnonzero(refused)),
                    quarantine(
                        (broken, binding.file.name, row, json.dumps({"line": text}))
                        for row, text in batch.broken
                    ),
                ]
            ),
            read=len(rows) + len(batch.broken),
            not_payments=int(unpaid.sum()),
            unlabelled=labels.unlabelled(found, profile.labels) if found and profile.labels else 0,
        )

    def _columns(
        self, rows: Rows, batch: Batch, file: SourceFile, refusals: Refusals
    ) -> dict[str, pa.Array]:
        profile = self.profile
        times = instants(rows, profile.time, refusals)
        columns, negative = self.money.columns(rows, times, refusals)
        swapped = negative if profile.amount.negative == "swap" else np.zeros(len(rows), dtype=bool)
        columns |= sides(rows, profile, swapped, refusals)
        words = rows.text(profile.channel.column)
        channels = Channels(profile.channel.words, profile.channel.default)
        channel = translate(words, channels.name)
        name = pa.repeat(pa.scalar(file.name), len(rows))
        return columns | {
            "transaction_id": self._ids(rows, batch, name, refusals),
            "timestamp": times,
            "channel": pc.fill_null(channel, profile.channel.default),
            "channel_source": words,
            "purpose": rows.text(profile.purpose),
            "memo": rows.text(profile.memo),
            "ingested_at": parse(
                rows.text(profile.ingested_at), ["iso", *profile.time.formats], profile.time
            ),
            "batch_id": name,
        }

    def _ids(self, rows: Rows, batch: Batch, name: pa.Array, refusals: Refusals) -> pa.Array:
        if self.profile.transaction_id is None:
            return pc.binary_join_element_wise(name, pa.array(batch.rows).cast(pa.string()), ":")
        ids = rows.text(self.profile.transaction_id)
        refusals.add("transaction_id: missing", pc.is_null(ids))
        return ids

    def _refused(
        self, batch: Batch, file: SourceFile, refusals: Refusals, places: np.ndarray
    ) -> pa.Table:
        texts = values(batch.table.take(pa.array(places)), file)
        reasons = refusals.reasons(places)
        rows = batch.rows[places].tolist()
        names = [file.name] * len(rows)
        return quarantine(zip(reasons, names, rows, texts, strict=True))


def quarantine(rows: Iterable[tuple[str, str, int, str]]) -> pa.Table:
    """Make a table of refused rows: reason, file, row number, and the row's own values as JSON."""
    listed = list(rows)
    columns = zip(*listed, strict=True) if listed else [()] * len(QUARANTINE)
    arrays = [
        pa.array(column, field.type) for column, field in zip(columns, QUARANTINE, strict=True)
    ]
    return pa.table(arrays, schema=QUARANTINE)


def values(table: pa.Table, file: SourceFile) -> list[str]:
    """Write each row's own values, under the file's own column names, as JSON."""
    names = [file.shown(place) for place in range(1, len(file.columns) + 1)]
    named = table.rename_columns(names).to_pylist()
    return [json.dumps(row, ensure_ascii=False, default=str) for row in named]


def _origin(file: SourceFile, rows: np.ndarray) -> pa.Table:
    names = pa.repeat(pa.scalar(file.name), len(rows)).dictionary_encode()
    return pa.table([names, pa.array(rows, pa.int64())], schema=ORIGIN)


def _typed(column: pa.Array | None, field: pa.Field, count: int) -> pa.Array:
    if column is None:
        return pa.nulls(count, field.type)
    if pa.types.is_dictionary(field.type):
        return column.dictionary_encode()
    return column
