"""What detectors see: no gaps, no heavy tails.

A feature becomes ``10 asinh(z / 10)`` of ``z = (x - median) / spread`` in the reference:
straight within ten spreads of the median, logarithmic far out, so that a histogram or a random
cut resolves both a usual week and a thousandfold one. (``asinh(z)`` and square roots flatten
what is moderately unusual and found less; no scaling at all wastes bins on one giant.)

Unknown values become the median. Features that were unknown in the same reference rows share one
further column, the share of them that is unknown: fifty features of an unknown sender are one
fact, not fifty. Values are rounded to float32, the precision in which scikit-learn's trees
compare, so that all detectors see the same numbers.
"""

import math
from dataclasses import dataclass
from typing import Self

import numpy as np

from engine.arrays import Flags, Floats, Integers, columns_of
from engine.reference import Reference
from features.kernels.compile import kernel


@kernel
def straighten_column(x: Floats, centre: float, rate: float, z: Floats) -> None:
    """Fill ``z`` with the straightened values of a column; unknown is 0.

    Bare passes over a few rows, so that one instruction serves several: for the logarithm the
    exponent is read off the bits, the rest is ``2 artanh((m - 1) / (m + 1))``, to 1e-9.
    """
    grown, powers = np.empty(128), np.empty(128)
    bits = grown.view(np.int64)
    for start in range(0, len(x), 128):
        part, out = x[start : start + 128], z[start : start + 128]
        for i in range(len(part)):
            t = min(abs(part[i] - centre) * rate, 1e150)
            grown[i] = t + math.sqrt(t * t + 1.0)
        for i in range(len(part)):
            powers[i] = (bits[i] >> 52) - 1023
            bits[i] = (bits[i] & 0xFFFFFFFFFFFFF) | 0x3FF0000000000000
        for i in range(len(part)):
            s = (grown[i] - 1.0) / (grown[i] + 1.0)
            q = s * s
            tail = q * (1.0 / 11.0 + q * (1.0 / 13.0 + q * (1.0 / 15.0 + q / 17.0)))
            rest = 1.0 / 3.0 + q * (1.0 / 5.0 + q * (1.0 / 7.0 + q * (1.0 / 9.0 + tail)))
            straight = 10.0 * (2.0 * s * (1.0 + q * rest) + powers[i] * 0.6931471805599453)
            straight = straight if part[i] >= centre else -straight
            out[i] = 0.0 if math.isnan(part[i]) else np.float32(straight)


@kernel
def straighten(X: Floats, median: Floats, rate: Floats, gaps: Integers, sizes: Floats) -> Floats:
    """Return the detectors' columns: one a feature, then one for each number in ``gaps``.

    ``X`` and the answer are (columns, rows). ``rate`` is a tenth of one over the spread,
    ``sizes`` how many features share each number.
    """
    features = len(X)
    Z = np.zeros((features + len(sizes), X.shape[1]))
    for j in range(features):
        straighten_column(X[j], median[j], rate[j], Z[j])
        if gaps[j] >= 0:
            x, unknown = X[j], Z[features + gaps[j]]
            for i in range(len(x)):
                unknown[i] += 1.0 if math.isnan(x[i]) else 0.0
    for k in range(len(sizes)):
        share = Z[features + k]
        for i in range(len(share)):
            share[i] = np.float32(share[i] / sizes[k])
    return Z


@dataclass(frozen=True)
class DetectorInput:
    """The way from features to the detectors' columns and, for attributions, back.

    A feature never known in the reference says nothing: its column is constant.
    """

    median: Floats
    spread: Floats
    ever_known: Flags
    gaps: Integers

    @classmethod
    def of(cls, reference: Reference) -> Self:
        """Take centre, scale and gaps from the reference."""
        ever_known = ~np.isnan(reference.median)
        median = np.where(ever_known, reference.median, 0.0)
        return cls(median, reference.spread, ever_known, reference.gaps)

    @property
    def sizes(self) -> Floats:
        """Return how many features share each gap."""
        return np.bincount(self.gaps[self.gaps >= 0]).astype(np.float64)

    def columns(self, X: Floats) -> Floats:
        """Return the detectors' columns of rows of features: (columns, rows)."""
        rate = np.where(self.ever_known, 0.1 / self.spread, 0.0)
        return straighten(columns_of(X), self.median, rate, self.gaps, self.sizes)

    def transform(self, X: Floats) -> Floats:
        """Return the same as contiguous rows.

        >>> reference = Reference.fit(np.array([[1.0], [2.0], [3.0], [np.nan]]))
        >>> DetectorInput.of(reference).transform(np.array([[2.0], [np.nan]]))
        array([[0., 0.],
               [0., 1.]])
        """
        return np.ascontiguousarray(self.columns(X).T)

    def fold(self, attributions: Floats) -> Floats:
        """Divide what a gap's column did among the features that share the gap, equally."""
        features = len(self.median)
        folded = attributions[:, :features].copy()
        shared = self.gaps >= 0
        by_gap = attributions[:, features:] / self.sizes
        folded[:, shared] += by_gap[:, self.gaps[shared]]
        return folded
