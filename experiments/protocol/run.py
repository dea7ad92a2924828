"""Run a protocol: features once, every training, one look at each test part, and the report."""

import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np

from experiments.evaluation.judgement import judge
from experiments.evaluation.means import means
from experiments.evaluation.truth import CHANCE, Scored
from experiments.protocol.contest import OURS, Contest, contest, rivals_of
from experiments.protocol.cuts import Cut, split_by
from experiments.protocol.frame import MeasuredRows, Progress, measure_rows
from experiments.protocol.gfp import require_snapml
from experiments.protocol.misses import false_alarms, groups
from experiments.protocol.outcome import Outcome, Result, Table
from experiments.protocol.plan import Mode, Plan
from experiments.protocol.prepared import kept_rows, measured_features, prepared, until
from experiments.protocol.search import Searching
from experiments.protocol.subsets import ALL, Subset, subsets
from experiments.protocol.writing import write_protocol
from experiments.recording import flattened
from experiments.rows import UNKNOWN, Rows, micros, read_rows
from experiments.split import Split
from experiments.tracking import Run, Tracker
from features.dataset import Dataset, refuse_existing, staged_folder
from features.errors import Fault, InputError
from features.slices import Means


@dataclass(frozen=True)
class _Data:
    """What every cut and mode shares."""

    dataset: Dataset
    rows: Rows
    splits: Mapping[Cut, Split]
    frame: MeasuredRows
    feature_seconds: float


def protocol(
    plan: Plan,
    dataset: Dataset,
    out: Path,
    tracker: Tracker,
    *,
    limits: Means | None = None,
    progress: Progress = lambda _: None,
) -> Outcome:
    """Train and judge as a plan asks, and write what was found into the new folder ``out``.

    Raises
    ------
    ConfigError
        If a peer is asked for that is not installed, or features that do not exist.
    InputError
        If the dataset cannot be read or divided, or has nothing illicit in a part.
    OutputError
        If ``out`` exists already or cannot be written.
    """
    refuse_existing(out)
    if plan.gfp is not None:
        require_snapml()
    with (
        staged_folder(out) as staging,
        tempfile.TemporaryDirectory(prefix=".features-", dir=staging.parent) as place,
    ):
        data = _read(plan, dataset, Path(place), limits, progress)
        title = f"protocol {dataset.path.name}"
        with tracker.run(plan.config.name, title, command="protocol") as run:
            _begin(run, plan, data)
            seek = Searching(
                plan.config.tried(plan.trials),
                data.dataset.manifest.snapshot_id,
                tracker.uri,
                progress,
            )
            contests = list(_contests(plan, data, seek))
            progress("looking at the test part" if not plan.rehearse else "judging")
            looks = {} if plan.rehearse else _looks(run, data.splits)
            results = tuple(_result(plan, cut, mode, each) for cut, mode, each in contests)
            told = Outcome(
                plan,
                dataset.path.name,
                dataset.manifest,
                data.splits,
                looks,
                results,
                data.feature_seconds,
                run.id,
                tracker.uri,
                out,
            )
            write_protocol(staging, told)
            run.metrics({**told.top(), **{f"test_looks_{c}": n for c, n in looks.items()}})
            _keep(run, staging)
    return told


def _read(
    plan: Plan, dataset: Dataset, place: Path, limits: Means | None, progress: Progress
) -> _Data:
    """Read the rows, cut them, and compute all features."""
    config, snapshot = plan.config, dataset.manifest.snapshot_id
    rows = read_rows(dataset, config)
    if plan.rehearse:
        tests = [split_by(cut, config, snapshot, rows).parts[-1] for cut in plan.cuts]
        rows = until(rows, min(micros(test.start) for test in tests))
    splits = {cut: split_by(cut, config, snapshot, rows) for cut in plan.cuts}
    for cut, split in splits.items():
        _require_labels(dataset, rows, cut, split)
    train_ends = min(micros(split.parts[0].stop) for split in splits.values())
    kept = kept_rows(config, rows, train_ends)
    asked = plan.of("as-of" if "as-of" in plan.modes else "trailing")
    features, begun = measured_features(asked), perf_counter()
    progress(f"computing {len(features)} features of {int(kept.sum()):,} rows, once")
    frame = measure_rows(dataset, rows, features, kept, place, means=limits, progress=progress)
    return _Data(dataset, rows, splits, frame, perf_counter() - begun)


