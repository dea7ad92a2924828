"""The model as served: detectors, trees and calibration, from features to score and reasons.

Without labels the margin is the detectors' weighted mean log-odds, and the score the share of
training rows below it. With labels it is ``trees + weight * detectors' mean``, calibrated to the
log-odds of laundering. Both are sums in log-odds, so that contributions are too.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from engine.arrays import Floats, checked
from engine.attribution import Explanation, divide, receipt, rescale
from engine.booster import Trees, single_columns
from engine.calibration import PercentileCurve, Platt, logistic
from engine.cores import few, on_all_cores
from engine.detectors.bank import Attribution, DetectorBank, Unusual
from engine.reference import Reference
from engine.settings import EnsembleConfig

_EXPLAINED_TOGETHER = 2_048


class Component(NamedTuple):
    """What one detector says, a value a row: raw score, share of training rows below it."""

    raw: Floats
    percentile: Floats


@dataclass(frozen=True)
class Scores:
    """What the model says, a value a row.

    ``score`` 0 to 1, ``percentile`` the share of training rows with a lower margin, ``margin``
    in log-odds (``score`` is its logistic), ``components`` by detector.
    """

    score: Floats
    percentile: Floats
    margin: Floats
    components: Mapping[str, Component]


@dataclass(frozen=True)
class Supervised:
    """The half that knows labels: ``platt(trees + anomaly_weight * detectors)``.

    ``calibrated`` is whether there were labelled rows to fit ``platt`` to.
    """

    trees: Trees
    sees_detectors: bool
    anomaly_weight: float
    platt: Platt
    calibrated: bool = True

    def columns(
        self, X: Floats, unusual: Unusual
    ) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        """Return what the trees see, lying column by column."""
        return single_columns(X, unusual.logit if self.sees_detectors else None)


@dataclass(frozen=True)
class Ensemble:
    """A fitted model over the features ``names``; ``facts`` tell how it came about.

    ``standing`` is where a margin stands among those of the training rows; without labels it
    is also what makes the score.
    """

    names: tuple[str, ...]
    bank: DetectorBank
    standing: PercentileCurve
    supervised: Supervised | None
    config: EnsembleConfig
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def score_kind(self) -> str:
        """Say what the score is.

        A calibrated "probability"; "uncalibrated", where nothing could be calibrated on; or,
        without labels, an "anomaly" percentile.
        """
        if self.supervised is None:
            return "anomaly"
        return "probability" if self.supervised.calibrated else "uncalibrated"

    @property
    def reference(self) -> Reference:
        """Return the distributions frozen on training rows."""
        return self.bank.reference

    def score(self, X: Floats) -> Scores:
        """Score rows of features; NaN is unknown.

        Each row's result is a function of that row alone, bit for bit. Rows may lie in memory
        row by row or column by column, as a frame's ``columns.T``: that is the faster.

        Raises
        ------
        InputError
            If the features are not those of the model or not finite.
        """
        parts = on_all_cores(self._judged, X, self.names)
        raw = _joined([part.raw for part, _ in parts], (0, len(self.bank.names)))
        logit = _joined([part.logit for part, _ in parts], (0, len(self.bank.names)))
        margin = _joined([margin for _, margin in parts], (0,))
        standing = margin if self.supervised is None else self.standing.logit(margin)
        components = {
            name: Component(raw[:, d].copy(), logistic(logit[:, d].copy()))
            for d, name in enumerate(self.bank.names)
        }
        return Scores(logistic(margin), logistic(standing), margin, components)

    def explain(self, X: Floats) -> Explanation:
        """Take the margins of rows apart by feature.

        Costs milliseconds a row: meant for candidates.

        Raises
        ------
        InputError
            If the features are not those of the model or not finite.
        ReceiptError
            If the parts do not add up.
        """
        X = checked(X, self.names)
        parts = [self._explained(X[rows]) for rows in few(len(X), _EXPLAINED_TOGETHER)]
        bases, contributions, margins = zip(*parts, strict=True) if parts else ((), (), ())
        width = np.empty((0, len(self.names)))
        return receipt(
            np.concatenate([np.empty(0), *bases]),
            np.concatenate([width, *contributions]),
            np.concatenate([np.empty(0), *margins]),
        )

    def _judged(self, X: Floats) -> tuple[Unusual, Floats]:
        """Return what the detectors say, and the margins."""
        unusual = self.bank.judge(X)
        return unusual, self._margin(X, unusual)

    def _margin(self, X: Floats, unusual: Unusual) -> Floats:
        anomaly = mean_logit(unusual.logit, self.bank.weights)
        if self.supervised is None:
            return self.standing.logit(anomaly)
        model = self.supervised
        trees = model.trees.margins(model.columns(X, unusual))
        return model.platt.margin(trees + model.anomaly_weight * anomaly)

    def _explained(self, X: Floats) -> tuple[Floats, Floats, Floats]:
        """Return base, contributions and margin of a few rows."""
        unusual, margin = self._judged(X)
        attributions = self.bank.attribute(X)
        usual, by_feature = _anomaly_parts(unusual, attributions, self.bank.weights)
        if self.supervised is None:
            base = self.standing.logit(np.full(len(X), usual))
            before = mean_logit(unusual.logit, self.bank.weights) - usual
            return base, rescale(by_feature, before, margin - base), margin
        model = self.supervised
        base, parts = model.trees.contributions(model.columns(X, unusual))
        contributions = parts[:, : X.shape[1]]
        for amount, attribution in zip(
            parts[:, X.shape[1] :].T, attributions.values(), strict=False
        ):
            contributions = contributions + divide(amount, attribution.by_feature)
        base = model.platt.margin(base + model.anomaly_weight * usual)
        contributions = contributions + model.anomaly_weight * by_feature
        return base, model.platt.slope * contributions, margin


def mean_logit(logits: Floats, weights: Floats) -> Floats:
    """Return the detectors' weighted mean log-odds, added in their order."""
    total = np.zeros(len(logits))
    for column, weight in zip(logits.T, weights, strict=True):
        total = total + weight * column
    return total


def _anomaly_parts(
    unusual: Unusual, attributions: Mapping[str, Attribution], weights: Floats
) -> tuple[float, Floats]:
    """Return the detectors' mean log-odds at their bases, and what each feature adds to it."""
    parts, usual = np.zeros(next(iter(attributions.values())).by_feature.shape), 0.0
    for d, (a, weight) in enumerate(zip(attributions.values(), weights, strict=True)):
        before, after = unusual.raw[:, d] - a.base, unusual.logit[:, d] - a.base_logit
        parts = parts + weight * rescale(a.by_feature, before, after)
        usual += float(weight) * a.base_logit
    return usual, parts


def _joined(parts: list[Floats], none: tuple[int, ...]) -> Floats:
    return np.concatenate([np.empty(none), *parts])
