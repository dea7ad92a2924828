"""Score a batch: from a dataset and a model to a folder of explained candidates."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from engine.bundle import load_bundle
from engine.candidates.selection import AccountWeeks, Choice, ScoredRows
from engine.conformal import Discovery, discover
from engine.scoring.batch import Progress, scored
from engine.scoring.explained import explained, fired_table
from engine.scoring.manifest import FORMAT, MANIFEST, describe, write_manifest
from engine.scoring.run import (
    Request,
    Run,
    features_of,
    indicators_of,
    other_indicators,
    settled,
    wording,
)
from features.dataset import Dataset, refuse_existing, staged_folder

__all__ = [
    "FORMAT",
    "MANIFEST",
    "Outcome",
    "Request",
    "choose",
    "features_of",
    "indicators_of",
    "score",
    "wording",
]


@dataclass(frozen=True)
class Outcome:
    """What a scoring produced."""

    folder: Path
    manifest: Mapping[str, Any]
    candidates: int


def score(
    dataset: Dataset,
    model: Path,
    out: Path,
    request: Request,
    *,
    origin: Mapping[str, object] | None = None,
    progress: Progress = lambda _: None,
) -> Outcome:
    """Score ``dataset`` with the model folder ``model`` and write ``out``, whole or not at all.

    ``origin`` says where the model came from (a registry's name and version), for the manifest.

    Raises
    ------
    InputError, BundleError, OutputError
        If the dataset, the model or the output folder can't be used as asked.
    """
    refuse_existing(out)
    run = settled(dataset, load_bundle(model), request, progress)
    if note := other_indicators(run):
        progress(note)
    rows, counts = scored(run, progress)
    chosen, discovery = choose(run, rows.candidates)
    progress(f"{len(chosen):,} candidates chosen; explaining them")
    candidates, evidence = explained(run, rows.candidates, chosen)
    with staged_folder(out) as staging:
        shutil.copytree(model, staging / "model")
        pq.write_table(rows.scores, staging / "scores.parquet")
        pq.write_table(candidates, staging / "candidates.parquet")
        pq.write_table(evidence, staging / "evidence.parquet")
        pq.write_table(fired_table(candidates), staging / "indicators.parquet")
        manifest = describe(run, staging, {**counts, "candidates": len(chosen)})
        manifest["discovery"] = None if discovery is None else discovery.plain()
        manifest["model"] = {**(origin or {}), **manifest["model"]}
        if rows.left_out:
            manifest["left_out"] = dict(rows.left_out)
        write_manifest(staging / MANIFEST, manifest)
    return Outcome(out, manifest, len(chosen))


def choose(run: Run, rows: ScoredRows) -> tuple[list[Choice], Discovery | None]:
    """Choose the candidates of a run, by budget or by the share of false ones.

    Where the model knows what honest accounts score, each gets its p-value.
    """
    weeks, block = AccountWeeks.of(rows), run.bundle.honest
    discovery = None
    if run.fdr is not None and block is not None:
        discovery = discover(block, weeks.scores, run.fdr)
        chosen = weeks.at_least(discovery.least)
    else:
        chosen = weeks.best(run.budget or 0)
    if block is not None and chosen:
        p_values = block.p_values(rows.score[[choice.row for choice in chosen]])
        chosen = [replace(c, p_value=float(p)) for c, p in zip(chosen, p_values, strict=True)]
    return chosen, discovery
