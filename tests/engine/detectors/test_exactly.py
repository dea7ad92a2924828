"""The detectors' kernels, which serve many rows at a time, against one value after another."""

import numpy as np
import pytest

from engine.detectors.bank import DETECTORS
from engine.detectors.fitting import fit_bank
from engine.detectors.input import DetectorInput
from tests.oracles import scoring as slow

ROWS = 333


@pytest.fixture(scope="module")
def bank(train, config):
    return fit_bank(train.X, train.names, config(detectors=tuple(DETECTORS)), 3)


@pytest.fixture(scope="module")
def features(train, unseen):
    """Rows with unknown and giant values, and values of the training rows, which are the knots."""
    draw = np.random.default_rng(4)
    X = unseen.X[:ROWS].copy()
    known = draw.random(X.shape) < 0.5
    X[known] = train.X[:ROWS][known]
    X[draw.random(X.shape) < 0.1] = np.nan
    X[0], X[1], X[2] = 1e300, -1e300, np.nan
    return X


@pytest.fixture(scope="module")
def way(bank):
    return DetectorInput.of(bank.reference)


@pytest.fixture(scope="module")
def columns(way, features):
    return way.transform(features)


def test_columns_are_straightened_as_one_value_alone(way, features, columns):
    rate = np.where(way.ever_known, 0.1 / way.spread, 0.0)
    assert np.isnan(features).any()
    wanted = slow.detector_columns(features, way.median, rate, way.gaps, way.sizes)
    assert np.array_equal(columns, wanted)


def test_histograms_add_the_scores_of_the_bins(bank, columns):
    hbos = bank.detectors["hbos"]
    rows = columns.copy()
    edges = hbos.edges.shape[1]
    for i in range(hbos.edges.size):
        rows[i, i // edges] = hbos.edges[i // edges, i % edges]
    rows[:, 0] += np.where(np.arange(len(rows)) % 5 == 0, 0.01, 0.0)
    tolerance = float(hbos.tolerance[0])
    wanted = [slow.histogram_sum(row, hbos.edges, hbos.surprise, tolerance) for row in rows]
    assert np.array_equal(hbos.score(rows), wanted)


def test_distances_are_those_of_one_row_to_one_point(bank, columns):
    pca = bank.detectors["pca"]
    wanted = []
    for row in columns:
        apart = [slow.distance(row, centre, pca.root) for centre in pca.centres.T]
        wanted.append(slow.in_order(np.array(apart) * pca.counts))
    assert np.array_equal(pca.score(columns), wanted)


def test_the_nearest_cluster_is_that_of_one_row_alone(bank, columns):
    cblof = bank.detectors["cblof"]
    root = np.ones(len(cblof.centres))
    wanted = [min(slow.distance(row, c, root) for c in cblof.centres.T) for row in columns]
    assert np.array_equal(cblof.score(columns), wanted)


def test_rows_may_lie_in_memory_either_way(bank, features, columns):
    for detector in bank.detectors.values():
        seen = features if detector.reads_features else columns
        assert np.array_equal(detector.score(np.asfortranarray(seen)), detector.score(seen))
    assert np.array_equal(bank.judge(np.asfortranarray(features)).logit, bank.judge(features).logit)
