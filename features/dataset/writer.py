"""Write a transaction dataset: checked, sorted, cut by day, with the digest of every file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from features.dataset.checks import (
    conform,
    duplicate_fault,
    label_faults,
    total_amount,
    total_fault,
    transaction_faults,
)
from features.dataset.manifest import (
    COMPLETENESS,
    MANIFEST,
    PRECISIONS,
    Completeness,
    FileEntry,
    Manifest,
    Precision,
    file_digest,
)
from features.dataset.schema import ACCOUNTS, LABELS, TRANSACTIONS
from features.dataset.staging import staged_folder
from features.errors import InputError

_EPOCH = date(1970, 1, 1)
_DAY = 86_400_000_000


@dataclass(frozen=True)
class DatasetFacts:
    """What the writer cannot see in the rows.

    ``not_payments`` counts rows of the source that are no payments and were left out.
    ``coverage_from`` is where the data begins to be complete; None means midnight of the first
    row's day.
    """

    source: Mapping[str, object]
    reporting_currency: str
    minor_digits: int
    time_precision: str
    labels: str
    rates: Mapping[str, object] | None = None
    not_payments: int = 0
    coverage_from: datetime | None = None


@dataclass(frozen=True)
class _Tables:
    transactions: pa.Table
    accounts: pa.Table | None
    labels: pa.Table | None
    quarantine: pa.Table | None


def write_dataset(
    out: Path,
    transactions: pa.Table,
    facts: DatasetFacts,
    *,
    accounts: pa.Table | None = None,
    labels: pa.Table | None = None,
    quarantine: pa.Table | None = None,
) -> Manifest:
    """Check the tables, sort the transactions and write the dataset folder, whole or not at all.

    Nullable columns of the schemas may be absent from the tables; they are written as nulls.
    The order of the rows and of words in dictionaries that came in leaves no trace.

    Raises
    ------
    InputError
        If a table breaks its schema or its rules; lists every fault.
    OutputError
        If ``out`` exists already.
    """
    tables = _checked(_Tables(transactions, accounts, labels, quarantine), facts)
    order = pc.sort_indices(
        tables.transactions.select(["timestamp", "transaction_id"]),
        sort_keys=[("timestamp", "ascending"), ("transaction_id", "ascending")],
    )
    with staged_folder(out) as folder:
        files = [_write(folder, *piece) for piece in _pieces(tables, order)]
        manifest = _manifest(tables, facts, tuple(sorted(files, key=lambda entry: entry.path)))
        (folder / MANIFEST).write_text(manifest.to_json(), encoding="utf-8")
    return manifest


def _checked(tables: _Tables, facts: DatasetFacts) -> _Tables:
    _check_facts(facts, tables.labels)
    rows = conform(tables.transactions, TRANSACTIONS, "transactions").combine_chunks()
    if not rows.num_rows:
        raise InputError("transactions: no rows; a dataset has at least one transaction")
    ids = rows["transaction_id"]
    found = [
        *transaction_faults(rows, "transactions"),
        duplicate_fault(ids, "transactions"),
        total_fault(total_amount(rows["amount"]), "transactions"),
    ]
    accounts, labels = tables.accounts, tables.labels
    if labels is not None:
        labels = conform(labels, LABELS, "labels").sort_by("transaction_id").combine_chunks()
        found += label_faults(labels, ids, "labels")
    if accounts is not None:
        accounts = conform(accounts, ACCOUNTS, "accounts").sort_by("account").combine_chunks()
        found.append(duplicate_fault(accounts["account"], "accounts", "account"))
    faults = tuple(fault for fault in found if fault is not None)
    if faults:
        raise InputError("the dataset's rules are broken", faults)
    return replace(tables, transactions=rows, accounts=accounts, labels=labels)


def _check_facts(facts: DatasetFacts, labels: pa.Table | None) -> None:
    if facts.time_precision not in PRECISIONS:
        raise ValueError(f"time_precision {facts.time_precision!r}; wanted one of {PRECISIONS}")
    if facts.labels not in COMPLETENESS:
        raise ValueError(f"labels {facts.labels!r}; wanted one of {COMPLETENESS}")
    if (labels is None) != (facts.labels == "none"):
        raise ValueError("labels are 'none' exactly when there is no table of labels")


def _pieces(tables: _Tables, order: pa.Array) -> Iterator[tuple[str, pa.Table]]:
    rows = tables.transactions
    days = rows["timestamp"].cast(pa.int64()).to_numpy()[order.to_numpy()] // _DAY
    cuts = np.flatnonzero(np.diff(days)) + 1
    for start, stop in zip([0, *cuts], [*cuts, len(days)], strict=True):
        day = _EPOCH + timedelta(days=int(days[start]))
        part = rows.take(order[int(start) : int(stop)])
        yield f"transactions/date={day}/part-0.parquet", _compact(part)
    if tables.accounts is not None:
        yield "accounts.parquet", tables.accounts
    if tables.labels is not None:
        yield "labels.parquet", tables.labels
    if tables.quarantine is not None and tables.quarantine.num_rows:
        yield "quarantine/part-0.parquet", tables.quarantine


def _compact(table: pa.Table) -> pa.Table:
    """Encode words anew, so that a file holds its own words only, in the order of its rows."""
    columns = [
        column.cast(pa.string()).combine_chunks().dictionary_encode()
        if pa.types.is_dictionary(column.type)
        else column
        for column in table.columns
    ]
    return pa.table(columns, schema=table.schema)


def _write(folder: Path, name: str, table: pa.Table) -> FileEntry:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path, compression="zstd")
    return FileEntry(name, file_digest(path), table.num_rows, path.stat().st_size)


def _manifest(tables: _Tables, facts: DatasetFacts, files: tuple[FileEntry, ...]) -> Manifest:
    span = pc.min_max(tables.transactions["timestamp"]).as_py()
    first, last = (_utc(span[side]) for side in ("min", "max"))
    quarantined = 0 if tables.quarantine is None else tables.quarantine.num_rows
    kept = tables.transactions.num_rows
    draft = Manifest(
        snapshot_id="",
        coverage_from=facts.coverage_from or datetime.combine(first.date(), time(), UTC),
        coverage_to=last,
        time_precision=cast("Precision", facts.time_precision),
        reporting_currency=facts.reporting_currency,
        minor_digits=facts.minor_digits,
        labels=cast("Completeness", facts.labels),
        rows={
            "read": kept + facts.not_payments + quarantined,
            "transactions": kept,
            "not_payments": facts.not_payments,
            "quarantined": quarantined,
        },
        files=files,
        source=dict(facts.source),
        rates=None if facts.rates is None else dict(facts.rates),
        created_at=datetime.now(UTC),
    )
    return replace(draft, snapshot_id=draft.content_digest())


def _utc(value: datetime) -> datetime:
    return value.astimezone(UTC)
