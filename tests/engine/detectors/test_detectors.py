import subprocess
import sys

import numpy as np
import pytest
from pyod.models.cblof import CBLOF
from pyod.models.hbos import HBOS
from pyod.models.iforest import IForest
from pyod.models.pca import PCA

from engine.detectors.bank import DETECTORS, DetectorBank
from engine.detectors.fitting import FITS, fit_bank
from engine.detectors.input import DetectorInput


@pytest.fixture(scope="module")
def settings(config):
    return config(detectors=tuple(DETECTORS))


@pytest.fixture(scope="module")
def bank(train, settings):
    return fit_bank(train.X, train.names, settings, 3)


@pytest.fixture(scope="module")
def columns(bank, unseen):
    return DetectorInput.of(bank.reference).transform(unseen.X)


@pytest.fixture(params=sorted(DETECTORS))
def detector(request, bank):
    return bank.detectors[request.param]


@pytest.fixture
def seen(detector, columns, unseen):
    """What the detector reads."""
    return unseen.X if detector.reads_features else columns


def test_every_detector_can_be_fitted_and_served():
    assert set(FITS) == set(DETECTORS)
    assert all(cls.name == name for name, cls in DETECTORS.items())


def test_a_row_scores_the_same_alone_in_any_batch_and_in_any_order(detector, seen):
    together = detector.score(seen)
    alone = np.concatenate([detector.score(seen[k : k + 1]) for k in range(200)])
    assert np.array_equal(alone, together[:200])
    order = np.random.default_rng(0).permutation(len(seen))
    assert np.array_equal(detector.score(seen[order]), together[order])


def test_attributions_add_up_to_the_raw_score(detector, seen):
    base, parts = detector.attribute(seen[:100])
    assert parts.shape == seen[:100].shape
    scores = detector.score(seen[:100])
    assert np.allclose(base + parts.sum(axis=1), scores, rtol=1e-12, atol=1e-9)


def test_frozen_arrays_give_the_same_detector_back(detector, seen):
    again = type(detector).from_arrays(detector.arrays())
    assert np.array_equal(again.score(seen), detector.score(seen))
    assert np.array_equal(again.attribute(seen[:9])[1], detector.attribute(seen[:9])[1])


def test_a_giant_is_more_unusual_than_the_median_row(detector, seen):
    usual = np.median(np.nan_to_num(seen), axis=0, keepdims=True)
    giant = usual.copy()
    giant[0, :3] = seen[:, :3].max(axis=0) * 1.5
    assert detector.score(giant)[0] > detector.score(usual)[0]


def test_inputs_are_left_as_they_were(detector, seen):
    before = seen.copy()
    detector.score(seen)
    detector.attribute(seen[:5])
    assert np.array_equal(before, seen, equal_nan=True)


def test_the_forest_is_the_librarys(bank, train, columns, settings):
    way = DetectorInput.of(bank.reference)
    Z = way.transform(train.X)[:, :12]
    fitted = IForest(
        n_estimators=settings.forest_trees, max_samples=settings.forest_sample, random_state=3
    ).fit(Z)
    theirs = fitted.decision_function(columns[:, :12])
    ours = np.exp2(bank.detectors["iforest"].score(columns)) + fitted.offset_
    assert np.abs(ours - theirs).max() <= 1e-12


def test_the_histograms_are_the_librarys(bank, train, columns, settings):
    Z = DetectorInput.of(bank.reference).transform(train.X)[:, :12]
    fitted = HBOS(n_bins=settings.histogram_bins).fit(Z)
    far = columns.copy()
    far[::3, 0] += 50.0
    far[1::3, 1] -= 0.01
    far[2::3, :12] = fitted.bin_edges_[np.arange(len(far[2::3])) % 11]
    theirs = fitted.decision_function(far[:, :12])
    difference = bank.detectors["hbos"].score(far) - theirs
    assert np.abs(difference).max() <= 1e-12


