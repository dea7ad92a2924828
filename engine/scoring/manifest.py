"""What a scoring says of itself: inputs, model, instants, digests of the outputs."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

from engine.scoring.run import Run, wording
from features.dataset import FileEntry
from features.dataset.manifest import canonical_digest, file_digest
from features.slices import TICK

FORMAT = "moneytrail-scores"
FORMAT_VERSION = 1
MANIFEST = "manifest.json"


def write_manifest(path: Path, manifest: dict[str, Any]) -> None:
    """Write a manifest with the digest of all else in it."""
    manifest["digest"] = canonical_digest({k: v for k, v in manifest.items() if k != "digest"})
    text = json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    path.write_text(text, encoding="utf-8")


def describe(run: Run, folder: Path, counts: Mapping[str, int]) -> dict[str, Any]:
    """Return the manifest of a run whose outputs lie in ``folder``."""
    facts = run.dataset.manifest
    written = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "engine_version": version("moneytrail"),
        "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "model": {"digest": run.bundle.digest, "score_kind": run.bundle.ensemble.score_kind},
        "dataset": {
            "snapshot_id": facts.snapshot_id,
            "reporting_currency": facts.reporting_currency,
            "minor_digits": facts.minor_digits,
            "time_precision": facts.time_precision,
            "coverage_from": facts.coverage_from.isoformat(),
            "coverage_to": facts.coverage_to.isoformat(),
            "files_read": [
                {"path": entry.path, "sha256": entry.sha256} for entry in files_read(run)
            ],
        },
        "from": run.start.isoformat(),
        "to": run.stop.isoformat(),
        "as_of": run.as_of.isoformat(),
        "budget": run.budget,
        "fdr": run.fdr,
        "honest": None if run.bundle.honest is None else dict(run.bundle.honest.facts),
        "first_look": None if run.first_look is None else run.first_look.plain(),
        "population": run.counted.population,
        "left_out_channels": list(run.counted.left_out_channels),
        "indicators": {"version": run.indicators.version, "digest": run.indicators.digest},
        "wording": wording(run.measured),
        "config": dict(run.bundle.manifest["facts"]["config"]),
        "libraries": dict(run.bundle.manifest["libraries"]),
        "rows": dict(counts),
        "files": [
            {"path": path.relative_to(folder).as_posix(), "sha256": file_digest(path)}
            for path in written
        ],
    }


def files_read(run: Run) -> list[FileEntry]:
    """List the dataset's files that the run's result can depend on."""
    reach, week = run.reach, timedelta(weeks=1)
    start, stop = run.start - reach.lookback - week, run.stop + max(reach.lookahead, week)
    accounts = [entry for entry in run.dataset.manifest.files if entry.path == "accounts.parquet"]
    return [*accounts, *run.dataset.files(start, min(stop, run.as_of + TICK))]
