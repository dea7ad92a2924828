"""Rules that carry a contribution through a chain of models, each keeping the sum.

A chain of models is explained link by link (Chen, Lundberg and Lee 2022, "Explaining a series of
models by propagating Shapley values"). Two kinds of link occur here:

* a rising curve of one score (percentile, calibration): its parts are multiplied by the curve's
  slope between base and score (the Rescale rule of DeepLIFT, Shrikumar et al. 2017). The factor
  is never negative, so what made a row unusual stays what made it unusual;
* a detector's percentile as an input of the booster. Its contribution there can have another
  sign than the score's distance from its base, where a factor would turn every part around or
  grow without bound. So it is divided as layer-wise relevance propagation does with alpha 1 and
  beta 0 (Bach et al. 2015): in proportion among the parts of its own sign.
"""

from dataclasses import dataclass

import numpy as np

from engine.arrays import Floats
from engine.calibration import logistic

TOLERANCE = 1e-4


class ReceiptError(ArithmeticError):
    """Base and contributions that do not add up to the margin served: a bug, never a warning."""


@dataclass(frozen=True)
class Explanation:
    """Why rows have their margins: log-odds, ``base + contributions`` is the margin.

    ``base`` (n,), ``contributions`` (n, features); ``difference`` is what float rounding leaves:
    ``margin - (base + contributions.sum(axis=1))``, at most 1e-4.
    """

    base: Floats
    contributions: Floats
    margin: Floats
    score: Floats
    difference: Floats


def receipt(base: Floats, contributions: Floats, margin: Floats) -> Explanation:
    """Check that the parts add up to the margin, and state by how much they miss it.

    Raises
    ------
    ReceiptError
        If they miss it by more than 1e-4 in any row.
    """
    difference = margin - (base + contributions.sum(axis=1))
    wrong = np.flatnonzero(~(np.abs(difference) <= TOLERANCE))
    if len(wrong):
        row = wrong[0]
        raise ReceiptError(
            f"{len(wrong)} rows do not add up (first: row {row}, "
            f"margin {margin[row]}, off by {difference[row]})"
        )
    return Explanation(base, contributions, margin, logistic(margin), difference)


def divide(amount: Floats, parts: Floats) -> Floats:
    """Divide each row's amount among its parts, in proportion, to those of its own sign.

    Where none has that sign the absolute sizes decide, and where all are zero, each part gets
    the same.

    >>> divide(np.array([6.0, -6.0]), np.array([[1.0, 2.0, -3.0], [1.0, 2.0, -3.0]]))
    array([[ 2.,  4.,  0.],
           [-0., -0., -6.]])
    """
    weights = np.maximum(np.where(amount[:, None] < 0.0, -parts, parts), 0.0)
    weights = np.where(weights.any(axis=1, keepdims=True), weights, np.abs(parts))
    weights = np.where(weights.any(axis=1, keepdims=True), weights, 1.0)
    # The largest first: the sum of tiny weights would lose digits, or be zero.
    weights = weights / weights.max(axis=1, keepdims=True)
    shares: Floats = weights / weights.sum(axis=1, keepdims=True)
    return amount[:, None] * shares


def rescale(parts: Floats, before: Floats, after: Floats) -> Floats:
    """Multiply each row's parts so that, adding up to ``before``, they add up to ``after``.

    Both are distances from a base. Where ``before`` is nothing but rounding, the parts cancel
    and nothing is passed on.

    >>> rescale(np.array([[1.0, -0.5]]), np.array([0.5]), np.array([2.0]))
    array([[ 4., -2.]])
    """
    least = 1e-12 * np.maximum(1.0, np.abs(parts).sum(axis=1))
    real = np.abs(before) > least
    factor = np.divide(after, before, out=np.zeros(len(parts)), where=real)
    return parts * factor[:, None]
