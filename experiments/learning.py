"""Fit an ensemble to prepared rows, and score the parts it is judged on."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType

import numpy as np

from engine.arrays import Floats, Integers
from engine.ensemble import Ensemble
from engine.fitting import Fitted, fit_supervised, fit_unsupervised
from engine.growth import Part, booster_rows
from engine.order import evenly_spaced
from engine.peers import Peers
from engine.scout import Scout
from engine.trials import Choose, best_trial
from experiments.company import Accompanied, accompanied
from experiments.evaluation.judgement import Judgement, judge
from experiments.evaluation.truth import Scored
from experiments.feature_selection import select_features
from experiments.likeness import fit_peers
from experiments.monitoring.drift import usual_values
from experiments.monitoring.stability import Usual
from experiments.preparation import PartRows, Preparation
from features.catalogue import Feature, company_of

_EXPLAINED = 300
LEAST_POSITIVES = 200
"""Of fewer illicit training rows no choice of features is made, no scout fitted: it is chance."""


@dataclass(frozen=True)
class Learned:
    """A fitted ensemble, the validation rows it was tuned and calibrated on, and remarks.

    ``prepared`` sees the features that the ensemble kept. ``peers`` are the groups of accounts
    alike among the training rows, ``usual`` how their features' values lie. ``sizes`` is what
    each number of features came to. ``scout`` looks first, where company features are
    seen; ``first_look`` is what these were worth on tuning rows. ``earlier`` is the ensemble before
    it learned from the rows that calibrate: it is what can be judged on them.
    """

    prepared: Preparation
    ensemble: Ensemble
    earlier: Ensemble
    peers: Peers
    validation: Mapping[str, PartRows]
    usual: tuple[Usual, ...]
    notes: tuple[str, ...]
    sizes: tuple[dict[str, object], ...] = ()
    scout: Scout | None = None
    first_look: Mapping[str, float] = field(default_factory=dict)

    @cached_property
    def importance(self) -> list[dict[str, object]]:
        """What makes the rows of the calibration part stand out."""
        return importance(self.earlier, self.validation["calibration"])


def learn(prepared: Preparation, choose: Choose = best_trial) -> Learned:
    """Fit the detectors, and with labels the trees and the calibration. Sees no test row.

    ``choose`` says which trees, once the features are chosen.
    """
    rows = _Rows.of(prepared)
    if not prepared.learns:
        config, seed = prepared.config.ensemble, prepared.config.seed
        ensemble = fit_unsupervised(rows.train.X, prepared.names, config, seed)
        return rows.learned(Fitted(ensemble, ensemble), (_why_unsupervised(prepared),))
    rows, looked = _accompanied(rows)
    rows, sizes = _selected(rows)
    fitted = rows.fitted(choose)
    said = fitted.ensemble.facts.get("notes", [])
    notes = tuple(str(note) for note in said) if isinstance(said, list) else ()
    learned = replace(rows.learned(fitted, notes), sizes=sizes)
    if looked is None:
        return learned
    sees = bool(company_of(rows.prepared.catalogue))
    return replace(learned, scout=looked.scout if sees else None, first_look=looked.facts)


@dataclass(frozen=True)
class _Rows:
    """The rows that a model comes of."""

    prepared: Preparation
    train: PartRows
    tuning: PartRows

    @classmethod
    def of(cls, prepared: Preparation) -> "_Rows":
        return cls(prepared, prepared.training(), prepared.judged("tuning"))

    @cached_property
    def calibration(self) -> PartRows:
        """The rows that choose nothing, and so need the features that were kept alone."""
        return self.prepared.judged("calibration")

    def seeing(self, features: tuple[Feature, ...]) -> "_Rows":
        """Return the same rows with fewer features."""
        wide, narrow = self.prepared, self.prepared.seeing(features)
        return _Rows(
            narrow,
            narrow.narrowed(self.train, wide, beside=True),
            narrow.narrowed(self.tuning, wide, beside=False),
        )

    def fitted(self, choose: Choose) -> Fitted:
        """Fit detectors, trees and calibration."""
        tuning, calibration = self.tuning, self.calibration
        return fit_supervised(
            self.train.X,
            self.train.label,
            None,
            tuning.X,
            tuning.label,
            calibration.X,
            calibration.label,
            self.prepared.names,
            self.prepared.config.ensemble,
            self.prepared.config.seed,
            choose,
        )

    def learned(self, fitted: Fitted, notes: tuple[str, ...]) -> Learned:
        """Add the groups of peers."""
        peers = fit_peers(self.prepared, self.train)
        validation = {"tuning": self.tuning, "calibration": self.calibration}
        evaluated = np.flatnonzero(self.prepared.rows.evaluated[self.train.at])
        usual = usual_values(self.train.X, evaluated)
        both = (fitted.ensemble, fitted.earlier)
        return Learned(self.prepared, *both, peers, validation, usual, notes)


def _accompanied(rows: _Rows) -> tuple[_Rows, Accompanied | None]:
    """Let the rows see the company of payments, where enough labels say that it helps."""
    positives = int((rows.train.label == 1).sum())
    known = set(rows.tuning.label.tolist()) >= {0, 1}
    wanted = rows.prepared.config.features.company
    if not wanted or positives < LEAST_POSITIVES or not known:
        return rows, None
    found = accompanied(rows.prepared, rows.train, rows.tuning)
    return _Rows(found.prepared, found.train, found.tuning), found


def _selected(rows: _Rows) -> tuple[_Rows, tuple[dict[str, object], ...]]:
    """Keep the features that are needed; all of them where too few labels could say which."""
    prepared, labels = rows.prepared, rows.prepared.rows.labels
    config, seed = prepared.config.ensemble, prepared.config.seed
    sizes = [size for size in prepared.config.features.sizes if size < len(prepared.catalogue)]
    train, _ = _labelled(rows.train, config.choice_rows)
    tune, at = _labelled(rows.tuning, len(rows.tuning.at))
    if labels is None or not sizes or not tune.both or train.positives < LEAST_POSITIVES:
        return rows, ()
    chosen = select_features(train, tune, labels.pattern[at], sizes, config, seed)
    kept = tuple(prepared.catalogue[column] for column in chosen.columns.tolist())
    return (rows.seeing(kept) if len(kept) < len(prepared.catalogue) else rows), chosen.tried


def _labelled(part: PartRows, limit: int) -> tuple[Part, Integers]:
    """Return rows with a label as the trees see them, and where they stand."""
    known = booster_rows(part.label, limit)
    return Part.bare(part.X[known], part.label[known]), part.at[known]


def measure(
    prepared: Preparation,
    ensemble: Ensemble,
    name: str,
    part: PartRows,
    rivals: Mapping[str, Floats] = MappingProxyType({}),
) -> tuple[Judgement, Scored] | None:
    """Judge an ensemble on a part; None where no row of it has a label.

    ``rivals`` are further rankings of the part's rows, by name.
    """
    known = prepared.truth(part)
    if known is None or not len(known[1]):
        return None
    labelled, truth = known
    scores = ensemble.score(part.X[labelled])
    beside = {name: component.percentile for name, component in scores.components.items()}
    beside |= {name: column[labelled] for name, column in rivals.items()}
    names = prepared.rows.labels.names if prepared.rows.labels else ()
    scored = Scored.beside_baselines(truth, scores.score, beside, names)
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
