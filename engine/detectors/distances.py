"""Distances to fitted points: CBLOF (density) and the library's PCA (projection), row by row.

CBLOF (He, Xu and Deng 2003): the distance to the centre of the nearest large cluster. That is
PyOD's rule in fewer words: a row of a large cluster has no nearer large centre than its own.

PCA (Shyu, Chen, Sarinnapakorn and Chang 2003) as PyOD scores it: the distances from the
standardised row to the unit vectors of the strongest components, each over its share of variance,
added up.

A distance splits exactly by column: ``d = sum((z - c) ** 2) / d``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from engine.arrays import Arrays, Floats, columns_of
from engine.detectors.rows import column_means, row_sums
from features.kernels.compile import kernel


@kernel
def squared_distances(Z: Floats, centres: Floats, root: Floats) -> Floats:
    """Return the squared distance of each of ``centres`` (columns, points) to each row.

    ``Z`` is (columns, rows), the answer (points, rows). Columns without a centre do not count; a
    column's distances count ``root`` times. Each sum goes by the columns' order, 256 rows at a
    time, so that one instruction serves several.
    """
    squares, scaled = np.zeros((centres.shape[1], Z.shape[1])), np.empty(256)
    for start in range(0, Z.shape[1], 256):
        for j in range(len(centres)):
            z, times = Z[j, start : start + 256], root[j]
            for i in range(len(z)):
                scaled[i] = z[i] * times
            for k in range(centres.shape[1]):
                sums, centre = squares[k, start : start + 256], centres[j, k]
                for i in range(len(sums)):
                    sums[i] += (scaled[i] - centre) * (scaled[i] - centre)
    return squares


def distances(Z: Floats, centres: Floats, root: Floats) -> Floats:
    """Return each row's distance to each point, where a column counts ``root`` times.

    >>> distances(np.array([[3.0, 4.0]]), np.zeros((2, 1)), np.ones(2))
    array([[5.]])
    """
    squares = squared_distances(columns_of(Z), centres * root[:, None], root)
    return np.ascontiguousarray(np.sqrt(squares).T)


@kernel
def distance_parts(Z: Floats, centres: Floats, root: Floats, share: Floats) -> Floats:
    """Return what each column adds to a row's squared distances, point k ``share[i, k]`` times."""
    parts = np.zeros(Z.shape)
    for i in range(len(Z)):
        for j in range(len(centres)):
            for k in range(centres.shape[1]):
                apart = (Z[i, j] - centres[j, k]) * root[j]
                parts[i, j] += share[i, k] * (apart * apart)
    return parts


@dataclass(frozen=True)
class Clusters:
    """The centres of the large clusters (columns, clusters), and each column's usual part."""

    name: ClassVar[str] = "cblof"
    reads_features: ClassVar[bool] = False

    centres: Floats
    usual: Floats

    @classmethod
    def of(cls, centres: Floats, Z: Floats) -> Self:
        """Take fitted centres, and what is usual from the training rows ``Z``."""
        new = cls(np.ascontiguousarray(centres.T), np.zeros(Z.shape[1]))
        return replace(new, usual=column_means(new._parts(Z)))

    def score(self, Z: Floats) -> Floats:
        """Return PyOD's ``decision_function``, row by row."""
        nearest: Floats = self._distances(Z).min(axis=1)
        return nearest

    def attribute(self, Z: Floats) -> tuple[float, Floats]:
        """Return the mean score of the training rows and what each column adds to it."""
        return float(self.usual.sum()), self._parts(Z) - self.usual

    def _distances(self, Z: Floats) -> Floats:
        return distances(Z, self.centres, np.ones(len(self.centres)))

    def _parts(self, Z: Floats) -> Floats:
        apart = self._distances(Z)
        nearest = apart.argmin(axis=1)[:, None] == np.arange(apart.shape[1])
        share = nearest * _inverse(apart)
        return distance_parts(Z, self.centres, np.ones(len(self.centres)), share)

    def arrays(self) -> Arrays:
        """Return the frozen state."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> Self:
        """Take the frozen state back."""
        return cls(*(arrays[each.name].astype(np.float64) for each in fields(cls)))


@dataclass(frozen=True)
class Components:
    """The components' unit vectors as points among the columns, and how much each counts.

    ``centres`` (columns, components) undo the standardising: mean plus deviation times vector;
    ``root`` is one over a column's deviation, ``counts`` one over a component's share.
    """

    name: ClassVar[str] = "pca"
    reads_features: ClassVar[bool] = False

    centres: Floats
    root: Floats
    counts: Floats
    usual: Floats

    @classmethod
    def of(cls, mean: Floats, deviation: Floats, vectors: Floats, share: Floats, Z: Floats) -> Self:
        """Take fitted components, and what is usual from the training rows ``Z``."""
        centres = np.ascontiguousarray((mean + deviation * vectors).T)
        new = cls(centres, 1.0 / deviation, 1.0 / share, np.zeros(Z.shape[1]))
        return replace(new, usual=column_means(new._parts(Z)))

    def score(self, Z: Floats) -> Floats:
        """Return PyOD's ``decision_function``, row by row."""
        return row_sums(distances(Z, self.centres, self.root) * self.counts)

    def attribute(self, Z: Floats) -> tuple[float, Floats]:
        """Return the mean score of the training rows and what each column adds to it."""
        return float(self.usual.sum()), self._parts(Z) - self.usual

    def _parts(self, Z: Floats) -> Floats:
        share = self.counts * _inverse(distances(Z, self.centres, self.root))
        return distance_parts(Z, self.centres, self.root, share)

    def arrays(self) -> Arrays:
        """Return the frozen state."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> Self:
        """Take the frozen state back."""
        return cls(*(arrays[each.name].astype(np.float64) for each in fields(cls)))


def _inverse(distances: Floats) -> Floats:
    """Return one over each distance, 0 where there is none: nothing is divided there."""
    return np.divide(1.0, distances, out=np.zeros(distances.shape), where=distances > 0.0)
