"""Rebuild a scoring from its dataset and its own model, and compare byte for byte.

Digests say that something was changed; the rebuilt tables say what.
"""

import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from engine.bundle import Bundle, load_bundle
from engine.report import write_report
from engine.scoring import (
    FORMAT,
    MANIFEST,
    Request,
    features_of,
    indicators_of,
    score,
    wording,
)
from features.dataset import Dataset
from features.dataset.manifest import canonical_digest, file_digest
from features.errors import BundleError, ConfigError, Fault, InputError, MoneytrailError

_TABLES = {
    "scores.parquet": ("transaction_id",),
    "candidates.parquet": ("candidate_id",),
    "evidence.parquet": ("candidate_id", "transaction_id"),
    "indicators.parquet": ("candidate_id", "id"),
}
_REPORT = "report"
_SHOWN = 160
_OF_THE_RUN = ("created_at", "digest", "files", "model")


@dataclass(frozen=True)
class Verification:
    """What a verification found; no differences: every byte is as it was computed."""

    folder: Path
    candidates: int
    rows: int
    differences: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing differs."""
        return not self.differences


def verify(folder: Path, dataset: Dataset) -> Verification:
    """Rebuild every candidate and score of ``folder`` from ``dataset`` and compare.

    The differences name what was found and what was rebuilt, the most telling first.

    Raises
    ------
    InputError
        If ``folder`` is not the output of a scoring at all.
    BundleError
        If its model, unchanged, belongs to another version's catalogue: it can't be checked here.
    """
    manifest = _read_manifest(folder)
    _check_version(folder, manifest)
    changed = [
        *_changed_outputs(folder, manifest),
        *_changed_inputs(manifest, dataset),
        *_changed_report(folder),
    ]
    values, counts = _rebuilt(folder, manifest, dataset)
    return Verification(folder, *counts, (*values, *changed))


def _read_manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{folder}: no output of a scoring: no readable {MANIFEST}") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise InputError(f"{folder}: no output of a scoring: {MANIFEST} is of another format")
    return manifest


def _check_version(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Refuse a model that is as it was written, but whose features mean something else here."""
    try:
        bundle = load_bundle(folder / "model")
    except MoneytrailError:
        return  # changed: what was changed is told with the differences
    if bundle.digest != _section(manifest, "model").get("digest"):
        return  # another model than the one used: told with the differences
    try:
        words = wording(indicators_of(bundle).measured(features_of(bundle)))
    except (BundleError, ConfigError) as error:
        raise _other_version(folder, bundle, str(error)) from error
    said = _section(manifest, "wording")
    same = said.get("features") == words["features"]
    if _intact(manifest) and same and said.get("sentences") != words["sentences"]:
        raise _other_version(folder, bundle, "the features are worded in another way here")


def _other_version(folder: Path, bundle: Bundle, why: str) -> BundleError:
    made_by = bundle.manifest["libraries"].get("moneytrail")
    return BundleError(
        f"{folder}: can't be checked with this version; moneytrail {made_by} wrote it: {why}"
    )


def _intact(manifest: Mapping[str, Any]) -> bool:
    """Whether a manifest has the digest it was written with."""
    rest = {key: value for key, value in manifest.items() if key != "digest"}
    return bool(canonical_digest(rest) == manifest.get("digest"))


def _changed_outputs(folder: Path, manifest: Mapping[str, Any]) -> Iterator[str]:
    """Name what no longer has the digest it was written with."""
    if not _intact(manifest):
        yield f"{MANIFEST}: changed since it was written: its own digest differs"
    listed = _digests(manifest.get("files"))
    for path, digest in listed.items():
        found = file_digest(folder / path) if (folder / path).is_file() else None
        if found is None:
            yield f"{path}: missing"
        elif found != digest:
            yield f"{path}: changed since it was written: sha256 {found[:12]}, was {digest[:12]}"
    for file in sorted(folder.rglob("*")):
        name = file.relative_to(folder)
        if file.is_file() and name.as_posix() not in {MANIFEST, *listed} and not _later(name):
            yield f"{name.as_posix()}: not part of what was written"


def _changed_report(folder: Path) -> list[str]:
    """Write the report anew, where there is one, and name the pages that are not the same."""
    report = folder / _REPORT
    if not report.is_dir():
        return []
    with tempfile.TemporaryDirectory(prefix="moneytrail-verify-") as place:
        try:
            again = write_report(folder, Path(place) / "again").parent
        except MoneytrailError as error:
            return [f"{_REPORT}: cannot be written anew: {error}"]
        return [
            f"{_REPORT}/{name}: {what}"
            for name in sorted(_files(report) | _files(again))
            if (what := _other_page(report / name, again / name))
        ]


def _other_page(found: Path, again: Path) -> str | None:
    """Say in what a page is not as it would be written now; None: in nothing."""
    if not again.is_file():
        return "not part of a report"
    if not found.is_file():
        return "missing"
    return None if found.read_bytes() == again.read_bytes() else "not as it is written anew"


