"""Fitting detectors with PyOD, and freezing what was fitted.

Only training imports this module: PyOD takes seconds to import and nothing that scores needs it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from pyod.models.cblof import CBLOF
from pyod.models.hbos import HBOS
from pyod.models.iforest import IForest
from pyod.models.pca import PCA
from threadpoolctl import threadpool_limits

from engine.arrays import Floats, Integers
from engine.calibration import PercentileCurve
from engine.detectors.bank import Detector, DetectorBank
from engine.detectors.distances import Clusters, Components
from engine.detectors.hbos import Histograms
from engine.detectors.iforest import IsolationForest
from engine.detectors.input import DetectorInput
from engine.detectors.knowledge import knowledge_of
from engine.detectors.redflags import RedFlags
from engine.detectors.tail import TailProbabilities
from engine.order import evenly_spaced
from engine.reference import Reference
from engine.settings import EnsembleConfig

_DISTANCE_ROWS = 20_000


@dataclass(frozen=True)
class Sample:
    """Training rows: features by name, the detectors' columns of some of them, how to fit."""

    X: Floats
    Z: Floats
    names: Sequence[str]
    config: EnsembleConfig
    seed: int

    @property
    def columns(self) -> Floats:
        """Return the columns that stand for features, without the gaps."""
        return self.Z[:, : self.X.shape[1]]

    @property
    def few(self) -> Floats:
        """Return such columns of few enough rows for what costs more than a pass."""
        return self.columns[evenly_spaced(len(self.Z), _DISTANCE_ROWS)]


def fit_hbos(sample: Sample) -> Histograms:
    """Let PyOD count the histograms of the features' columns.

    Not of the gaps: the bins of a column of zeros and ones are so narrow, and its densities so
    high, that an unknown value would outweigh any known one.
    """
    fitted = HBOS(n_bins=sample.config.histogram_bins).fit(sample.columns)
    surprise = -np.log2(fitted.hist_ + fitted.alpha)
    edges, surprise = (np.ascontiguousarray(a.T) for a in (fitted.bin_edges_, surprise))
    return Histograms.of(edges, surprise, fitted.tol, sample.Z)


def fit_iforest(sample: Sample) -> IsolationForest:
    """Let PyOD grow the forest and lay its trees out as complete ones.

    The forest sees the features' columns, not the gaps: a cut through a column of
    zeros and ones sets many rows apart that have nothing else unusual (on AMLGentex's
    validation rows average precision fell from 0.150 to 0.128).
    """
    config, rows = sample.config, min(sample.config.forest_sample, len(sample.Z))
    forest = IForest(n_estimators=config.forest_trees, max_samples=rows, random_state=sample.seed)
    trees = [grown.tree_ for grown in forest.fit(sample.columns).estimators_]
    depth = max(tree.max_depth for tree in trees)
    complete = [_complete(tree, depth) for tree in trees]
    feature, threshold, cover, value = (np.stack(part) for part in zip(*complete, strict=True))
    expected = np.array([float(len(trees) * usual_path(np.array([rows]))[0])])
    return IsolationForest(feature, threshold, cover, value, np.maximum(expected, 1e-9))


def fit_tail(sample: Sample) -> TailProbabilities:
    """Freeze the tails of the detectors' columns."""
    return TailProbabilities.of(sample.Z, sample.config.reference_points)


def fit_pca(sample: Sample) -> Components:
    """Let PyOD find the strongest components of the standardised columns.

    On one thread: sums in another order would be another model.
    """
    few = sample.few
    constant = (few == few[0]).all(axis=0)
    if constant.all():
        ones = np.ones(few.shape[1])
        return Components.of(few[0], ones, np.zeros((1, len(ones))), ones[:1], sample.Z)
    count = min(sample.config.components, *few.shape)
    with threadpool_limits(1):
        fitted = PCA(n_components=count, svd_solver="full").fit(few)
    # What does not vary at all has no share: it would outweigh everything.
    share = np.where(fitted.w_components_ > 1e-9, fitted.w_components_, 1.0)  # noqa: PLR2004
    # What never varies is no part of any component; rounding says it is, a little.
    vectors = np.where(constant, 0.0, fitted.selected_components_)
    return Components.of(fitted.scaler_.mean_, fitted.scaler_.scale_, vectors, share, sample.Z)


