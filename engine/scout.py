"""A first look: what a payment looks like by itself, before the company it is in is known.

The scout is a model of its own, over trailing features of the payment alone. What it says of the
other payments of the two accounts becomes a feature of the second look: stacked graphical learning
(Kou and Cohen 2007, "Stacked graphical models for efficient inference in Markov random fields",
SIAM SDM), a form of collective classification (Sen et al. 2008).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from engine.arrays import Floats
from engine.booster import Trees, single_columns
from engine.calibration import Platt, logistic
from engine.cores import on_all_cores
from features.catalogue import COMPANY, Feature, company_of, pick
from features.errors import BundleError, Fault

MILLION = 1_000_000


@dataclass(frozen=True)
class Scout:
    """A first model over the trailing features ``names``; ``platt`` calibrates its trees."""

    names: tuple[str, ...]
    trees: Trees
    platt: Platt

    def suspicion(self, X: Floats) -> NDArray[np.int32]:
        """Return the calibrated probability of each row, in millionths.

        ``X`` is float64 ``(rows, names)``; NaN is unknown. Each row's result is a function of that
        row alone, bit for bit. It is the faster for a frame's ``columns.T``: see `on_all_cores`.

        Raises
        ------
        InputError
            If the features are not those of the scout or not finite.
        """
        parts = on_all_cores(self._suspected, X, self.names)
        return np.concatenate([np.empty(0, np.int32), *parts])

    def _suspected(self, X: Floats) -> NDArray[np.int32]:
        margins = self.trees.margins(single_columns(X, None))
        return in_millionths(self.platt.margin(margins))

    def features(self) -> tuple[Feature, ...]:
        """Return the features it sees, as the catalogue here defines them.

        Raises
        ------
        BundleError
            If the catalogue lacks one of them, or one looks at what came later.
        """
        try:
            found = pick(self.names)
        except KeyError as error:
            raise BundleError(f"scout: no such feature here: {error.args[0]}") from error
        faults = [
            Fault("scout", "features", f"{len(names)} {what}", "trailing ones of a payment", names)
            for what, names in (
                ("look ahead", tuple(f.name for f in found if f.statistic.lookahead)),
                ("need a first look themselves", tuple(f.name for f in company_of(found))),
            )
            if names
        ]
        if faults:
            raise BundleError("a first look sees what never changes", tuple(faults))
        return found

    def facts(self) -> dict[str, object]:
        """Return what a bundle's manifest says of it."""
        line = self.platt
        return {"features": list(self.names), "slope": line.slope, "intercept": line.intercept}

    @classmethod
    def of(cls, facts: Mapping[str, Any], trees: bytes) -> Self:
        """Take a scout back from what a manifest says of it, and its trees."""
        line = Platt(float(facts["slope"]), float(facts["intercept"]))
        return cls(tuple(facts["features"]), Trees.from_bytes(trees), line)


def in_millionths(margins: Floats) -> NDArray[np.int32]:
    """Return log-odds as probabilities, in millionths.

    >>> in_millionths(np.array([0.0]))
    array([500000], dtype=int32)
    """
    return np.rint(logistic(margins) * MILLION).astype(np.int32)


def check_scout(where: str, names: Sequence[str], scout: Scout | None) -> None:
    """Refuse a model with features of the company and no scout, or the other way round.

    Raises
    ------
    BundleError
        If so; says which is missing.
    """
    asking = tuple(feature.name for feature in COMPANY if feature.name in names)
    if asking and scout is None:
        fault = Fault(where, "scout", "none", f"one, for {len(asking)} company features", asking)
        raise BundleError("a model that asks for a first look and takes none", (fault,))
    if scout is not None and not asking:
        fault = Fault(where, "features", "none of the company", "some, or no scout")
        raise BundleError("a model that takes a first look for nothing", (fault,))
