import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from engine import cores
from engine.fitting import cross_fitted, fit_supervised, fit_unsupervised
from engine.growth import booster_rows
from engine.settings import EnsembleConfig
from features.errors import ConfigError, InputError


def flat(scores):
    columns = [scores.score, scores.percentile, scores.margin]
    return np.column_stack(columns + [v for c in scores.components.values() for v in c])


def test_a_row_scores_the_same_in_any_batch_and_any_order(ensemble, unseen, monkeypatch):
    together = flat(ensemble.score(unseen.X))
    alone = np.concatenate([flat(ensemble.score(unseen.X[k : k + 1])) for k in range(60)])
    assert np.array_equal(alone, together[:60])
    order = np.random.default_rng(0).permutation(len(unseen.X))
    assert np.array_equal(flat(ensemble.score(unseen.X[order])), together[order])
    monkeypatch.setattr(cores, "TOGETHER", 97)
    assert np.array_equal(flat(ensemble.score(unseen.X)), together)
    strided = np.asfortranarray(unseen.X)
    assert np.array_equal(flat(ensemble.score(strided)), together)


def test_contributions_add_up_to_the_margin_that_is_served(ensemble, unseen):
    told = ensemble.explain(unseen.X[:300])
    scores = ensemble.score(unseen.X[:300])
    assert np.array_equal(told.margin, scores.margin)
    assert np.array_equal(told.score, scores.score)
    assert told.contributions.shape == (300, len(ensemble.names))
    assert np.abs(told.difference).max() <= 1e-4
    sums = told.base + told.contributions.sum(axis=1) + told.difference
    assert np.allclose(sums, told.margin, rtol=0, atol=1e-12)


def test_an_explanation_is_the_same_alone_and_in_a_batch(ensemble, unseen):
    together = ensemble.explain(unseen.X[:40])
    alone = [ensemble.explain(unseen.X[k : k + 1]) for k in range(40)]
    parts = np.concatenate([one.contributions for one in alone])
    assert np.array_equal(parts, together.contributions)
    assert np.array_equal(np.concatenate([one.base for one in alone]), together.base)


def test_no_rows_give_no_scores(ensemble):
    nothing = np.empty((0, len(ensemble.names)))
    assert len(ensemble.score(nothing).score) == 0
    assert ensemble.explain(nothing).contributions.shape == nothing.shape


def test_scores_and_percentiles_rise_together_between_0_and_1(ensemble, unseen):
    scores = ensemble.score(unseen.X)
    order = np.argsort(scores.margin)
    for values in (scores.score, scores.percentile):
        assert values.min() > 0
        assert values.max() < 1
        assert (np.diff(values[order]) >= 0).all()


def test_percentiles_are_those_of_the_training_rows(ensemble, train):
    percentile = ensemble.score(train.X).percentile
    counted = (np.argsort(np.argsort(percentile)) + 0.5) / len(percentile)
    assert np.abs(percentile - counted).max() < 0.01


def test_inputs_are_left_as_they_were(ensemble, unseen):
    before = unseen.X.copy()
    ensemble.score(unseen.X)
    ensemble.explain(unseen.X[:5])
    assert np.array_equal(before, unseen.X, equal_nan=True)


def test_planted_rows_are_found_without_and_better_with_labels(unsupervised, supervised, unseen):
    without = average_precision_score(unseen.y, unsupervised.score(unseen.X).score)
    with_labels = average_precision_score(unseen.y, supervised.score(unseen.X).score)
    assert unsupervised.score_kind == "anomaly"
    assert supervised.score_kind == "probability"
    assert without > 3 * unseen.y.mean()
    assert with_labels > without + 0.3


def test_what_was_planted_is_what_is_named(unsupervised, supervised, unseen):
    planted = np.flatnonzero(unseen.y == 1)
    for fitted in (unsupervised, supervised):
        parts = fitted.explain(unseen.X[planted]).contributions.mean(axis=0)
        assert set(np.argsort(-parts)[:2]) <= {0, 1, 2}


def test_probabilities_are_about_as_frequent_as_the_truth(supervised, unseen):
    mean = supervised.score(unseen.X).score.mean()
    assert mean == pytest.approx(unseen.y.mean(), rel=0.35)


def test_trees_that_see_detectors_are_explained_through_them(seeing, unseen):
    assert seeing.supervised.sees_detectors
    assert seeing.facts["notes"] == ["tuning rows lack positives or negatives: trees not tuned"]
    told = seeing.explain(unseen.X[:50])
    assert not told.contributions[:, 8].any()


def test_two_fits_are_the_same_model_on_any_number_of_threads(train, unseen, config):
    def fit(threads):
        fitted = fit_supervised(
            train.X,
            train.y,
            None,
            unseen.X,
            unseen.y,
            unseen.X,
            unseen.y,
            train.names,
            config(threads=threads),
            7,
        ).ensemble
        return fitted.supervised.trees.to_bytes(), fitted.bank.arrays(), fitted.supervised.platt

    trees, arrays, platt = fit(1)
    trees_again, arrays_again, platt_again = fit(2)
    assert trees == trees_again
    assert platt == platt_again
    assert all(arrays[name].tobytes() == arrays_again[name].tobytes() for name in arrays)


