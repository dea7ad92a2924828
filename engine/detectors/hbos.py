"""Histogram-based outlier score: rare values, feature by feature (Goldstein and Dengel 2012).

PyOD fits it; the score of a row is the sum over columns of ``-log2(density + alpha)`` of the
bin its value lies in.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from engine.arrays import Arrays, Floats
from engine.detectors.rows import column_means, row_sums
from features.kernels.compile import kernel


@kernel
def histogram_scores(
    Z: Floats, edges: Floats, surprise: Floats, farthest: Floats, tolerance: float
) -> Floats:
    """Return the score of every value that has a histogram: that of its bin ``(edge, next edge]``.

    Outside, a value less than ``tolerance`` of a bin away counts as in the outermost bin; any
    other gets the column's highest score, ``farthest``.
    """
    bins = surprise.shape[1]
    scores = np.zeros(Z.shape)
    for i in range(len(Z)):
        for j in range(len(edges)):
            z = Z[i, j]
            if z <= edges[j, 0]:
                near = edges[j, 0] - z <= (edges[j, 1] - edges[j, 0]) * tolerance
                scores[i, j] = surprise[j, 0] if near else farthest[j]
            elif z > edges[j, bins]:
                width = edges[j, bins] - edges[j, bins - 1]
                near = z - edges[j, bins] <= width * tolerance
                scores[i, j] = surprise[j, bins - 1] if near else farthest[j]
            else:
                low, high = 0, bins
                while high - low > 1:
                    middle = (low + high) // 2
                    if edges[j, middle] < z:
                        low = middle
                    else:
                        high = middle
                scores[i, j] = surprise[j, low]
    return scores


@dataclass(frozen=True)
class Histograms:
    """Fitted histograms: ``edges`` (columns, bins + 1), ``surprise`` (columns, bins)."""

    name: ClassVar[str] = "hbos"

    edges: Floats
    surprise: Floats
    tolerance: Floats
    usual: Floats

    @classmethod
    def of(cls, edges: Floats, surprise: Floats, tolerance: float, Z: Floats) -> Self:
        """Take fitted histograms, and what is usual from the training rows ``Z``."""
        new = cls(edges, surprise, np.array([tolerance]), np.zeros(Z.shape[1]))
        return replace(new, usual=column_means(new._scores(Z)))

    def _scores(self, Z: Floats) -> Floats:
        farthest = self.surprise.max(axis=1)
        return histogram_scores(Z, self.edges, self.surprise, farthest, self.tolerance[0])

    def score(self, Z: Floats) -> Floats:
        """Return PyOD's ``decision_function``, row by row."""
        return row_sums(self._scores(Z))

    def attribute(self, Z: Floats) -> tuple[float, Floats]:
        """Return the mean score of the training rows and what each column adds to it."""
        return float(self.usual.sum()), self._scores(Z) - self.usual

    def arrays(self) -> Arrays:
        """Return the frozen state."""
        return {
            "edges": self.edges,
            "surprise": self.surprise,
            "tolerance": self.tolerance,
            "usual": self.usual,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> Self:
        """Take the frozen state back."""
        names = ("edges", "surprise", "tolerance", "usual")
        return cls(*(arrays[name].astype(np.float64) for name in names))
