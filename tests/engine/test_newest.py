"""The trees in use have learned from the rows that calibrated them; those before have not."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from engine import trials
from engine.fitting import fit_supervised


@pytest.fixture(scope="module")
def parts(worlds):
    return worlds(1500, 2), worlds(1500, 3)


@pytest.fixture(scope="module")
def fit(train, parts, config):
    def fitted(y=None, y_cal=None, **settings):
        tune, calibrate = parts
        return fit_supervised(
            train.X,
            train.y if y is None else y,
            None,
            tune.X,
            tune.y,
            calibrate.X,
            calibrate.y if y_cal is None else y_cal,
            train.names,
            config(**settings),
            7,
        )

    return fitted


def bytes_of(ensemble):
    return ensemble.supervised.trees.to_bytes()


def test_what_calibrates_teaches_the_trees_that_are_used_and_no_others(fit, parts):
    fitted, y = fit(), parts[1].y.copy()
    y[np.flatnonzero(y == 1)[::2]] = 0
    other = fit(y_cal=y)
    assert bytes_of(fitted.earlier) == bytes_of(other.earlier)
    assert bytes_of(fitted.ensemble) != bytes_of(other.ensemble)
    assert bytes_of(fitted.ensemble) != bytes_of(fitted.earlier)


def test_the_line_that_calibrates_is_that_of_rows_unseen(fit, parts):
    fitted, calibrate = fit(), parts[1]
    assert fitted.ensemble.supervised.platt == fitted.earlier.supervised.platt
    before, since = (
        average_precision_score(calibrate.y, each.score(calibrate.X).score)
        for each in (fitted.earlier, fitted.ensemble)
    )
    assert before < since


def test_more_positive_rows_have_more_rounds(fit, train, parts):
    fitted = fit()
    before = int(train.y.sum() + parts[0].y.sum())
    first, last = (
        each.supervised.trees.booster.num_boosted_rounds()
        for each in (fitted.earlier, fitted.ensemble)
    )
    assert last == round(first * (before + int(parts[1].y.sum())) / before)


@pytest.mark.parametrize(("limit", "cut"), [(600, True), (10_000, False)])
def test_where_rows_are_left_out_the_odds_stay_what_they_were(fit, monkeypatch, limit, cut):
    grown, seen = trials._grown_anew, []
    monkeypatch.setattr(
        trials,
        "_grown_anew",
        lambda trial, rows, *how: seen.append(rows) or grown(trial, rows, *how),
    )
    fit(booster_rows=limit)
    before, since = seen
    odds = [rows.positives / (len(rows.y) - rows.positives) for rows in seen]
    assert len(before.y) == (limit if cut else 4500)
    assert len(since.y) == (
        pytest.approx(limit * since.positives / before.positives, abs=1) if cut else 6000
    )
    if cut:
        assert odds[1] == pytest.approx(odds[0], rel=0.01)


@pytest.mark.parametrize("why", ["not refitted", "nothing illicit", "nothing known"])
def test_where_they_must_not_or_cannot_they_stay(fit, parts, why):
    if why == "not refitted":
        fitted = fit(refit=False)
    else:
        fitted = fit(y_cal=np.full(len(parts[1].y), 0.0 if why == "nothing illicit" else -1.0))
    assert fitted.ensemble is fitted.earlier


def test_few_labels_are_joined_by_those_that_calibrate(fit, train):
    y = train.y.copy()
    y[np.flatnonzero(y == 1)[10:]] = -1
    fitted = fit(y=y)
    assert "too few to choose trees by" in fitted.ensemble.facts["notes"][0]
    assert bytes_of(fitted.ensemble) != bytes_of(fitted.earlier)
