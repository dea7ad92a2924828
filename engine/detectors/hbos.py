"""Histogram-based outlier score: rare values, feature by feature (Goldstein and Dengel 2012).

PyOD fits it; the score of a row is the sum over columns of ``-log2(density + alpha)`` of the
bin its value lies in.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from engine.arrays import Arrays, Floats, columns_of
from engine.detectors.rows import column_means
from features.kernels.compile import kernel


@kernel
def column_scores(
    z: Floats, edges: Floats, surprise: Floats, tolerance: float, scores: Floats
) -> None:
    """Fill ``scores`` with those of a column's values: of the bin ``(edge, next edge]`` of each.

    Outside, a value less than ``tolerance`` of a bin away counts as in the outermost bin; any
    other gets the column's highest score. All values are compared with one edge after another:
    no branch to predict, and one instruction serves several values.
    """
    bins, farthest = len(surprise), surprise.max()
    below = (edges[1] - edges[0]) * tolerance
    above = (edges[bins] - edges[bins - 1]) * tolerance
    scores[:] = surprise[0]
    for k in range(1, bins):
        edge, reached = edges[k], surprise[k]
        for i in range(len(z)):
            scores[i] = reached if z[i] > edge else scores[i]
    first, last = edges[0], edges[bins]
    for i in range(len(z)):
        far = (first - z[i] > below) | (z[i] - last > above)
        scores[i] = farthest if far else scores[i]


@kernel
def histogram_scores(Z: Floats, edges: Floats, surprise: Floats, tolerance: float) -> Floats:
    """Return the score of every value that has a histogram; ``Z`` is (columns, rows)."""
    scores = np.zeros(Z.shape)
    for j in range(len(edges)):
        column_scores(Z[j], edges[j], surprise[j], tolerance, scores[j])
    return scores


@kernel
def histogram_sums(Z: Floats, edges: Floats, surprise: Floats, tolerance: float) -> Floats:
    """Return the sum of each row's scores, added in the columns' order; ``Z`` as before."""
    sums, scores = np.zeros(Z.shape[1]), np.empty(Z.shape[1])
    for j in range(len(edges)):
        column_scores(Z[j], edges[j], surprise[j], tolerance, scores)
        for i in range(len(sums)):
            sums[i] += scores[i]
    return sums


@dataclass(frozen=True)
class Histograms:
    """Fitted histograms: ``edges`` (columns, bins + 1), ``surprise`` (columns, bins)."""

    name: ClassVar[str] = "hbos"
    reads_features: ClassVar[bool] = False

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
        return np.ascontiguousarray(histogram_scores(*self._told(Z)).T)

    def _told(self, Z: Floats) -> tuple[Floats, Floats, Floats, float]:
        return columns_of(Z), self.edges, self.surprise, float(self.tolerance[0])

    def score(self, Z: Floats) -> Floats:
        """Return PyOD's ``decision_function``, row by row."""
        return histogram_sums(*self._told(Z))

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