def test_with_few_labels_trees_and_detectors_find_more_together_than_apart(worlds, config):
    train, later = worlds(6000, 11), worlds(6000, 12)
    draw = np.random.default_rng(3)
    y = np.full(len(train.X), -1.0)
    y[draw.choice(np.flatnonzero(train.y == 1), 10, replace=False)] = 1.0
    y[draw.choice(np.flatnonzero(train.y == 0), 2000, replace=False)] = 0.0
    none = (later.X[:0], later.y[:0])
    fitted = fit_supervised(train.X, y, None, *none, *none, train.names, config(), 7).ensemble
    assert fitted.facts["notes"][0] == "10 positives in training: too few to choose trees by"
    assert fitted.supervised.anomaly_weight == 0.4
    unusual = fitted.bank.judge(later.X)
    trees = fitted.supervised.trees.margins(fitted.supervised.columns(later.X, unusual))
    alone = average_precision_score(later.y, trees)
    unsupervised = average_precision_score(later.y, unusual.logit @ fitted.bank.weights)
    together = average_precision_score(later.y, fitted.score(later.X).score)
    assert together > max(alone, unsupervised)


def test_detectors_never_saw_the_rows_they_teach_the_trees(train, config):
    folds = np.arange(len(train.X)) % 2
    rows = np.arange(len(train.X))
    logits = cross_fitted(train.X, train.names, folds, rows, config(), 7)
    changed = train.X.copy()
    changed[folds == 1] *= 50.0
    again = cross_fitted(changed, train.names, folds, rows, config(), 7)
    unchanged_judges = cross_fitted(
        np.where((folds == 1)[:, None], train.X, changed), train.names, folds, rows, config(), 7
    )
    assert np.array_equal(unchanged_judges, logits)
    assert not np.array_equal(again[folds == 0], logits[folds == 0])


def test_unknown_labels_serve_the_detectors_and_not_the_trees(train, unseen, config):
    y = train.y.copy()
    y[::2] = np.nan
    y[1::6] = -1
    parts = (unseen.X, unseen.y, unseen.X, unseen.y)
    fitted = fit_supervised(train.X, y, None, *parts, train.names, config(), 7).ensemble
    assert fitted.facts["rows"]["train"]["unknown"] == 2000
    assert fitted.facts["trees_rows"] == 1000
    known = (y == 0) | (y == 1)
    assert np.array_equal(
        fitted.reference.median,
        fit_unsupervised(train.X, train.names, config(), 7).reference.median,
        equal_nan=True,
    )
    assert np.array_equal(booster_rows(y, 10**6), np.flatnonzero(known))


def test_without_positives_in_training_the_detectors_are_all_there_is(train, unseen, config):
    nothing = np.zeros(len(train.X))
    parts = (unseen.X, unseen.y, unseen.X, unseen.y)
    fitted = fit_supervised(train.X, nothing, None, *parts, train.names, config(), 7).ensemble
    assert fitted.score_kind == "anomaly"
    assert "without labels" in fitted.facts["notes"][0]


def test_without_positives_to_calibrate_on_tuning_rows_serve(train, unseen, config):
    none = np.zeros(len(unseen.X))
    tuned = (unseen.X, unseen.y, unseen.X, none)
    fitted = fit_supervised(train.X, train.y, None, *tuned, train.names, config(), 7).ensemble
    assert "calibrated on tuning rows" in fitted.facts["notes"][0]
    assert fitted.score_kind == "probability"
    empty = (unseen.X[:0], none[:0], unseen.X[:0], none[:0])
    bare = fit_supervised(train.X, train.y, None, *empty, train.names, config(), 7).ensemble
    assert len(bare.facts["notes"]) == 2
    assert bare.score_kind == "uncalibrated"
    score = bare.score(unseen.X).score
    assert score.mean() == pytest.approx(unseen.y.mean(), rel=0.5)


def test_fewer_rows_for_the_trees_keep_all_positives_and_the_calibration(train, unseen, config):
    parts = (unseen.X, unseen.y, unseen.X, unseen.y)
    settings = config(booster_rows=600)
    fitted = fit_supervised(train.X, train.y, None, *parts, train.names, settings, 7).ensemble
    assert fitted.facts["trees_rows"] == 600
    assert fitted.score(unseen.X).score.mean() == pytest.approx(unseen.y.mean(), rel=0.35)


def test_infinite_values_are_refused_by_name(ensemble, unseen):
    broken = unseen.X.copy()
    broken[3, 1] = np.inf
    with pytest.raises(InputError, match="feature_1: 1 rows infinite"):
        ensemble.score(broken)
    with pytest.raises(InputError, match="rows of 12 features"):
        ensemble.score(broken[:, :5])


def test_giants_beyond_single_precision_are_scored(ensemble, unseen):
    giant = unseen.X[:3].copy()
    giant[:, 0] = 1e300
    assert np.isfinite(ensemble.score(giant).margin).all()
    assert np.isfinite(ensemble.explain(giant).contributions).all()


def test_too_few_rows_are_refused(train, config):
    with pytest.raises(InputError, match="5 rows"):
        fit_unsupervised(train.X[:5], train.names, config(), 1)


def test_features_that_never_vary_make_a_model_that_says_so_little(config):
    X = np.column_stack([np.full(60, 2.0), np.full(60, np.nan)])
    fitted = fit_unsupervised(X, ("constant", "unknown"), config(), 1)
    assert np.allclose(fitted.score(X).score, 0.5)
    assert not fitted.explain(X).contributions.any()


def test_a_detector_alone_is_an_ensemble_too(train, unseen, config):
    fitted = fit_unsupervised(train.X, train.names, config(detectors=("tail",)), 1)
    assert list(fitted.score(unseen.X).components) == ["tail"]


def test_settings_say_what_is_wrong_all_at_once():
    with pytest.raises(ConfigError, match=r"(?s)rounds.*something like 600.*speed.*one of"):
        EnsembleConfig.from_mapping({"rounds": "many", "speed": 3})
    plain = EnsembleConfig(tree_depths=(2, 3)).to_mapping()
    assert EnsembleConfig.from_mapping(plain) == EnsembleConfig(tree_depths=(2, 3))
