import numpy as np
import pytest

from engine.calibration import PercentileCurve, Platt, logistic


def test_the_curve_rises_strictly_everywhere_and_stays_between_0_and_1():
    draw = np.random.default_rng(0)
    curve = PercentileCurve.fit(np.exp(draw.standard_normal(20_000)))
    values = np.concatenate([np.linspace(-50, 80, 40_001), np.geomspace(81, 1e12, 500)])
    logits = curve.logit(values)
    assert (np.diff(logits) > 0).all()
    shares = logistic(logits)
    assert shares.min() > 0
    assert shares.max() < 1


def test_the_curve_is_the_share_of_reference_values_below():
    values = np.random.default_rng(1).gamma(2.0, size=50_000)
    curve = PercentileCurve.fit(values)
    asked = np.quantile(values, [0.001, 0.1, 0.5, 0.9, 0.999, 0.9999])
    counted = [(values < x).mean() + 0.5 * (values == x).mean() for x in asked]
    assert np.allclose(logistic(curve.logit(asked)), counted, atol=6e-4)


def test_the_curve_has_no_corners():
    curve = PercentileCurve.fit(np.random.default_rng(2).standard_normal(5000))
    step = 1e-7
    inside = curve.knots[1:-1]
    left = (curve.logit(inside) - curve.logit(inside - step)) / step
    right = (curve.logit(inside + step) - curve.logit(inside)) / step
    assert np.median(np.abs(left - right) / right) < 1e-3
    ends = curve.knots[[0, -1]]
    left = (curve.logit(ends) - curve.logit(ends - step)) / step
    right = (curve.logit(ends + step) - curve.logit(ends)) / step
    assert np.allclose(left, right, rtol=1e-3)


@pytest.mark.parametrize("values", [np.zeros(30), np.array([1.0, 1.0 + 1e-15, 1.0])])
def test_equal_reference_values_still_make_a_curve(values):
    logits = PercentileCurve.fit(values).logit(np.array([0.0, 1.0, 2.0, 1e9]))
    assert np.isfinite(logits).all()
    assert (np.diff(logits) > 0).all()


def test_calibrated_probabilities_match_what_happens():
    draw = np.random.default_rng(3)
    truth = 2.0 * draw.standard_normal(40_000) - 3.0
    labels = draw.random(40_000) < logistic(truth)
    platt = Platt.fit((truth - 1.0) / 2.0, labels)
    assert platt.slope == pytest.approx(2.0, rel=0.05)
    assert platt.intercept == pytest.approx(1.0, rel=0.1)
    chances = logistic(platt.margin((truth - 1.0) / 2.0))
    assert chances.mean() == pytest.approx(labels.mean(), rel=0.05)


def test_the_slope_stays_positive_against_the_labels():
    margins = np.linspace(-2, 2, 400)
    platt = Platt.fit(margins, margins < 0)
    assert platt.slope > 0
    assert platt.at_bound


def test_separable_labels_give_no_certainty():
    margins = np.concatenate([np.full(100, -1.0), np.full(5, 1.0)])
    platt = Platt.fit(margins, margins > 0)
    assert logistic(platt.margin(np.array([1.0])))[0] == pytest.approx(6 / 7, abs=0.01)
