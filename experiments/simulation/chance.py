"""Draws that several behaviours share."""

import numpy as np

from experiments.simulation.rows import Floats, Mask


def chance(rng: np.random.Generator, share: float, count: int) -> Mask:
    """Draw who it happens to: each of ``count`` with this probability."""
    return rng.random(count) < share


def lognormal(rng: np.random.Generator, median: float, spread: float, count: int) -> Floats:
    """Draw amounts around a median; ``spread`` is the standard deviation of the logarithm."""
    return np.asarray(median * np.exp(spread * rng.standard_normal(count)))


def private_amounts(rng: np.random.Generator, count: int) -> Floats:
    """Draw what people pay each other: mostly small change, now and then a car."""
    medians, spreads = np.array([24.0, 90.0, 600.0, 3_500.0]), np.array([0.7, 0.9, 0.8, 0.9])
    which = rng.choice(4, count, p=[0.46, 0.34, 0.16, 0.04])
    return np.asarray(medians[which] * np.exp(spreads[which] * rng.standard_normal(count)))
