"""Train a model: prepare, learn, judge once on the test part, record, register."""

import shutil
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from engine.bundle import load_bundle, save_bundle
from engine.conformal import Block
from engine.indicators import load_indicators
from engine.trials import Choose, best_trial
from experiments import serving
from experiments.baselines import baselines
from experiments.config import ExperimentConfig
from experiments.evaluation.judgement import Judgement
from experiments.evaluation.pictures import draw_all, draw_importance
from experiments.evaluation.truth import Scored
from experiments.honest import NO_BLOCK, honest_block
from experiments.learning import Learned, learn, measure
from experiments.model_card import model_card
from experiments.monitoring.report import Monitored, monitor
from experiments.preparation import PartRows, Preparation, chosen_features
from experiments.recording import (
    parameters,
    top_metrics,
    versions,
    write_csv,
    write_json,
    write_measurements,
)
from experiments.rows import read_rows
from experiments.split import split_in_time
from experiments.summary import Looks, TrainingResult
from experiments.tracking import BUNDLE_TAG, Registered, Run, Tracker
from experiments.tuning import search_for
from features.catalogue import definition, digest
from features.dataset import Dataset, refuse_existing, staged_folder

Progress = Callable[[str], None]


def _silent(_: str) -> None:
    return None


@dataclass(frozen=True)
class _Judged:
    judgements: Mapping[str, Judgement]
    test: Scored | None
    looks: Looks | None


@dataclass(frozen=True)
class _Made:
    """All that a training made, before it is recorded."""

    prepared: Preparation
    learned: Learned
    honest: Block | None
    judged: _Judged
    monitored: Monitored

    @property
    def card(self) -> str:
        prepared, ensemble = self.prepared, self.learned.ensemble
        return model_card(
            config=prepared.config,
            manifest=prepared.dataset.manifest,
            split=prepared.split,
            facts={
                "score_kind": ensemble.score_kind,
                "detectors": ", ".join(ensemble.bank.names),
                "features": len(ensemble.names),
                "notes": list(self.learned.notes),
                "versions": versions(),
            },
            judgements=self.judged.judgements,
            looks=self.judged.looks.count if self.judged.looks else None,
            monitored=self.monitored,
        )

    def save(self, folder: Path) -> Path:
        """Write the bundle."""
        prepared, manifest = self.prepared, self.prepared.dataset.manifest
        facts = {
            "config": prepared.config.plain(),
            "data": {
                "snapshot_id": manifest.snapshot_id,
                "reporting_currency": manifest.reporting_currency,
                "minor_digits": manifest.minor_digits,
                "time_precision": manifest.time_precision,
            },
            "split": prepared.split.plain(),
        }
        scout = self.learned.scout
        looked = scout.features() if scout else ()
        save_bundle(
            folder,
            self.learned.ensemble,
            definitions={f.name: definition(f) for f in (*prepared.measured, *looked)},
            facts=facts,
            peers=self.learned.peers,
            indicators=prepared.indicators.text,
            honest=self.honest,
            scout=scout,
        )
        return folder


def train(
    config: ExperimentConfig,
    dataset: Dataset,
    out: Path | None,
    tracker: Tracker,
    *,
    title: str | None = None,
    progress: Progress = _silent,
) -> TrainingResult:
    """Train, judge, track and register a model; keep its bundle in ``out`` too.

    ``title`` names the run in the store. Without labels the detectors alone are trained. When
    anything fails, the run is marked failed, nothing is registered and ``out`` does not appear.

    Raises
    ------
    ConfigError
        If the config asks for features that do not exist.
    InputError
        If the data cannot be read or divided.
    OutputError
        If ``out`` exists already or cannot be written.
    """
    if out is not None:
        refuse_existing(out)
    prepared = prepare(config, dataset)
    with ExitStack() as stack:
        staging = None if out is None else stack.enter_context(staged_folder(out))
        work = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="moneytrail-")))
        run = stack.enter_context(tracker.run(config.name, title or dataset.path.name))
        made = _make(prepared, run, _choice(prepared, tracker, progress), progress)
        bundle = made.save(work / "bundle")
        if staging is not None:
            shutil.copytree(bundle, staging, dirs_exist_ok=True)
        progress("recording the run and registering the model")
        registered = _record(made, run, bundle, work / "record")
    return _result(made, registered, out, tracking_uri=tracker.uri, run_id=run.id)


def prepare(config: ExperimentConfig, dataset: Dataset) -> Preparation:
    """Choose the features, read the rows and split them in time."""
    catalogue, indicators = chosen_features(config), load_indicators()
    if not config.features.leading:
        indicators = indicators.known_at_once()
    rows = read_rows(dataset, config)
    split = split_in_time(config, dataset.manifest.snapshot_id, rows.time, rows.evaluated)
    return Preparation(dataset, config, catalogue, indicators, rows, split)


def _choice(prepared: Preparation, tracker: Tracker, progress: Progress) -> Choose:
    """Return how the trees are chosen: a small grid, or a search of so many trials."""
    if not prepared.config.tuning.trials:
        return best_trial
    snapshot = prepared.dataset.manifest.snapshot_id
    return search_for(prepared.config, snapshot, digest(prepared.catalogue), tracker.uri, progress)


