"""What a run leaves in the tracking store beside its model: parameters, tables, pictures."""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from math import isnan
from pathlib import Path
from typing import Any

from experiments.evaluation.judgement import Judgement
from experiments.preparation import Preparation

LIBRARIES = ("moneytrail", "mlflow", "numpy", "numba", "pyod", "scikit-learn", "xgboost-cpu")
_FEW = (
    "average_precision",
    "base_rate",
    "account_week_average_precision",
    "precision_at_capacity",
    "recall_at_capacity",
    "networks_at_capacity",
    "calibration_error",
)
_VALIDATION = ("tuning", "calibration")


def versions() -> list[str]:
    """Return the libraries a model was made with."""
    return [f"{name} {version(name)}" for name in LIBRARIES]


def parameters(prepared: Preparation, catalogue: str) -> dict[str, object]:
    """Return what a run was made with: config, data, split, features."""
    manifest = prepared.dataset.manifest
    return {
        **flattened(prepared.config.plain()),
        "config_sha256": prepared.config.digest(),
        "snapshot_id": manifest.snapshot_id,
        "dataset_rows": manifest.rows["transactions"],
        "dataset_labels": manifest.labels,
        "split_sha256": prepared.split.digest,
        **{f"split.{part.name}_from": part.start.isoformat() for part in prepared.split.parts},
        "catalogue_sha256": catalogue,
        "feature_count": len(prepared.names),
    }


def flattened(content: Mapping[str, Any], prefix: str = "") -> dict[str, object]:
    """Put nested keys on one level.

    >>> flattened({"split": {"train": 0.6}, "seed": 7, "families": []})
    {'split.train': 0.6, 'seed': 7, 'families': ''}
    """
    flat: dict[str, object] = {}
    for key, value in content.items():
        if isinstance(value, Mapping):
            flat |= flattened(value, f"{prefix}{key}.")
        elif isinstance(value, list | tuple):
            flat[f"{prefix}{key}"] = ", ".join(map(str, value))
        else:
            flat[f"{prefix}{key}"] = value
    return flat


def top_metrics(judgements: Mapping[str, Judgement]) -> dict[str, float]:
    """Return the few metrics that a list of runs shows; the others are in tables.

    Of the parts that chose and calibrated the model, the average precision alone.
    """
    metrics: dict[str, float] = {}
    for part, judged in judgements.items():
        few = {f"{part}_{name}" for name in _FEW[: 1 if part in _VALIDATION else None]}
        metrics |= {name: value for name, value in judged.headline().items() if name in few}
    return metrics


def write_measurements(folder: Path, judgements: Mapping[str, Judgement]) -> None:
    """Write every measurement into one JSON file, and the test part's tables as CSV too."""
    folder.mkdir(parents=True, exist_ok=True)
    everything: dict[str, Any] = {}
    for part, judged in judgements.items():
        tables = judged.tables()
        everything[part] = {"headline": judged.headline(), **tables}
        for name, rows in tables.items() if part == "test" else ():
            write_csv(folder / f"{part}_{name}.csv", rows)
    if everything:
        write_json(folder / "measurements.json", everything)


def write_csv(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows as CSV; the first row names the columns."""
    if not rows:
        return
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def write_json(path: Path, content: Any) -> None:
    """Write JSON; what is no number (a recall of nothing) becomes null."""
    path.write_text(json.dumps(without_nan(content), indent=1) + "\n", encoding="utf-8")


def without_nan(value: Any) -> Any:
    """Put None for what is no number, as JSON wants it, however deep it lies."""
    if isinstance(value, Mapping):
        return {key: without_nan(item) for key, item in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [without_nan(item) for item in value]
    return None if isinstance(value, float) and isnan(value) else value
