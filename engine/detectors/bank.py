"""All detectors of a model, from features to percentiles and back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from engine.arrays import Arrays, Floats, columns_of, prefixed, under
from engine.calibration import PercentileCurve
from engine.detectors.distances import Clusters, Components
from engine.detectors.hbos import Histograms
from engine.detectors.iforest import IsolationForest
from engine.detectors.input import DetectorInput
from engine.detectors.redflags import RedFlags
from engine.detectors.tail import TailProbabilities
from engine.reference import Reference


class Detector(Protocol):
    """A frozen detector; a row's score depends on the row alone.

    It reads the features as they are, or the detectors' columns that come of them.
    """

    reads_features: ClassVar[bool]

    def score(self, Z: Floats) -> Floats:
        """Return a raw score a row; higher is more unusual. Rows lie in memory in any order."""
        ...

    def attribute(self, Z: Floats) -> tuple[float, Floats]:
        """Return a base, and what each column adds to it: their sum is the raw score."""
        ...

    def arrays(self) -> Arrays:
        """Return the frozen state."""
        ...

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> Self:
        """Take the frozen state back."""
        ...


DETECTORS: Mapping[str, type[Detector]] = MappingProxyType(
    {
        Histograms.name: Histograms,
        IsolationForest.name: IsolationForest,
        TailProbabilities.name: TailProbabilities,
        Components.name: Components,
        Clusters.name: Clusters,
        RedFlags.name: RedFlags,
    }
)


@dataclass(frozen=True)
class Unusual:
    """What the detectors say about rows: arrays (rows, detectors), in the bank's order.

    ``logit`` is the log-odds of the share of reference rows that the raw score exceeds.
    """

    raw: Floats
    logit: Floats


@dataclass(frozen=True)
class Attribution:
    """One detector's raw score taken apart: ``base + by_feature.sum(axis=1)`` is the score.

    ``base_logit`` is the curve's value at the base.
    """

    base: float
    base_logit: float
    by_feature: Floats


@dataclass(frozen=True)
class DetectorBank:
    """The reference, the detectors fitted to it, and each one's way to a percentile."""

    reference: Reference
    detectors: Mapping[str, Detector]
    curves: Mapping[str, PercentileCurve]

    @property
    def names(self) -> tuple[str, ...]:
        """Return the detectors' names, in the order of all their arrays."""
        return tuple(self.detectors)

    @property
    def weights(self) -> Floats:
        """Return how much each detector counts in their mean."""
        return weights_of(self.names)

    def judge(self, X: Floats) -> Unusual:
        """Return every detector's raw score and its percentile's log-odds."""
        X = columns_of(X).T
        seen = {True: X}
        if not all(each.reads_features for each in self.detectors.values()):
            seen[False] = DetectorInput.of(self.reference).columns(X).T
        raw = [each.score(seen[each.reads_features]) for each in self.detectors.values()]
        logit = [self.curves[name].logit(r) for name, r in zip(self.names, raw, strict=True)]
        return Unusual(np.column_stack(raw), np.column_stack(logit))

    def attribute(self, X: Floats) -> dict[str, Attribution]:
        """Return every detector's raw score, taken apart by feature."""
        way = DetectorInput.of(self.reference)
        seen = {True: X, False: way.transform(X)}
        found = {}
        for name, detector in self.detectors.items():
            base, parts = detector.attribute(seen[detector.reads_features])
            base_logit = float(self.curves[name].logit(np.array([base]))[0])
            by_feature = parts if detector.reads_features else way.fold(parts)
            found[name] = Attribution(base, base_logit, by_feature)
        return found

    def arrays(self) -> Arrays:
        """Return the frozen state."""
        arrays = prefixed("reference", self.reference.arrays())
        for name in self.names:
            arrays |= prefixed(f"detector/{name}", self.detectors[name].arrays())
            arrays |= prefixed(f"curve/{name}", self.curves[name].arrays())
        return arrays

    @classmethod
    def from_arrays(cls, names: tuple[str, ...], arrays: Mapping[str, NDArray[np.generic]]) -> Self:
        """Take the frozen state of the named detectors back."""
        return cls(
            Reference.from_arrays(under("reference", arrays)),
            {n: DETECTORS[n].from_arrays(under(f"detector/{n}", arrays)) for n in names},
            {n: PercentileCurve.from_arrays(under(f"curve/{n}", arrays)) for n in names},
        )


def weights_of(names: Sequence[str]) -> Floats:
    """Return how much each of the named detectors counts in their mean; all of it is 1.

    What is known of laundering counts as much as all that is merely unusual together.

    >>> weights_of(("hbos", "tail", "redflags")).tolist(), weights_of(("hbos", "tail")).tolist()
    ([0.25, 0.25, 0.5], [0.5, 0.5])
    """
    knowing = np.array([name == RedFlags.name for name in names])
    if knowing.all() or not knowing.any():
        return np.full(len(names), 1.0 / len(names))
    return np.where(knowing, 0.5, 0.5 / (~knowing).sum())
