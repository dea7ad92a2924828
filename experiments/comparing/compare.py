"""Compare two models: how they were made, and on the same rows what they find."""

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.scoring.run import Run as Scoring
from experiments.comparing.differences import differences
from experiments.comparing.families import explained
from experiments.comparing.lists import lists
from experiments.comparing.outcome import Comparison, Measured
from experiments.comparing.peaks import Peaks
from experiments.comparing.sealing import copy_comparison
from experiments.comparing.writing import write_comparison
from experiments.evaluation.judgement import judge
from experiments.evaluation.paired import paired
from experiments.evaluation.truth import Scored
from experiments.judging.model import Model, open_model
from experiments.judging.passes import Progress
from experiments.judging.scoring import (
    ModelScores,
    Table,
    score_table,
    settle_rows,
    settled_runs,
    shared_features,
)
from experiments.judging.span import Asked, Judged
from experiments.tracking import Run, Tracker
from features.dataset import Dataset, refuse_existing, staged_folder
from features.slices import Means

_BOTH = ("average_precision", "precision_at_capacity", "recall_at_capacity", "base_rate")


@dataclass(frozen=True)
class Pair:
    """Two models, the rows both are measured on, and their scores."""

    models: tuple[Model, Model]
    runs: Sequence[Scoring]
    judged: Judged
    table: Table
    scores: Sequence[ModelScores]
    peaks: Peaks

    @property
    def looks(self) -> bool:
        """Whether measuring looks at a test part."""
        return bool(self.judged.looks) and bool(self.table.known.any())


def compare(
    asked_a: str,
    asked_b: str,
    dataset: Dataset | None,
    out: Path | None,
    tracker: Tracker,
    asked: Asked,
    *,
    means: Means | None = None,
    record_accounts: bool = False,
    progress: Progress = lambda _: None,
) -> Comparison:
    """Compare model B with model A, on a dataset where one is given.

    Writes the new folder ``out`` where one is named. A look at the test part of the data that a
    model was trained on is always recorded; else a run is recorded where a store is in use. What
    names accounts stays out of the store but where ``record_accounts`` says otherwise.

    Raises
    ------
    BundleError
        If there is no such model, or it was made for other features.
    InputError
        If the dataset cannot be read or holds nothing to compare on.
    OutputError
        If ``out`` exists already or cannot be written.
    """
    if out is not None:
        refuse_existing(out)
    use = means or Means()
    with tempfile.TemporaryDirectory(prefix="moneytrail-") as place:
        work = Path(place)
        a, b = (
            open_model(each, work / name, tracker)
            for each, name in ((asked_a, "a"), (asked_b, "b"))
        )
        pair = None if dataset is None else _scored((a, b), dataset, asked, use, progress)
        begun = tracker.run_if(
            pair is not None and pair.looks,
            b.config.name,
            f"compare {asked_a} with {asked_b}",
            command="compare",
            parent=b.run_id,
        )
        with begun as run:
            scored: tuple[Scored, ...] = ()
            measured = None
            if pair is not None:
                scored, measured = _measure(pair, asked, run, progress)
            found, recorded = differences(a, b), _recorded(a, b, tracker)
            kept = run.id if run else None
            told = Comparison(a, b, found, recorded, measured, kept, tracker.uri, out)
            _keep(told, scored, run, work / "out", record_accounts=record_accounts)
    return told


def _keep(
    told: Comparison,
    scored: tuple[Scored, ...],
    run: Run | None,
    folder: Path,
    *,
    record_accounts: bool,
) -> None:
    """Write the comparison, into the store and to where it was asked for."""
    folder.mkdir()
    write_comparison(folder, told, scored)
    if run is not None:
        _record(run, told, folder, record_accounts=record_accounts)
    if told.out is not None:
        with staged_folder(told.out) as staging:
            shutil.copytree(folder, staging, dirs_exist_ok=True)


def _scored(
    models: tuple[Model, Model], dataset: Dataset, asked: Asked, means: Means, progress: Progress
) -> Pair:
    judged, table = settle_rows(dataset, models, asked)
    progress(f"scoring {len(table.at):,} rows with both models")
    peaks = Peaks(table, _budget(models, asked))
    runs = settled_runs(dataset, models, judged, means, progress)
    scores = score_table(table, runs, progress, peaks.see)
    return Pair(models, runs, judged, table, scores, peaks)


def _budget(models: tuple[Model, Model], asked: Asked) -> int:
    own = models[0].config.evaluate.budget
    return own if asked.budget is None else asked.budget


def _measure(
    pair: Pair, asked: Asked, run: Run | None, progress: Progress
) -> tuple[tuple[Scored, ...], Measured]:
    a, b = pair.models
    budget = _budget(pair.models, asked)
    notes = [*pair.judged.notes]
    if asked.budget is None and b.config.evaluate.budget != budget:
        notes.append(f"both with A's budget, {budget} candidates a week")
    table, labelled = pair.table, bool(pair.table.known.any())
    looks: dict[str, int] = {}
    scored: tuple[Scored, ...] = ()
    if not labelled:
        notes.append("no labels for these rows: candidates are compared, nothing is measured")
    else:
        looks = {split: run.look(split) for split in pair.judged.looks} if run else {}
        truth = table.truth
        scored = tuple(each.scored(truth, table.known, table.names) for each in pair.scores)
    progress("comparing")
    found = lists(table, pair.scores, budget)
    _, columns = shared_features(pair.runs)
    found = explained(pair.models, columns, pair.peaks, found)
    seed, part = a.config.seed, pair.judged.part
    probability = all(m.bundle.ensemble.score_kind == "probability" for m in pair.models)
    return scored, Measured(
        table,
        pair.judged,
        tuple(notes),
        tuple(judge(part, each, budget=budget, seed=seed) for each in scored),
        paired(*scored, budget=budget, seed=seed, probability=probability) if scored else (),
        found,
        looks,
    )


def _recorded(a: Model, b: Model, tracker: Tracker) -> dict[str, tuple[float, float]]:
    """Return the test metrics of both training runs, where they were measured on one split."""
    if a.run_id is None or b.run_id is None:
        return {}
    (own, split), (other, second) = (tracker.recorded(each) for each in (a.run_id, b.run_id))
    if split is None or split != second:
        return {}
    own.pop("test_looks", None)
    names = sorted(name for name in own if name.startswith("test_") and name in other)
    return {name: (own[name], other[name]) for name in names}


def _record(run: Run, told: Comparison, folder: Path, *, record_accounts: bool) -> None:
    """Leave the comparison in the store: differences as few metrics, all else as files."""
    run.params(
        {
            "a": told.a.uri,
            "b": told.b.uri,
            "a_digest": told.a.bundle.digest,
            "b_digest": told.b.bundle.digest,
        }
    )
    if told.measured is not None:
        dataset = told.measured.table.dataset
        run.dataset(dataset.path, dataset.path.name, dataset.manifest.snapshot_id, "comparison")
        run.params({"snapshot_id": dataset.manifest.snapshot_id})
        changed = {each.name: each.difference for each in told.measured.metrics}
        run.metrics({f"difference_{name}": changed[name] for name in _BOTH if name in changed})
    with tempfile.TemporaryDirectory(prefix="moneytrail-") as place:
        copy_comparison(folder, Path(place) / "comparison", accounts=record_accounts)
        run.files(Path(place))
