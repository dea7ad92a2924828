"""A comparison's digests: an edited one is noticed.

``comparison.json`` holds the SHA-256 of every other file, and as its ``digest`` that of all the
rest of itself. That is no signature: whoever edits it can compute another. It tells a comparison
that was changed by mistake, or cut together, from one that was not.
"""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from features.dataset.manifest import canonical_digest, file_digest
from features.errors import Fault, InputError

JSON = "comparison.json"
ACCOUNTS = "accounts"
"""The folder of all files that name accounts: it may be left out of what is passed on."""


def sealed(content: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Return what a comparison says with the digests of the files beside it, and its own."""
    files = {
        path.relative_to(folder).as_posix(): file_digest(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    whole = {**content, "files": files}
    return {**whole, "digest": canonical_digest(whole)}


def opened(folder: Path, wanted_format: str) -> dict[str, Any]:
    """Read a comparison, and check that it is as it was written.

    Raises
    ------
    InputError
        If the folder holds none, or a file was changed, added or taken away; names them.
    """
    try:
        told = json.loads((folder / JSON).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        told = None
    if not isinstance(told, dict) or told.get("format") != wanted_format:
        raise InputError(
            f"{folder}: not a comparison: wanted a folder that `moneytrail compare` wrote"
        )
    rest = {key: value for key, value in told.items() if key != "digest"}
    faults = [Fault(JSON, "digest", "changed since it was written", "as it was written")]
    if canonical_digest(rest) == told.get("digest"):
        faults = _changed(folder, told["files"])
    if faults:
        raise InputError(f"{folder}: the comparison is not as it was written", tuple(faults))
    return told


def copy_comparison(folder: Path, to: Path, *, accounts: bool) -> None:
    """Copy a comparison, with or without the files that name accounts."""
    left_out = None if accounts else shutil.ignore_patterns(ACCOUNTS)
    shutil.copytree(folder, to, ignore=left_out)


def _changed(folder: Path, files: Mapping[str, str]) -> list[Fault]:
    """Return the files that differ; those that name accounts may be gone, all or some."""
    present = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    added = present - {JSON, *files}
    found = [Fault(name, None, "not part of it", "no such file") for name in added]
    for name, digest in files.items():
        if name not in present:
            gone = not name.startswith(f"{ACCOUNTS}/")
            found += [Fault(name, None, "missing", "the file as it was written")] * gone
        elif file_digest(folder / name) != digest:
            found.append(Fault(name, None, "changed", f"sha256 {digest[:12]}"))
    return sorted(found, key=lambda fault: fault.where)
