"""Read a scores folder: everything the pages show, refused whole when any of it is not right."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pydantic import ValidationError

from engine.report.checks import candidate_faults, column_faults, manifest_faults, value_faults
from engine.report.records import CANDIDATES, TRANSACTIONS, Candidate, Transaction, names
from engine.wording.words import Money
from features.errors import Fault, InputError

FORMAT = "moneytrail-scores"
_EVIDENCE = ("candidate_id", *names(Transaction))


class Evidence:
    """The transactions of every candidate, grouped once and made into records on demand."""

    def __init__(self, table: pa.Table) -> None:
        ids = pc.rank(table["candidate_id"].cast(pa.string()), tiebreaker="dense")
        ranks = ids.to_numpy(zero_copy_only=False)
        order = np.argsort(ranks, kind="stable")
        self._table = table.take(pa.array(order)).combine_chunks()
        starts = np.flatnonzero(np.diff(ranks[order], prepend=-1))
        keys = self._table["candidate_id"].take(pa.array(starts)).to_pylist()
        stops = np.append(starts, len(order))[1:]
        self._places = {
            key: (int(start), int(stop))
            for key, start, stop in zip(keys, starts, stops, strict=True)
        }

    def ids(self, candidate_id: str) -> list[str]:
        """List the transaction ids of a candidate."""
        start, stop = self._places.get(candidate_id, (0, 0))
        found: list[str] = self._table["transaction_id"].slice(start, stop - start).to_pylist()
        return found

    def of(self, candidate_id: str) -> list[Transaction]:
        """List the transactions of a candidate in (timestamp, id) order."""
        start, stop = self._places.get(candidate_id, (0, 0))
        rows = self._table.slice(start, stop - start).select(names(Transaction)).to_pylist()
        try:
            found = TRANSACTIONS.validate_python(rows)
        except ValidationError as error:
            raise InputError("not evidence", value_faults("evidence.parquet", error)) from error
        return sorted(found, key=lambda row: (row.timestamp, row.transaction_id))


@dataclass(frozen=True)
class Scores:
    """A scores folder, read and checked."""

    manifest: Mapping[str, Any]
    candidates: list[Candidate]
    evidence: Evidence

    @property
    def money(self) -> Money:
        """The reporting currency."""
        dataset = self.manifest["dataset"]
        return Money(dataset["reporting_currency"], int(dataset["minor_digits"]))

    @property
    def precision(self) -> str:
        """How finely the source knows time: second, minute or day."""
        return str(self.manifest["dataset"].get("time_precision") or "second")


def read_scores(folder: Path) -> Scores:
    """Read a folder that ``moneytrail score`` wrote.

    Raises
    ------
    InputError
        If a file is missing, unreadable, changed since scoring, lacks a column, or contradicts
        itself: a receipt that does not add up, a reason that cites a row that is not there.
    """
    manifest = _read_manifest(folder)
    tables, faults = {}, _digest_faults(folder, manifest)
    for name, columns in (("candidates", names(Candidate)), ("evidence", _EVIDENCE)):
        table = _read_table(folder / f"{name}.parquet", faults)
        if table is not None:
            faults.extend(column_faults(f"{name}.parquet", table.schema, columns))
            tables[name] = table
    _raise(folder, faults)
    try:
        scores = _records(manifest, tables)
    except ValidationError as error:
        wrong = value_faults("candidates.parquet", error)
        raise InputError(f"{folder}: not a scores folder to report on", wrong) from error
    except pa.ArrowException as error:
        raise InputError(f"{folder}: evidence.parquet cannot be grouped: {error}") from error
    _raise(folder, candidate_faults(scores.candidates, scores.evidence.ids))
    return scores


def _records(manifest: Mapping[str, Any], tables: Mapping[str, pa.Table]) -> Scores:
    candidates = CANDIDATES.validate_python(tables["candidates"].to_pylist())
    candidates.sort(key=lambda one: (one.period_start, one.period, one.rank, one.candidate_id))
    return Scores(manifest, candidates, Evidence(tables["evidence"]))


def _raise(folder: Path, faults: list[Fault]) -> None:
    if faults:
        raise InputError(f"{folder}: not a scores folder to report on", tuple(faults))


def _read_manifest(folder: Path) -> Mapping[str, Any]:
    path = folder / "manifest.json"
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        wanted = Fault("manifest.json", None, error.strerror or "unreadable", "a scores folder")
        raise InputError(f"{folder}: not a scores folder", (wanted,)) from error
    except ValueError as error:
        raise InputError(f"{path}: not JSON: {error}") from error
    _raise(folder, manifest_faults(manifest, FORMAT))
    checked: Mapping[str, Any] = manifest
    return checked


def _read_table(path: Path, faults: list[Fault]) -> pa.Table | None:
    try:
        return pq.ParquetFile(path).read()
    except OSError as error:
        faults.append(Fault(path.name, None, error.strerror or str(error), "a Parquet file"))
    except pa.ArrowException as error:
        faults.append(Fault(path.name, None, str(error), "a Parquet file"))
    return None


def _digest_faults(folder: Path, manifest: Mapping[str, Any]) -> list[Fault]:
    """Compare the two tables with the digests the manifest gives, where it gives them."""
    faults = []
    for entry in manifest.get("files") or ():
        path = folder / str(entry.get("path"))
        if path.name not in {"candidates.parquet", "evidence.parquet"} or not path.is_file():
            continue
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != entry.get("sha256"):
            wanted = f"sha256 {entry.get('sha256')} as scored"
            faults.append(Fault(path.name, None, f"changed, sha256 {found}", wanted))
    return faults
