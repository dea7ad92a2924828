"""What is usual: every feature's distribution, frozen on training rows.

Whatever is compared with "the others" is compared with this, never with the batch at hand, so
a row's percentiles are the same whatever rows come with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from engine.arrays import Arrays, Flags, Floats, Integers, prefixed, under
from engine.grid import Grid


@dataclass(frozen=True)
class Reference:
    """The training rows' distributions.

    ``median`` is NaN where a feature was never known; ``spread`` is positive; ``missing`` is
    the share of rows in which the feature is unknown; features unknown in the same rows have
    the same number in ``gaps``, -1 where a feature was always or never known.
    """

    grid: Grid
    median: Floats
    spread: Floats
    missing: Floats
    gaps: Integers

    @classmethod
    def fit(cls, X: Floats, points: int = 1001) -> Self:
        """Freeze the distributions of the rows of ``X``; NaN is unknown."""
        known = [np.sort(column[~np.isnan(column)]) for column in X.T]
        return cls(
            Grid.fit(X, points),
            np.array([np.median(column) if len(column) else np.nan for column in known]),
            np.array([spread(column) for column in known]),
            np.isnan(X).mean(axis=0),
            shared_gaps(np.isnan(X)),
        )

    def percentile(self, X: Floats) -> Floats:
        """Return the share of reference rows below each value (ties half); NaN stays NaN."""
        return self.grid.percentile(X)

    def arrays(self) -> Arrays:
        """Return the frozen state."""
        own = {
            "median": self.median,
            "spread": self.spread,
            "missing": self.missing,
            "gaps": self.gaps,
        }
        return {**own, **prefixed("grid", self.grid.arrays())}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> Self:
        """Take the frozen state back."""
        return cls(
            Grid.from_arrays(under("grid", arrays)),
            arrays["median"].astype(np.float64),
            arrays["spread"].astype(np.float64),
            arrays["missing"].astype(np.float64),
            arrays["gaps"].astype(np.int64),
        )


def shared_gaps(unknown: Flags) -> Integers:
    """Number the distinct patterns of unknown rows, in the order of their first feature.

    >>> shared_gaps(np.array([[1, 0, 0, 1, 1], [0, 0, 1, 0, 1]], np.bool_))
    array([ 0, -1,  1,  0, -1])
    """
    numbers: dict[bytes, int] = {}
    gaps = np.full(unknown.shape[1], -1)
    for j, pattern in enumerate(unknown.T):
        if pattern.any() and not pattern.all():
            gaps[j] = numbers.setdefault(pattern.tobytes(), len(numbers))
    return gaps


def spread(known: Floats) -> float:
    """Return how far apart sorted values usually lie.

    The range between the quartiles; where that is nothing (most values equal), the middle 98 %;
    then the whole range; then 1.

    >>> spread(np.array([0.0, 1.0, 2.0, 3.0, 400.0]))
    2.0
    """
    if not len(known):
        return 1.0
    for outside in (0.25, 0.01, 0.0):
        low, high = np.quantile(known, [outside, 1.0 - outside])
        if high - low > 0.0:
            return float(high - low)
    return 1.0
