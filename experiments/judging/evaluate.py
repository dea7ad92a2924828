"""Judge a trained model on a labelled dataset, with what judges it in training."""

import shutil
import tempfile
from pathlib import Path

from experiments.evaluation.judgement import Judgement, judge
from experiments.evaluation.means import Mean, Ranked
from experiments.evaluation.means import means as means_of
from experiments.evaluation.truth import RAW, RULES, Scored
from experiments.judging.listing import listing
from experiments.judging.model import Model, open_model
from experiments.judging.outcome import Evaluation
from experiments.judging.passes import Progress
from experiments.judging.rivals import raw_scores
from experiments.judging.scoring import (
    require_labels,
    score_table,
    settle_rows,
    settled_runs,
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
    use = means or Means()
    with staged_folder(out) as staging, tempfile.TemporaryDirectory(prefix="moneytrail-") as place:
        model = open_model(asked_model, Path(place) / "model", tracker)
        judged, table = settle_rows(dataset, [model], asked)
        require_labels(table)
        progress(f"scoring {len(table.at):,} rows")
        budget = model.config.evaluate.budget if asked.budget is None else asked.budget
        runs = settled_runs(dataset, [model], judged, use, progress, budget)
        scores = score_table(table, runs, progress)[0]
        progress("scoring by published rules, and by the payments alone")
        own = listing(table, runs[0], progress)
        raw = raw_scores(table, model, judged, use)
        beside = {RULES: own.rules if own else None, RAW: raw}
        begun = tracker.run_if(
            bool(judged.looks),
            model.config.name,
            f"evaluate {dataset.path.name}",
            command="evaluate",
            parent=model.run_id,
        )
        with begun as run:
            progress("judging")
            looks = {split: run.look(split) for split in judged.looks} if run else {}
            scored = scores.scored(table.truth, table.known, table.names, beside)
            measured = _measured(model, judged, scored, budget)
            kept = run.id if run else None
            cited = own.cited if own else ()
            told = Evaluation(model, table, judged, *measured, cited, looks, kept, tracker.uri, out)
            write_evaluation(staging, told, scored, scores)
            if run is not None:
                _record(run, told, staging)
    return told


def _measured(
    model: Model, judged: Judged, scored: Scored, budget: int
) -> tuple[Judgement, dict[str, Mean]]:
    """Judge, and say how sure each number is."""
    config, truth = model.config, scored.truth
    sure = means_of(
        truth,
        {"": [Ranked(scored.score, None)]},
        budget=budget,
        seed=config.seed,
        probability=model.bundle.ensemble.score_kind == "probability",
    )
    return judge(judged.part, scored, budget=budget, seed=config.seed), sure[""]


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