def _contests(plan: Plan, data: _Data, seek: Searching) -> Iterable[tuple[Cut, Mode, Contest]]:
    for cut, split in data.splits.items():
        made = {
            mode: prepared(data.dataset, plan.of(mode), data.rows, split, data.frame)
            for mode in plan.modes
        }
        others = rivals_of(plan, made[plan.modes[0]], seek)
        for mode, own in made.items():
            seek.tell(f"cut by {cut}, {mode}")
            yield cut, mode, contest(plan, own, others, seek)
            own.parts.clear()


def _result(plan: Plan, cut: Cut, mode: Mode, found: Contest) -> Result:
    field, own = found.field, found.entrants[0]
    tables = tuple(_table(plan, found, subset) for subset in subsets(field))
    names = field.prepared.rows.labels.names if field.prepared.rows.labels else ()
    singles = {one.name: one.rankings[0].score for one in found.entrants[1:]}
    first = Scored(field.test, own.rankings[0].score, singles, names)
    config = plan.config
    judged = judge("test", first, budget=config.evaluate.budget, seed=config.seed)
    return Result(
        cut,
        mode,
        len(field.prepared.catalogue),
        found.entrants,
        found.missing,
        tables,
        judged,
        tuple(groups(field, own.rankings)),
        false_alarms(field, own.rankings),
    )


def _table(plan: Plan, found: Contest, subset: Subset) -> Table:
    """Measure everybody on some of the test rows."""
    truth = found.field.test[subset.rows]
    measured = {}
    if truth.illicit.any():
        whole = subset.name == ALL
        shown = [one for one in found.entrants if whole or one.trained or one.name == CHANCE]
        measured = means(
            truth,
            {one.name: one.within(subset.rows) for one in shown},
            budget=plan.config.evaluate.budget,
            seed=plan.config.seed,
            against=OURS,
        )
    patterns = len(np.unique(truth.pattern[truth.illicit]))
    illicit = int(truth.illicit.sum())
    return Table(subset.name, subset.about, len(truth), illicit, patterns, measured)


def _looks(run: Run, splits: Mapping[Cut, Split]) -> dict[Cut, int]:
    """Count a look at each test part before anything is measured on it."""
    counted: dict[str, int] = {}
    for split in splits.values():
        if split.digest not in counted:
            counted[split.digest] = run.look(split.digest)
    return {cut: counted[split.digest] for cut, split in splits.items()}


def _begin(run: Run, plan: Plan, data: _Data) -> None:
    manifest, path = data.dataset.manifest, data.dataset.path
    run.dataset(path, path.name, manifest.snapshot_id, "protocol")
    run.params(
        {
            **flattened(plan.config.plain()),
            **flattened(plan.plain(), "protocol."),
            "config_sha256": plan.config.digest(),
            "snapshot_id": manifest.snapshot_id,
            **{f"split_sha256_{cut}": split.digest for cut, split in data.splits.items()},
        }
    )


def _keep(run: Run, folder: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="moneytrail-") as place:
        shutil.copytree(folder, Path(place) / "protocol")
        run.files(Path(place))


def _require_labels(dataset: Dataset, rows: Rows, cut: Cut, split: Split) -> None:
    """Refuse a test part in which nothing is known to be illicit."""
    labels = rows.labels
    if labels is None:
        fault = Fault("labels.parquet", None, "no labels", "a label for some transactions")
        raise InputError(f"{dataset.path}: cannot be judged on: it has no labels", (fault,))
    own = rows.within(split.parts[-1])
    known = labels.known()[own][rows.evaluated[own]]
    if not (known == 1).any():
        found = f"{int((known != UNKNOWN).sum()):,} rows with a label, none illicit"
        fault = Fault("labels.parquet", "label", found, "at least one illicit row")
        raise InputError(f"{dataset.path}: nothing illicit in the test part of {cut}", (fault,))
