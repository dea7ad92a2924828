"""What a dataset says about itself: its files with digests, its coverage, precision, source."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path, PurePosixPath
from typing import Any, Literal, Self, get_args

from pydantic import AwareDatetime, ConfigDict, TypeAdapter, ValidationError

from features.errors import Fault, InputError

MANIFEST = "manifest.json"
Precision = Literal["second", "minute", "day"]
Completeness = Literal["complete", "partial", "positive-only", "none"]
PRECISIONS: tuple[str, ...] = get_args(Precision)
COMPLETENESS: tuple[str, ...] = get_args(Completeness)


@dataclass(frozen=True)
class FileEntry:
    """One file of a dataset: its path inside the folder, with forward slashes, and its digest.

    >>> FileEntry("transactions/date=2024-02-29/part-0.parquet", "00", 1, 2).day
    datetime.date(2024, 2, 29)
    """

    path: str
    sha256: str
    rows: int
    bytes: int

    @property
    def day(self) -> date | None:
        """The UTC day of a file of transactions; None for other files."""
        parts = PurePosixPath(self.path).parts
        if parts[0] != "transactions":
            return None
        return date.fromisoformat(parts[1].removeprefix("date="))


@dataclass(frozen=True)
class Manifest:
    """The facts of a dataset that its rows do not carry.

    ``coverage_from`` is where the data begins to be complete, ``coverage_to`` the last row's
    timestamp. ``rows`` counts ``read``, ``transactions``, ``not_payments`` and ``quarantined``.
    ``snapshot_id`` names the whole content: it is the same for the same content, whenever made.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    snapshot_id: str
    coverage_from: AwareDatetime
    coverage_to: AwareDatetime
    time_precision: Precision
    reporting_currency: str
    minor_digits: int
    labels: Completeness
    rows: dict[str, int]
    files: tuple[FileEntry, ...]
    source: dict[str, Any]
    rates: dict[str, Any] | None
    created_at: AwareDatetime
    format: Literal["moneytrail-dataset-1"] = "moneytrail-dataset-1"

    def to_json(self) -> str:
        """Write the manifest as indented JSON with sorted keys."""
        return json.dumps(_plain(asdict(self)), indent=2, sort_keys=True, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str | bytes, where: str = MANIFEST) -> Self:
        """Read a manifest.

        Raises
        ------
        InputError
            If the text is no manifest, misses a field, or names a file outside its folder.
        """
        try:
            manifest = TypeAdapter(cls).validate_json(text)
        except ValidationError as error:
            raise InputError(f"{where}: not a dataset manifest", _faults(where, error)) from error
        strays = [_stray(where, entry) for entry in manifest.files if not _inside(entry)]
        if strays:
            raise InputError(f"{where}: not a dataset manifest", tuple(strays))
        return manifest

    def content_digest(self) -> str:
        """Return the snapshot id that this content must have."""
        content = _plain(asdict(self))
        del content["snapshot_id"], content["created_at"]
        return canonical_digest(content)

    def days(self, start: datetime | None, stop: datetime | None) -> list[FileEntry]:
        """List the transaction files that can hold rows with ``start <= timestamp < stop``."""
        kept = (entry for entry in self.files if _meets(entry.day, start, stop))
        return sorted(kept, key=lambda entry: entry.path)


def canonical_digest(content: Mapping[str, Any]) -> str:
    """Return the sha256 of the content's canonical JSON.

    >>> canonical_digest({"b": 1, "a": 2}) == canonical_digest({"a": 2, "b": 1})
    True
    """
    text = json.dumps(
        content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return hashlib.sha256(text.encode()).hexdigest()


def file_digest(path: Path) -> str:
    """Return the sha256 of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def _meets(day: date | None, start: datetime | None, stop: datetime | None) -> bool:
    if day is None:
        return False
    begin = datetime.combine(day, time(), UTC)
    return (stop is None or begin < stop) and (start is None or start < begin + timedelta(days=1))


def _inside(entry: FileEntry) -> bool:
    path = PurePosixPath(entry.path)
    if not path.parts or path.is_absolute() or ".." in path.parts or "\\" in entry.path:
        return False
    try:
        return entry.day is None or path.match("transactions/date=*/*.parquet")
    except (ValueError, IndexError):
        return False


def _stray(where: str, entry: FileEntry) -> Fault:
    return Fault(where, "files", repr(entry.path), "a path inside the dataset's own layout")


def _faults(where: str, error: ValidationError) -> tuple[Fault, ...]:
    return tuple(
        Fault(where, ".".join(map(str, item["loc"])) or None, item["msg"], "a moneytrail dataset")
        for item in error.errors(include_url=False)
    )
