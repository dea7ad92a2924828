"""Fit an ensemble to prepared rows, and score the parts it is judged on."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engine.ensemble import Ensemble
from engine.fitting import fit_supervised, fit_unsupervised
from engine.order import evenly_spaced
from engine.peers import Peers
from experiments.evaluation.judgement import Judgement, judge
from experiments.evaluation.truth import Scored
from experiments.likeness import fit_peers
from experiments.preparation import PartRows, Preparation

_EXPLAINED = 300


@dataclass(frozen=True)
class Learned:
    """A fitted ensemble, the validation rows it was tuned and calibrated on, and remarks.

    ``peers`` are the groups of accounts alike among the training rows.
    """

    ensemble: Ensemble
    peers: Peers
    validation: Mapping[str, PartRows]
    notes: tuple[str, ...]

    @cached_property
    def importance(self) -> list[dict[str, object]]:
        """What makes the rows of the calibration part stand out."""
        return importance(self.ensemble, self.validation["calibration"])


def learn(prepared: Preparation) -> Learned:
    """Fit the detectors, and with labels the trees and the calibration. Sees no test row."""
    train = prepared.training()
    peers = fit_peers(prepared, train)
    validation = {name: prepared.judged(name) for name in ("tuning", "calibration")}
    config, seed = prepared.config.ensemble, prepared.config.seed
    if not prepared.learns:
        ensemble = fit_unsupervised(train.X, prepared.names, config, seed)
        return Learned(ensemble, peers, validation, (_why_unsupervised(prepared),))
    tuning, calibration = validation["tuning"], validation["calibration"]
    ensemble = fit_supervised(
        train.X,
        train.label,
        None,
        tuning.X,
        tuning.label,
        calibration.X,
        calibration.label,
        prepared.names,
        config,
        seed,
    )
    said = ensemble.facts.get("notes", [])
    notes = tuple(str(note) for note in said) if isinstance(said, list) else ()
    return Learned(ensemble, peers, validation, notes)


def measure(
    prepared: Preparation, ensemble: Ensemble, name: str, part: PartRows
) -> tuple[Judgement, Scored] | None:
    """Judge an ensemble on a part; None where no row of it has a label."""
    known = prepared.truth(part)
    if known is None or not len(known[1]):
        return None
    labelled, truth = known
    scores = ensemble.score(part.X[labelled])
    detectors = {name: component.percentile for name, component in scores.components.items()}
    names = prepared.rows.labels.names if prepared.rows.labels else ()
    scored = Scored.beside_baselines(truth, scores.score, detectors, names)
    config = prepared.config
    return judge(name, scored, budget=config.evaluate.budget, seed=config.seed), scored


def importance(ensemble: Ensemble, part: PartRows) -> list[dict[str, object]]:
    """Say what makes rows stand out: each feature's mean share in the highest scores.

    Mean absolute contribution, in log-odds, to the 300 highest scores among at most 100,000 rows.
    """
    rows = evenly_spaced(len(part.at), 100_000)
    margin = ensemble.score(part.X[rows]).margin
    highest = rows[np.argsort(-margin, kind="stable")[:_EXPLAINED]]
    parts = ensemble.explain(part.X[highest]).contributions
    sizes, toward = np.abs(parts).mean(axis=0), parts.mean(axis=0)
    return [
        {
            "feature": ensemble.names[column],
            "mean_absolute_contribution": float(sizes[column]),
            "mean_contribution": float(toward[column]),
        }
        for column in np.argsort(-sizes, kind="stable")
    ]


def _why_unsupervised(prepared: Preparation) -> str:
    if prepared.rows.labels is None:
        return "the dataset has no labels: trained the detectors alone"
    return 'labels = "ignore": trained the detectors alone'