def fit_cblof(sample: Sample) -> Clusters:
    """Let PyOD cluster the columns; only the centres of large clusters matter (one thread)."""
    few = sample.few
    distinct = len(np.unique(few, axis=0))
    count = min(sample.config.clusters, distinct)
    if count < 2:  # noqa: PLR2004
        return Clusters.of(few[:1], sample.Z)
    with threadpool_limits(1):
        fitted = CBLOF(n_clusters=count, random_state=sample.seed).fit(few)
    return Clusters.of(fitted.cluster_centers_[fitted.large_cluster_labels_], sample.Z)


def fit_redflags(sample: Sample) -> RedFlags:
    """Freeze the tails of the features that bear on a red flag."""
    return RedFlags.of(sample.X, knowledge_of(sample.names), sample.config.activity_classes)


FITS: Mapping[str, Callable[[Sample], Detector]] = {
    Histograms.name: fit_hbos,
    IsolationForest.name: fit_iforest,
    TailProbabilities.name: fit_tail,
    Components.name: fit_pca,
    Clusters.name: fit_cblof,
    RedFlags.name: fit_redflags,
}


def fit_bank(X: Floats, names: Sequence[str], config: EnsembleConfig, seed: int) -> DetectorBank:
    """Fit all detectors that the settings name to the rows of ``X``, in canonical order."""
    known = X[evenly_spaced(len(X), config.reference_rows)]
    reference = Reference.fit(known, config.reference_points)
    rows = X[evenly_spaced(len(X), config.detector_rows)]
    sample = Sample(known, DetectorInput.of(reference).transform(rows), names, config, seed)
    detectors = {name: FITS[name](sample) for name in config.detectors}
    curves = {
        name: PercentileCurve.fit(
            each.score(rows if each.reads_features else sample.Z), config.reference_points
        )
        for name, each in detectors.items()
    }
    return DetectorBank(reference, detectors, curves)


def usual_path(rows: Integers) -> Floats:
    """Return the mean path length of an unsuccessful search in a tree of ``rows`` rows.

    Equation 1 of Liu, Ting and Zhou (2008), as scikit-learn computes it.

    >>> usual_path(np.array([1, 2, 256])).round(3)
    array([ 0.   ,  1.   , 10.245])
    """
    more = np.maximum(rows, 3).astype(np.float64)
    usual = 2.0 * (np.log(more - 1.0) + np.euler_gamma) - 2.0 * (more - 1.0) / more
    few = np.array([0.0, 0.0, 1.0])
    return np.where(rows < len(few), few[np.minimum(rows, 2)], usual)


def _complete(tree: Any, depth: int) -> tuple[Any, ...]:
    """Lay scikit-learn's tree out by position: the children of k are 2k + 1 and 2k + 2."""
    inner = 2**depth - 1
    feature = np.zeros(inner, np.uint32)
    threshold = np.full(inner, np.inf)
    cover = np.zeros(2 * inner + 1, np.int64)
    value = np.zeros(2 * inner + 1)
    paths = usual_path(tree.n_node_samples)
    waiting = [(0, 0, 0)]
    while waiting:
        node, place, level = waiting.pop()
        cover[place] = tree.n_node_samples[node]
        left, right = tree.children_left[node], tree.children_right[node]
        if left < 0:
            # The order of additions is scikit-learn's, so that sums are equal bit for bit.
            value[place] = (level + 1.0) + paths[node] - 1.0
            value[(place + 1) * 2 ** (depth - level) - 1] = value[place]
            continue
        feature[place], threshold[place] = tree.feature[node], tree.threshold[node]
        waiting += [(left, 2 * place + 1, level + 1), (right, 2 * place + 2, level + 1)]
    return feature, threshold, cover, value