def _make(prepared: Preparation, run: Run, choose: Choose, progress: Progress) -> _Made:
    manifest, path = prepared.dataset.manifest, prepared.dataset.path
    run.params(parameters(prepared, digest(prepared.catalogue)))
    run.dataset(path, path.name, manifest.snapshot_id)
    progress("computing features, fitting detectors and trees")
    learned = learn(prepared, choose)
    prepared = learned.prepared
    run.params({"features_kept": len(prepared.names), "first_look": learned.scout is not None})
    honest = honest_block(prepared, learned.ensemble)
    if honest is None:
        learned = replace(learned, notes=(*learned.notes, NO_BLOCK))
    progress("judging on calibration and test rows")
    test = prepared.judged("test")
    monitored = monitor(
        learned.earlier,
        prepared.catalogue,
        learned.usual,
        {"calibration": learned.validation["calibration"], "test": test},
        prepared.rows.time,
    )
    return _Made(prepared, learned, honest, _judged(prepared, learned, test, run), monitored)


def _judged(prepared: Preparation, learned: Learned, test: PartRows, run: Run) -> _Judged:
    """Judge the calibration part, then look at the test part: once, and counted.

    The tuning part chose the model, which has learned from it too: its numbers would flatter.
    """
    judgements: dict[str, Judgement] = {}
    part = learned.validation["calibration"]
    calibrated = measure(prepared, learned.earlier, "calibration", part)
    if calibrated is not None:
        judgements["calibration"] = calibrated[0]
    if prepared.rows.labels is None:
        return _Judged(judgements, None, None)
    split = prepared.split.digest
    looks = Looks(split, run.look(split))
    rivals = baselines(prepared, learned.peers, "test", test)
    measured = measure(prepared, learned.ensemble, "test", test, rivals)
    if measured is None:
        return _Judged(judgements, None, looks)
    return _Judged({**judgements, "test": measured[0]}, measured[1], looks)


def _record(made: _Made, run: Run, bundle: Path, folder: Path) -> Registered:
    """Leave everything in the store and register the model."""
    card = made.card
    served = serving.served_model(bundle, made.prepared.config.name, card)
    model_uri = run.model(served)
    run.metrics({**top_metrics(made.judged.judgements), **made.monitored.metrics()})
    if made.judged.looks is not None:
        run.metrics({"test_looks": made.judged.looks.count})
    _write_tables(made, folder / "tables")
    _draw(made, folder / "pictures")
    made.monitored.write(folder / "tables", folder / "pictures")
    write_json(folder / "config.json", made.prepared.config.plain())
    write_json(folder / "split.json", made.prepared.split.plain())
    write_json(folder / "fit.json", dict(made.learned.ensemble.facts))
    (folder / "model_card.md").write_text(card, encoding="utf-8")
    run.files(folder)
    run.trials(_trials(made), "average_precision")
    kind, own = made.learned.ensemble.score_kind, load_bundle(bundle).digest
    run.tags({"mlflow.note.content": card, "score_kind": kind, BUNDLE_TAG: own})
    return run.register(served, model_uri)


def _write_tables(made: _Made, folder: Path) -> None:
    write_measurements(folder, made.judged.judgements)
    write_csv(folder / "feature_importance.csv", made.learned.importance)
    write_csv(folder / "trials.csv", _trials(made))
    write_csv(folder / "feature_sizes.csv", made.learned.sizes)
    write_csv(
        folder / "first_look.csv", [made.learned.first_look] if made.learned.first_look else []
    )


def _trials(made: _Made) -> list[dict[str, object]]:
    tried = made.learned.ensemble.facts.get("trials", ())
    return list(tried) if isinstance(tried, list | tuple) else []


def _draw(made: _Made, folder: Path) -> None:
    folder.mkdir(parents=True)
    draw_importance(folder / "feature_importance.png", made.learned.importance)
    judged, kind = made.judged, made.learned.ensemble.score_kind
    if judged.test is not None:
        calibrated = judged.judgements.get("calibration") if kind == "probability" else None
        draw_all(folder, judged.judgements["test"], judged.test, calibrated, kind)


def _result(
    made: _Made, registered: Registered, out: Path | None, *, tracking_uri: str, run_id: str
) -> TrainingResult:
    prepared, learned = made.prepared, made.learned
    name = prepared.config.name
    return TrainingResult(
        dataset=str(prepared.dataset.path),
        snapshot_id=prepared.dataset.manifest.snapshot_id,
        rows={part.name: part.rows for part in prepared.split.parts},
        features=len(prepared.names),
        score_kind=learned.ensemble.score_kind,
        detectors=learned.ensemble.bank.names,
        judgements=made.judged.judgements,
        looks=made.judged.looks,
        notes=learned.notes,
        tracking_uri=tracking_uri,
        run_id=run_id,
        model_uri=f"models:/{name}/{registered.version}",
        alias=registered.alias,
        champion=registered.champion,
        model_name=name,
        out=out,
        test_start=prepared.split["test"].start,
    )
