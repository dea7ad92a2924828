"""All detectors of a model, from features to percentiles and back."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from engine.arrays import Arrays, Floats, prefixed, under
from engine.calibration import PercentileCurve
from engine.detectors.hbos import Histograms
from engine.detectors.iforest import IsolationForest
from engine.detectors.input import DetectorInput
from engine.detectors.tail import TailProbabilities
from engine.reference import Reference


class Detector(Protocol):
    """A frozen detector over the detectors' columns; a row's score depends on the row alone."""

    def score(self, Z: Floats) -> Floats:
        """Return a raw score a row; higher is more unusual."""
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

    def judge(self, X: Floats) -> Unusual:
        """Return every detector's raw score and its percentile's log-odds."""
        Z = DetectorInput.of(self.reference).transform(X)
        raw = [detector.score(Z) for detector in self.detectors.values()]
        logit = [self.curves[name].logit(r) for name, r in zip(self.names, raw, strict=True)]
        return Unusual(np.column_stack(raw), np.column_stack(logit))

    def attribute(self, X: Floats) -> dict[str, Attribution]:
        """Return every detector's raw score, taken apart by feature."""
        way = DetectorInput.of(self.reference)
        Z = way.transform(X)
        found = {}
        for name, detector in self.detectors.items():
            base, by_column = detector.attribute(Z)
            base_logit = float(self.curves[name].logit(np.array([base]))[0])
            found[name] = Attribution(base, base_logit, way.fold(by_column))
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
