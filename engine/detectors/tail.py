"""Tail probabilities: how few reference rows lie at least as far out, feature by feature.

The idea is ECOD's (Li, Zhao, Hu, Botta, Ionescu and Chen 2022, IEEE TKDE): add up the logarithms
of the empirical tail probabilities. The library's own ECOD ranks a row among the rows of its
batch, so the same row scores differently in another batch; here the tails are the reference's.
It is also two-sided in every feature, where ECOD picks a side by the skewness of the data.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from engine.arrays import Arrays, Floats, Integers, prefixed, under
from engine.detectors.rows import column_means, row_sums
from engine.grid import Grid
from features.kernels.compile import kernel


@kernel
def tail_surprise(
    Z: Floats, ranks: Floats, starts: Integers, knots: Floats, floor: float
) -> Floats:
    """Return ``-log`` of the two-sided tail probability of every value, at least 0.

    A probability is not below ``floor`` inside the reference's range. Outside it falls by
    ``exp(-distance)``: on the logarithmic scale of the columns that is a Pareto tail of index 1.
    """
    surprise = np.empty(Z.shape)
    for i in range(len(Z)):
        for j in range(Z.shape[1]):
            outside = max(knots[starts[j]] - Z[i, j], Z[i, j] - knots[starts[j + 1] - 1], 0.0)
            tail = max(min(ranks[i, j], 1.0 - ranks[i, j]), floor)
            surprise[i, j] = max(outside - math.log(2.0 * tail), 0.0)
    return surprise


@dataclass(frozen=True)
class TailProbabilities:
    """The reference's tails: ``usual`` is each column's mean over the training rows."""

    name: ClassVar[str] = "tail"
    reads_features: ClassVar[bool] = False

    grid: Grid
    floor: Floats
    usual: Floats

    @classmethod
    def of(cls, Z: Floats, points: int) -> Self:
        """Freeze the distributions of the training rows' columns."""
        new = cls(Grid.fit(Z, points), np.array([0.5 / len(Z)]), np.zeros(Z.shape[1]))
        return replace(new, usual=column_means(new._scores(Z)))

    def _scores(self, Z: Floats) -> Floats:
        Z = np.ascontiguousarray(Z)
        ranks = self.grid.percentile(Z)
        return tail_surprise(Z, ranks, self.grid.starts, self.grid.knots, self.floor[0])

    def score(self, Z: Floats) -> Floats:
        """Return the sum of every column's surprise, row by row."""
        return row_sums(self._scores(Z))

    def attribute(self, Z: Floats) -> tuple[float, Floats]:
        """Return the mean score of the training rows and what each column adds to it."""
        return float(self.usual.sum()), self._scores(Z) - self.usual

    def arrays(self) -> Arrays:
        """Return the frozen state."""
        own = {"floor": self.floor, "usual": self.usual}
        return {**own, **prefixed("grid", self.grid.arrays())}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> Self:
        """Take the frozen state back."""
        return cls(
            Grid.from_arrays(under("grid", arrays)),
            arrays["floor"].astype(np.float64),
            arrays["usual"].astype(np.float64),
        )