def test_the_components_are_the_librarys(bank, train, columns, settings):
    Z = DetectorInput.of(bank.reference).transform(train.X)[:, :12]
    fitted = PCA(n_components=settings.components, svd_solver="full").fit(Z)
    theirs = fitted.decision_function(columns[:, :12])
    assert np.allclose(bank.detectors["pca"].score(columns), theirs, rtol=1e-10, atol=0)


def test_the_clusters_are_the_librarys(bank, train, columns, settings):
    Z = DetectorInput.of(bank.reference).transform(train.X)[:, :12]
    fitted = CBLOF(n_clusters=settings.clusters, random_state=3).fit(Z)
    assert len(fitted.small_cluster_labels_)
    theirs = fitted.decision_function(columns[:, :12])
    assert np.allclose(bank.detectors["cblof"].score(columns), theirs, rtol=1e-10, atol=1e-9)


def test_a_row_at_a_centre_is_nothing_unusual_to_the_clusters(bank, columns):
    clusters = bank.detectors["cblof"]
    row = np.zeros((1, columns.shape[1]))
    row[0, :12] = clusters.centres[:, 0]
    base, parts = clusters.attribute(row)
    assert clusters.score(row)[0] == 0.0
    assert base + parts.sum() == pytest.approx(0.0, abs=1e-12)


def test_tail_probabilities_are_counted_in_the_reference(bank, train):
    detector = bank.detectors["tail"]
    Z = DetectorInput.of(bank.reference).transform(train.X)
    column = Z[:, 0]
    value = np.quantile(column, 0.995, method="inverted_cdf")
    beyond = (column > value).mean() + 0.5 * (column == value).mean()
    row = np.zeros((1, Z.shape[1]))
    row[0, 0] = value
    surprise = detector.attribute(row)[1][0, 0] + detector.usual[0]
    assert surprise == pytest.approx(-np.log(2 * beyond), rel=1e-9)
    farther = row.copy()
    farther[0, 0] = column.max() + 3.0
    expected = -np.log(2 * detector.floor[0]) + 3.0
    assert detector.attribute(farther)[1][0, 0] + detector.usual[0] == pytest.approx(expected)


def test_fitting_again_gives_the_same_bytes(bank, train, settings):
    again = fit_bank(train.X, train.names, settings, 3).arrays()
    for name, array in bank.arrays().items():
        assert array.tobytes() == again[name].tobytes(), name


def test_percentiles_lie_strictly_between_0_and_1_and_rise_with_the_raw_score(bank, unseen):
    X = unseen.X.copy()
    X[0] = 1e30
    said = bank.judge(X)
    for d in range(len(bank.names)):
        order = np.argsort(said.raw[:, d], kind="stable")
        raw, logit = said.raw[order, d], said.logit[order, d]
        assert np.isfinite(logit).all()
        # Sums of the same parts may differ by rounding, which the curve does not follow.
        assert (np.diff(logit)[np.diff(raw) > 1e-12] > 0).mean() > 0.999
        assert (np.diff(logit) >= 0).all()


def test_what_a_gap_did_goes_to_the_features_that_share_it(bank, unseen):
    way = DetectorInput.of(bank.reference)
    gaps = way.gaps
    assert gaps[9] == gaps[10] != gaps[6]
    assert gaps[8] == -1
    parts = np.zeros((1, 12 + len(way.sizes)))
    parts[0, 12 + gaps[9]] = 4.0
    folded = way.fold(parts)
    assert folded[0, 9] == folded[0, 10] == 2.0
    assert folded.sum() == 4.0


def test_a_feature_never_known_in_training_says_nothing(bank, unseen):
    known = unseen.X[:20].copy()
    known[:, 8] = 123.0
    assert np.array_equal(bank.judge(known).raw, bank.judge(unseen.X[:20]).raw)


def test_all_detectors_come_back_from_one_set_of_arrays(bank, unseen):
    again = DetectorBank.from_arrays(bank.names, bank.arrays())
    assert np.array_equal(again.judge(unseen.X).logit, bank.judge(unseen.X).logit)


def test_scoring_does_not_import_the_fitting_library():
    code = "import sys, engine.bundle; assert 'pyod' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603
