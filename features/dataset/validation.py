"""Check a dataset folder in full: every digest, every schema, every rule of its rows."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.dataset.checks import (
    conform,
    duplicate_fault,
    label_faults,
    total_amount,
    total_fault,
    transaction_faults,
)
from features.dataset.manifest import MANIFEST, FileEntry, Manifest
from features.dataset.reader import Dataset
from features.dataset.schema import ACCOUNTS, LABELS, TRANSACTIONS
from features.errors import Fault, InputError


@dataclass(frozen=True)
class ValidationReport:
    """What a full check found; ``ok`` when nothing is wrong."""

    path: Path
    manifest: Manifest
    faults: tuple[Fault, ...]

    @property
    def ok(self) -> bool:
        """Whether the dataset is what its manifest says."""
        return not self.faults


def validate(path: Path | str) -> ValidationReport:
    """Check a dataset folder in full and report every fault.

    Raises
    ------
    InputError
        If the folder is no dataset at all: no manifest, or a broken one.
    """
    dataset = Dataset.open(path)
    faults = [*_manifest_faults(dataset), *_stray_files(dataset), *dataset.check_digests()]
    broken = {fault.where for fault in faults}
    readable = [entry for entry in dataset.manifest.files if entry.path not in broken]
    found, ids = _transaction_faults(dataset, [entry for entry in readable if entry.day])
    faults += [*found, *_table_faults(dataset, readable, ids)]
    return ValidationReport(dataset.path, dataset.manifest, tuple(faults))


def _manifest_faults(dataset: Dataset) -> list[Fault]:
    manifest = dataset.manifest
    faults = []
    if manifest.content_digest() != manifest.snapshot_id:
        faults.append(
            Fault(MANIFEST, "snapshot_id", manifest.snapshot_id, manifest.content_digest())
        )
    listed = sum(entry.rows for entry in manifest.files if entry.day)
    counted = manifest.rows.get("transactions")
    if listed != counted:
        faults.append(Fault(MANIFEST, "rows", f"{listed} in the files", f"{counted} transactions"))
    return faults


def _stray_files(dataset: Dataset) -> list[Fault]:
    known = {entry.path for entry in dataset.manifest.files} | {MANIFEST}
    present = (
        file.relative_to(dataset.path).as_posix()
        for file in sorted(dataset.path.rglob("*"))
        if file.is_file()
    )
    return [
        Fault(name, None, "a file that the manifest does not list", "only listed files")
        for name in present
        if name not in known
    ]


def _transaction_faults(
    dataset: Dataset, entries: list[FileEntry]
) -> tuple[list[Fault], pa.ChunkedArray | None]:
    """Check every day; also return all ids, or None when some could not be read."""
    faults: list[Fault] = []
    ids, total, last = [], 0, None
    for entry in sorted(entries, key=lambda entry: entry.path):
        try:
            table = conform(dataset.table(entry), TRANSACTIONS, entry.path)
        except InputError as error:
            faults += error.faults or (_unreadable(entry, error),)
            continue
        faults += transaction_faults(table, entry.path)
        faults += _order_faults(table, entry)
        ids.append(table["transaction_id"].combine_chunks())
        total += total_amount(table["amount"])
        last = pc.max(table["timestamp"]).as_py()
    if not ids:
        return faults, None
    found = [
        duplicate_fault(pa.chunked_array(ids), "transactions"),
        total_fault(total, "transactions"),
    ]
    complete = len(ids) == sum(entry.day is not None for entry in dataset.manifest.files)
    if complete and last != dataset.manifest.coverage_to:
        wanted = f"{last}, the last row's timestamp"
        found.append(Fault(MANIFEST, "coverage_to", f"{dataset.manifest.coverage_to}", wanted))
    faults += [fault for fault in found if fault is not None]
    return faults, pa.chunked_array(ids) if complete else None


def _order_faults(table: pa.Table, entry: FileEntry) -> list[Fault]:
    faults = []
    if table.num_rows != entry.rows:
        faults.append(Fault(entry.path, None, f"{table.num_rows} rows", f"{entry.rows} rows"))
    order = pc.sort_indices(
        table, sort_keys=[("timestamp", "ascending"), ("transaction_id", "ascending")]
    ).to_numpy()
    if not np.array_equal(order, np.arange(table.num_rows)):
        wanted = "rows in (timestamp, transaction_id) order"
        faults.append(Fault(entry.path, "timestamp", "rows out of order", wanted))
    days = pc.unique(pc.floor_temporal(table["timestamp"], unit="day")).to_pylist()
    if [day.date() for day in days] != [entry.day]:
        faults.append(Fault(entry.path, "timestamp", "rows of another day", f"{entry.day} only"))
    return faults


def _table_faults(
    dataset: Dataset, readable: list[FileEntry], ids: pa.ChunkedArray | None
) -> list[Fault]:
    by_path = {entry.path: entry for entry in readable}
    faults: list[Fault] = []
    for name, schema in (("accounts.parquet", ACCOUNTS), ("labels.parquet", LABELS)):
        entry = by_path.get(name)
        if entry is None:
            continue
        try:
            table = conform(dataset.table(entry), schema, name)
            found = _rule_faults(table, name, ids)
        except InputError as error:
            faults += error.faults or (_unreadable(entry, error),)
            continue
        faults += [fault for fault in found if fault is not None]
    has_labels = any(entry.path == "labels.parquet" for entry in dataset.manifest.files)
    if has_labels == (dataset.manifest.labels == "none"):
        wanted = "'none' exactly when there is no labels.parquet"
        faults.append(Fault(MANIFEST, "labels", repr(dataset.manifest.labels), wanted))
    return faults


def _rule_faults(table: pa.Table, name: str, ids: pa.ChunkedArray | None) -> list[Fault | None]:
    if name == "accounts.parquet":
        return [duplicate_fault(table["account"], name, "account")]
    return [] if ids is None else [*label_faults(table, ids, name)]


def _unreadable(entry: FileEntry, error: InputError) -> Fault:
    return Fault(entry.path, None, str(error), "a readable Parquet file")