def _files(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


def _later(name: Path) -> bool:
    """Whether a file is no output of the scoring: the report, or what a file system hides."""
    return name.parts[0] == _REPORT or name.parts[0].startswith(".")


def _digests(listed: object) -> dict[str, str]:
    """Return the digests of a list of files by path; what is no such entry is left out."""
    entries = listed if isinstance(listed, list) else []
    return {
        str(entry["path"]): str(entry["sha256"])
        for entry in entries
        if isinstance(entry, dict) and {"path", "sha256"} <= entry.keys()
    }


def _section(manifest: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = manifest.get(name)
    return found if isinstance(found, dict) else {}


def _changed_inputs(manifest: Mapping[str, Any], dataset: Dataset) -> Iterator[str]:
    """Name what differs between the dataset as scored and as it lies here."""
    scored = _section(manifest, "dataset")
    here = dataset.manifest
    if here.content_digest() != here.snapshot_id:
        yield f"{dataset.path}: the dataset's manifest was changed"
    if here.snapshot_id != scored.get("snapshot_id"):
        was = str(scored.get("snapshot_id"))[:12]
        yield f"{dataset.path}: snapshot {here.snapshot_id[:12]}, scored was {was}"
    for name, digest in _digests(scored.get("files_read")).items():
        path = dataset.path / name
        found = file_digest(path) if path.is_file() else None
        if found is None:
            yield f"{name} of the dataset: missing"
        elif found != digest:
            yield (
                f"{name} of the dataset: changed since it was scored: "
                f"sha256 {found[:12]}, was {digest[:12]}"
            )


def _rebuilt(
    folder: Path, manifest: Mapping[str, Any], dataset: Dataset
) -> tuple[list[str], tuple[int, int]]:
    """Score again with the folder's own model and compare the tables."""
    try:
        request = Request(
            start=datetime.fromisoformat(manifest["from"]),
            stop=datetime.fromisoformat(manifest["to"]),
            as_of=datetime.fromisoformat(manifest["as_of"]),
            budget=None if manifest["budget"] is None else int(manifest["budget"]),
            fdr=manifest.get("fdr"),
        )
        with tempfile.TemporaryDirectory(prefix="moneytrail-verify-") as place:
            again = Path(place) / "again"
            outcome = score(dataset, folder / "model", again, request)
            found = [
                difference
                for name, keys in _TABLES.items()
                if (difference := _first_difference(folder, again, name, keys))
            ]
            found += _manifest_differences(manifest, outcome.manifest)
            return found, (outcome.candidates, outcome.manifest["rows"]["in_range"])
    except (MoneytrailError, ArithmeticError, LookupError, TypeError, ValueError) as error:
        return [f"cannot be rebuilt: {error}"], (0, 0)


def _manifest_differences(found: Mapping[str, Any], again: Mapping[str, Any]) -> Iterator[str]:
    for key in sorted(set(found) | set(again)):
        if key not in _OF_THE_RUN and found.get(key) != again.get(key):
            yield f"{MANIFEST}, {key}: found {_brief(found.get(key))}, rebuilt " + _brief(
                again.get(key)
            )
    if _section(found, "model").get("digest") != again["model"]["digest"]:
        yield f"{MANIFEST}, model: another digest than the model in model/"
    if _digests(found.get("files")).keys() != _digests(again["files"]).keys():
        yield f"{MANIFEST}, files: lists other files than a scoring writes"


def _first_difference(folder: Path, again: Path, name: str, keys: tuple[str, ...]) -> str | None:
    """Name the first value of a table that is not as rebuilt."""
    try:
        found = pq.ParquetFile(folder / name).read()
    except (OSError, pa.ArrowException) as error:
        return str(Fault(name, None, f"unreadable: {error}", "the table as written"))
    rebuilt = pq.ParquetFile(again / name).read()
    if found.schema != rebuilt.schema:
        return f"{name}: other columns or types than were written"
    if found.num_rows != rebuilt.num_rows:
        return f"{name}: {found.num_rows:,} rows, rebuilt {rebuilt.num_rows:,}"
    found, rebuilt = _plain(found), _plain(rebuilt)
    if found.equals(rebuilt):
        return None
    row = _first_other_row(found, rebuilt)
    one, other = (table.slice(row, 1).to_pylist()[0] for table in (found, rebuilt))
    place, mine, theirs = _deepest(one, other)
    where = ", ".join(f"{key} {other[key]}" for key in keys)
    return f"{name}, {where}, {place}: found {_brief(mine)}, rebuilt {_brief(theirs)}"


def _plain(table: pa.Table) -> pa.Table:
    """Write dictionary columns out: only their values are compared."""
    fields = [
        pa.field(field.name, field.type.value_type, field.nullable)
        if pa.types.is_dictionary(field.type)
        else field
        for field in table.schema
    ]
    return table.cast(pa.schema(fields))


def _first_other_row(found: pa.Table, rebuilt: pa.Table) -> int:
    """Halve two tables that differ until the first row that does is left."""
    low, count = 0, found.num_rows
    while count > 1:
        half = count // 2
        if found.slice(low, half).equals(rebuilt.slice(low, half)):
            low, count = low + half, count - half
        else:
            count = half
    return low


def _deepest(one: Any, other: Any, place: str = "") -> tuple[str, Any, Any]:
    """Follow two nested values to the first place where they differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in other:
            if one.get(key) != other[key]:
                return _deepest(one.get(key), other[key], f"{place}.{key}" if place else key)
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for k, (mine, theirs) in enumerate(zip(one, other, strict=True)):
            if mine != theirs:
                return _deepest(mine, theirs, f"{place}[{k}]")
    return place, one, other


def _brief(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
