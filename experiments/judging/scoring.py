"""The scores of the judged rows, by one model or by several, from as few passes as can be."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from engine.arrays import Flags, Floats, Integers
from engine.ensemble import Ensemble
from engine.scoring.run import Request, Run, settled
from experiments.evaluation.truth import Scored, Truth
from experiments.judging.model import Model
from experiments.judging.passes import Progress, planned
from experiments.judging.span import Asked, Judged, cautioned, judged_rows
from experiments.rows import UNKNOWN, Rows, micros, read_rows, truth_of
from experiments.split import instant
from features.catalogue import Feature
from features.dataset import Dataset
from features.errors import Fault, InputError
from features.slices import FeatureFrame, Means


@dataclass(frozen=True)
class ModelScores:
    """What one model says of the judged rows, a value a row; detectors by name."""

    score: Floats
    percentile: Floats
    detectors: dict[str, Floats]

    def scored(
        self,
        truth: Truth,
        known: Flags,
        names: tuple[str, ...],
        rivals: Mapping[str, Floats | None] | None = None,
    ) -> Scored:
        """Put the truth about the rows that have a label beside what the model says of them.

        ``rivals`` are further rankings of the judged rows, by name; None: there is none.
        """
        beside = {**self.detectors, **(rivals or {})}
        columns = {name: column[known] for name, column in beside.items() if column is not None}
        return Scored.beside_baselines(truth, self.score[known], columns, names)


Seen = Callable[[Floats, Sequence[ModelScores]], None]


@dataclass(frozen=True)
class Table:
    """The judged rows: where they stand in the dataset, and which of them have a label."""

    dataset: Dataset
    rows: Rows
    at: Integers
    known: Flags

    @cached_property
    def truth(self) -> Truth:
        """What is known today of the rows with a label."""
        if self.rows.labels is None:
            raise InputError(f"{self.dataset.path}: no labels")
        return truth_of(self.rows, self.rows.labels, self.at[self.known])

    @cached_property
    def everything(self) -> Truth:
        """All judged rows; those without a label count as honest."""
        rows, at, labels = self.rows, self.at, self.rows.labels
        if labels is not None:
            return truth_of(rows, labels, at)
        none = np.full(len(at), -1)
        return Truth(
            none == 0,
            rows.amount[at],
            rows.time[at],
            rows.sender[at],
            rows.receiver[at],
            none,
            np.full(len(at), ""),
        )

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the patterns, by number."""
        return self.rows.labels.names if self.rows.labels else ()

    @cached_property
    def transaction_id(self) -> pa.Array:
        """The judged rows' ids."""
        return self.rows.transaction_id.take(pa.array(self.at)).combine_chunks()


def settle_rows(dataset: Dataset, models: Sequence[Model], asked: Asked) -> tuple[Judged, Table]:
    """Settle which rows are judged, and read them.

    Raises
    ------
    InputError
        If the test part of other data is asked for, or there is no row to judge.
    """
    judged = judged_rows(dataset, models, asked)
    table = read_table(dataset, models, judged)
    first = instant(int(table.rows.time[table.at[0]]))
    return cautioned(judged, models, dataset.manifest.snapshot_id, first), table


def read_table(dataset: Dataset, models: Sequence[Model], judged: Judged) -> Table:
    """Read the rows in the range that all models are judged on.

    Raises
    ------
    InputError
        If there are none.
    """
    rows = read_rows(dataset, models[0].config)
    evaluated = rows.evaluated.copy()
    for model in models[1:]:
        evaluated &= read_rows(dataset, model.config).evaluated
    first, last = np.searchsorted(rows.time, [micros(judged.start), micros(judged.stop)])
    at = first + np.flatnonzero(evaluated[first:last])
    if not len(at):
        raise InputError(
            f"{dataset.path}: no row between {judged.start.isoformat()} and "
            f"{judged.stop.isoformat()} is of the kind the model is judged on"
        )
    known = np.zeros(len(at), np.bool_)
    if rows.labels is not None:
        known = rows.labels.known()[at] != UNKNOWN
    return Table(dataset, rows, at, known)


