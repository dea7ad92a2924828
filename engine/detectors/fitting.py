"""Fitting detectors with PyOD, and freezing what was fitted.

Only training imports this module: PyOD takes seconds to import and nothing that scores needs it.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from pyod.models.hbos import HBOS
from pyod.models.iforest import IForest

from engine.arrays import Floats, Integers
from engine.calibration import PercentileCurve
from engine.detectors.bank import Detector, DetectorBank
from engine.detectors.hbos import Histograms
from engine.detectors.iforest import IsolationForest
from engine.detectors.input import DetectorInput
from engine.detectors.tail import TailProbabilities
from engine.order import evenly_spaced
from engine.reference import Reference
from engine.settings import EnsembleConfig


def fit_hbos(Z: Floats, features: int, config: EnsembleConfig, _seed: int) -> Histograms:
    """Let PyOD count the histograms of the first ``features`` columns.

    Not of the gaps: the bins of a column of zeros and ones are so narrow, and its densities so
    high, that an unknown value would outweigh any known one.
    """
    fitted = HBOS(n_bins=config.histogram_bins).fit(Z[:, :features])
    surprise = -np.log2(fitted.hist_ + fitted.alpha)
    edges, surprise = (np.ascontiguousarray(a.T) for a in (fitted.bin_edges_, surprise))
    return Histograms.of(edges, surprise, fitted.tol, Z)


def fit_iforest(Z: Floats, features: int, config: EnsembleConfig, seed: int) -> IsolationForest:
    """Let PyOD grow the forest and lay its trees out as complete ones.

    The forest sees the first ``features`` columns, not the gaps: a cut through a column of
    zeros and ones sets many rows apart that have nothing else unusual (on AMLGentex's
    validation rows average precision fell from 0.150 to 0.128).
    """
    sample = min(config.forest_sample, len(Z))
    forest = IForest(n_estimators=config.forest_trees, max_samples=sample, random_state=seed)
    trees = [grown.tree_ for grown in forest.fit(Z[:, :features]).estimators_]
    depth = max(tree.max_depth for tree in trees)
    complete = [_complete(tree, depth) for tree in trees]
    feature, threshold, cover, value = (np.stack(part) for part in zip(*complete, strict=True))
    expected = np.array([float(len(trees) * usual_path(np.array([sample]))[0])])
    return IsolationForest(feature, threshold, cover, value, np.maximum(expected, 1e-9))


def fit_tail(Z: Floats, _features: int, config: EnsembleConfig, _seed: int) -> TailProbabilities:
    """Freeze the tails of the detectors' columns."""
    return TailProbabilities.of(Z, config.reference_points)


FITS: Mapping[str, Callable[[Floats, int, EnsembleConfig, int], Detector]] = {
    Histograms.name: fit_hbos,
    IsolationForest.name: fit_iforest,
    TailProbabilities.name: fit_tail,
}


def fit_bank(X: Floats, config: EnsembleConfig, seed: int) -> DetectorBank:
    """Fit all detectors that the settings name to the rows of ``X``, in canonical order."""
    reference = Reference.fit(
        X[evenly_spaced(len(X), config.reference_rows)], config.reference_points
    )
    Z = DetectorInput.of(reference).transform(X[evenly_spaced(len(X), config.detector_rows)])
    detectors = {name: FITS[name](Z, X.shape[1], config, seed) for name in config.detectors}
    curves = {
        name: PercentileCurve.fit(detector.score(Z), config.reference_points)
        for name, detector in detectors.items()
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
