"""From a raw score to log-odds: strictly increasing, smooth, one finite margin a score."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from engine.arrays import Arrays, Floats
from engine.grid import Knots
from features.kernels.compile import kernel

_SLOPES = (1e-3, 1e3)


@kernel
def curve_values(x: Floats, knots: Floats, logits: Floats, slopes: Floats) -> Floats:
    """Return a monotone cubic at ``x``; beyond its ends it goes on like a logarithm.

    There, odds grow in proportion to the distance from the last knot, so that a score beyond
    everything in the reference still ranks above a lesser one and its percentile stays below 1.
    """
    values = np.empty(len(x))
    last = len(knots) - 1
    for i in range(len(x)):
        if x[i] <= knots[0]:
            values[i] = logits[0] - math.log1p(slopes[0] * (knots[0] - x[i]))
            continue
        if x[i] >= knots[last]:
            values[i] = logits[last] + math.log1p(slopes[last] * (x[i] - knots[last]))
            continue
        k = np.searchsorted(knots, x[i], side="right") - 1
        width = knots[k + 1] - knots[k]
        rise = logits[k + 1] - logits[k]
        t = (x[i] - knots[k]) / width
        ease = t * t * (3.0 - 2.0 * t)
        bend = slopes[k] * (1.0 - t) * (1.0 - t) * t - slopes[k + 1] * t * t * (1.0 - t)
        values[i] = logits[k] + rise * ease + width * bend
    return values


@kernel
def logistic(margins: Floats) -> Floats:
    """Return ``1 / (1 + exp(-margin))``, one row at a time."""
    chances = np.empty(len(margins))
    for i in range(len(margins)):
        chances[i] = 1.0 / (1.0 + math.exp(-margins[i]))
    return chances


@dataclass(frozen=True)
class PercentileCurve:
    """The share of reference values that a value exceeds, as log-odds.

    A monotone cubic (Fritsch and Carlson 1980) through the mid-ranks of the reference's values.
    """

    knots: Floats
    logits: Floats
    slopes: Floats

    @classmethod
    def fit(cls, reference: Floats, points: int = 1001) -> Self:
        """Draw the curve through the values' mid-ranks, at about ``points`` of them."""
        column = Knots.of(reference, points)
        apart = _apart(column.values)
        knots = column.values[apart]
        ranks = 0.5 * (column.below[apart] + column.upto[apart])
        logits = np.log(ranks) - np.log1p(-ranks)
        return cls(knots, logits, _monotone_slopes(knots, logits))

    def logit(self, values: Floats) -> Floats:
        """Return the log-odds of each value's percentile."""
        return curve_values(values, self.knots, self.logits, self.slopes)

    def arrays(self) -> Arrays:
        """Return the frozen state."""
        return {"knots": self.knots, "logits": self.logits, "slopes": self.slopes}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> Self:
        """Take the frozen state back."""
        names = ("knots", "logits", "slopes")
        return cls(*(arrays[name].astype(np.float64) for name in names))


def _apart(values: Floats) -> NDArray[np.bool_]:
    """Choose values that are not within rounding of the one before.

    Scores that differ in their last bits only would make the curve as steep as a wall.
    """
    least = 1e-9 * max(float(values[-1] - values[0]), 1e-300)
    apart = np.ones(len(values), np.bool_)
    held = values[0]
    for k in range(1, len(values)):
        apart[k] = values[k] - held > least
        held = values[k] if apart[k] else held
    return apart


def _monotone_slopes(knots: Floats, logits: Floats) -> Floats:
    """Return slopes that keep the cubic rising: weighted harmonic means of the secants."""
    if len(knots) == 1:
        return np.ones(1)
    widths = np.diff(knots)
    secants = np.diff(logits) / widths
    left = 2.0 * widths[1:] + widths[:-1]
    right = widths[1:] + 2.0 * widths[:-1]
    inside = (left + right) / (left / secants[:-1] + right / secants[1:])
    return np.concatenate([secants[:1], inside, secants[-1:]])


@dataclass(frozen=True)
class Platt:
    """Log-odds as a rising straight line of the margin (Platt 1999)."""

    slope: float = 1.0
    intercept: float = 0.0

    @classmethod
    def fit(cls, margins: Floats, labels: NDArray[np.generic]) -> Self:
        """Fit slope and intercept by maximum likelihood.

        Targets are Platt's, (positives + 1) / (positives + 2) and 1 / (negatives + 2), so that
        few positives make no certainty; the slope is kept positive.
        """
        positive = labels == 1
        targets = np.where(
            positive,
            (positive.sum() + 1.0) / (positive.sum() + 2.0),
            1.0 / ((~positive).sum() + 2.0),
        )

        def loss(line: Floats) -> tuple[float, Floats]:
            z = line[0] * margins + line[1]
            error = logistic(z) - targets
            gradient = np.array([(error * margins).mean(), error.mean()])
            return float((np.logaddexp(0.0, z) - targets * z).mean()), gradient

        start = np.array([1.0, 0.0])
        options = {"ftol": 1e-14, "gtol": 1e-9, "maxiter": 500}
        found = minimize(
            loss,
            start,
            jac=True,
            method="L-BFGS-B",
            bounds=[_SLOPES, (None, None)],
            options=options,
        )
        return cls(float(found.x[0]), float(found.x[1]))

    def margin(self, margins: Floats) -> Floats:
        """Return the calibrated log-odds."""
        return self.slope * margins + self.intercept

    @property
    def at_bound(self) -> bool:
        """Say whether the slope was held back: the margins do not rank the positives higher."""
        return self.slope <= _SLOPES[0] * 1.001