def require_labels(table: Table) -> None:
    """Refuse rows among which nothing is known to be illicit.

    Raises
    ------
    InputError
        Saying what is missing: labels, labels of these rows, or illicit ones among them.
    """
    path, labels = table.dataset.path, table.rows.labels
    if labels is None:
        fault = Fault("labels.parquet", None, "no labels", "a label for some transactions")
        raise InputError(f"{path}: cannot be judged on: it has no labels", (fault,))
    count = int(table.known.sum())
    if not count or not table.truth.illicit.any():
        found = f"{len(table.at):,} rows to judge, {count:,} with a label, none illicit"
        fault = Fault("labels.parquet", "label", found, "at least one illicit row")
        raise InputError(f"{path}: cannot be judged on: nothing illicit to find", (fault,))


def settled_runs(
    dataset: Dataset,
    models: Sequence[Model],
    judged: Judged,
    means: Means,
    progress: Progress,
    budget: int | None = None,
) -> list[Run]:
    """Settle a scoring of the range by each of the models: its first look is taken once.

    Raises
    ------
    BundleError, InputError
        If a model knows features that are unknown or different here, or another money.
    """
    request = Request(judged.start, judged.stop, judged.as_of, budget, means)
    return [settled(dataset, model.bundle, request, progress) for model in models]


def score_table(
    table: Table, runs: Sequence[Run], progress: Progress, seen: Seen = lambda _, __: None
) -> list[ModelScores]:
    """Compute what the models share once, company for each scout, and let each score the rows.

    ``seen`` is shown the features of the next judged rows, and what the models say of them.
    """
    passes, columns = planned(runs)
    parts: list[list[ModelScores]] = [[] for _ in runs]
    first = done = int(np.searchsorted(table.rows.time, micros(runs[0].start)))
    looked = [each.frames(progress) for each in passes]
    for frames in zip(*looked, strict=True):
        X = _side_by_side([frame.columns[:, _kept(table, frame, done)].T for frame in frames])
        for run, own, found in zip(runs, columns, parts, strict=True):
            found.append(_said(run.bundle.ensemble, X[:, own]))
        seen(X, [found[-1] for found in parts])
        done += len(frames[0])
        progress(f"{done - first:,} rows scored")
    return [_joined(found) for found in parts]


def _side_by_side(parts: Sequence[Floats]) -> Floats:
    return parts[0] if len(parts) == 1 else np.hstack(parts)


def shared_features(runs: Sequence[Run]) -> tuple[tuple[Feature, ...], list[Integers]]:
    """Return every feature that one of the models has, and where each model's own stand.

    Features of the company stand there once for each scout.
    """
    passes, columns = planned(runs)
    return tuple(feature for each in passes for feature in each.features), columns


def _kept(table: Table, frame: FeatureFrame, first: int) -> Integers:
    """Return which rows of a frame are judged; ``first`` is where it begins in the dataset."""
    ids = table.rows.transaction_id.slice(first, len(frame)).combine_chunks()
    if not frame.transaction_id.equals(ids):
        raise RuntimeError("the features are not those of the rows that are judged")
    begin, end = np.searchsorted(table.at, [first, first + len(frame)])
    kept: Integers = table.at[begin:end] - first
    return kept


def _said(ensemble: Ensemble, X: Floats) -> ModelScores:
    found = ensemble.score(X)
    detectors = {name: component.percentile for name, component in found.components.items()}
    return ModelScores(found.score, found.percentile, detectors)


def _joined(parts: Sequence[ModelScores]) -> ModelScores:
    return ModelScores(
        np.concatenate([part.score for part in parts]),
        np.concatenate([part.percentile for part in parts]),
        {
            name: np.concatenate([part.detectors[name] for part in parts])
            for name in parts[0].detectors
        },
    )
