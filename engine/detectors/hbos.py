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
from engine.detectors.rows import column_means
from features.kernels.compile import kernel


@kernel
def bin_surprise(
    z: float, edges: Floats, surprise: Floats, farthest: float, rate: float, tolerance: float
) -> float:
    """Return the score of a value: that of its bin ``(edge, next edge]``.

    Outside, a value less than ``tolerance`` of a bin away counts as in the outermost bin; any
    other gets the column's highest score, ``farthest``. Bins are about equally wide, so their
    number over the whole width, ``rate``, says where to look.
    """
    bins = len(surprise)
    if z <= edges[0]:
        near = edges[0] - z <= (edges[1] - edges[0]) * tolerance
        return float(surprise[0]) if near else farthest
    if z > edges[bins]:
        near = z - edges[bins] <= (edges[bins] - edges[bins - 1]) * tolerance
        return float(surprise[bins - 1]) if near else farthest
    k = min(int((z - edges[0]) * rate), bins - 1)
    while edges[k] >= z:
        k -= 1
    while edges[k + 1] < z:
        k += 1
    return float(surprise[k])


@kernel
def histogram_scores(
    Z: Floats,
    edges: Floats,
    surprise: Floats,
    farthest: Floats,
    rate: Floats,
    tolerance: float,
) -> Floats:
    """Return the score of every value that has a histogram."""
    scores = np.zeros(Z.shape)
    for i in range(len(Z)):
        for j in range(len(edges)):
            column = (edges[j], surprise[j], farthest[j], rate[j], tolerance)
            scores[i, j] = bin_surprise(Z[i, j], *column)
    return scores


@kernel
def histogram_sums(
    Z: Floats,
    edges: Floats,
    surprise: Floats,
    farthest: Floats,
    rate: Floats,
    tolerance: float,
) -> Floats:
    """Return the sum of each row's scores, added from left to right."""
    sums = np.zeros(len(Z))
    for i in range(len(Z)):
        for j in range(len(edges)):
            column = (edges[j], surprise[j], farthest[j], rate[j], tolerance)
            sums[i] += bin_surprise(Z[i, j], *column)
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
        return histogram_scores(Z, *self._told())

    def _told(self) -> tuple[Floats, Floats, Floats, Floats, float]:
        rate = self.surprise.shape[1] / (self.edges[:, -1] - self.edges[:, 0])
        farthest = self.surprise.max(axis=1)
        return self.edges, self.surprise, farthest, rate, float(self.tolerance[0])

    def score(self, Z: Floats) -> Floats:
        """Return PyOD's ``decision_function``, row by row."""
        return histogram_sums(Z, *self._told())

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
