"""Judge a trained model on a labelled dataset, with what judges it in training."""

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from experiments.evaluation.judgement import Judgement, judge
from experiments.evaluation.truth import Scored
from experiments.judging.model import Model, open_model
from experiments.judging.outcome import Evaluation
from experiments.judging.scoring import (
    ModelScores,
    Progress,
    Table,
    require_labels,
    score_table,
    settle_rows,
)
from experiments.judging.span import Asked, Judged
from experiments.judging.writing import write_evaluation
from experiments.recording import top_metrics
from experiments.tracking import Run, Tracker
from features.dataset import Dataset, refuse_existing, staged_folder
from features.slices import Means


def evaluate(
    asked_model: str,
    dataset: Dataset,
    out: Path,
    tracker: Tracker,
    asked: Asked,
    *,
    means: Means | None = None,
    progress: Progress = lambda _: None,
) -> Evaluation:
    """Judge a model on a dataset and write what was found into the new folder ``out``.

    A look at the test part of the data it was trained on is always recorded; else a run is
    recorded where a store is in use.

    Raises
    ------
    BundleError
        If there is no such model, or it was made for other features.
    InputError
        If the dataset cannot be read, or has no labels to judge against.
    OutputError
        If ``out`` exists already or cannot be written.
    """
    refuse_existing(out)
    with staged_folder(out) as staging, tempfile.TemporaryDirectory(prefix="moneytrail-") as place:
        model = open_model(asked_model, Path(place) / "model", tracker)
        judged, table = settle_rows(dataset, [model], asked)
        require_labels(table)
        progress(f"scoring {len(table.at):,} rows")
        scores = score_table(table, [model], judged, means or Means(), progress)[0]
        begun = tracker.run_if(
            bool(judged.looks),
            model.config.name,
            f"evaluate {dataset.path.name}",
            command="evaluate",
            parent=model.run_id,
        )
        with begun as run:
            progress("judging")
            judgement, scored, looks = _judge(model, table, judged, scores, run, asked.budget)
            kept = run.id if run else None
            told = Evaluation(model, table, judged, judgement, looks, kept, tracker.uri, out)
            write_evaluation(staging, told, scored, scores)
            if run is not None:
                _record(run, told, staging)
    return told


def _judge(
    model: Model,
    table: Table,
    judged: Judged,
    scores: ModelScores,
    run: Run | None,
    budget: int | None,
) -> tuple[Judgement, Scored, Mapping[str, int]]:
    """Look: count it first where it is one at a test part."""
    looks = {split: run.look(split) for split in judged.looks} if run else {}
    scored = scores.scored(table.truth, table.known, table.names)
    config = model.config
    budget = config.evaluate.budget if budget is None else budget
    return judge(judged.part, scored, budget=budget, seed=config.seed), scored, looks


def _record(run: Run, told: Evaluation, folder: Path) -> None:
    """Leave the numbers and the small files in the store."""
    dataset, model = told.table.dataset, told.model
    run.dataset(dataset.path, dataset.path.name, dataset.manifest.snapshot_id, "evaluation")
    run.params(
        {
            "snapshot_id": dataset.manifest.snapshot_id,
            "config_sha256": model.config.digest(),
            "model": model.uri,
            "model_digest": model.bundle.digest,
            "from": told.judged.start.isoformat(),
            "to": told.judged.stop.isoformat(),
            "as_of": told.judged.as_of.isoformat(),
        }
    )
    run.metrics(top_metrics({told.judgement.part: told.judgement}))
    if told.looks:
        run.metrics({"test_looks": max(told.looks.values())})
    with tempfile.TemporaryDirectory(prefix="moneytrail-") as place:
        kept = Path(place) / "evaluation"
        shutil.copytree(folder, kept, ignore=shutil.ignore_patterns("*.parquet"))
        run.files(Path(place))
