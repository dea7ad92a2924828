"""Which families of features the highest scores come from."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.arrays import Floats
from engine.ensemble import Ensemble
from engine.order import evenly_spaced
from features.catalogue import Feature

_ROWS = 100_000
_HIGHEST = 300


@dataclass(frozen=True)
class FamilyImportance:
    """What a family adds to the highest scores, in log-odds; of a row, its features together."""

    family: str
    features: int
    mean_absolute_contribution: float
    mean_contribution: float


def family_importance(
    ensemble: Ensemble, features: Sequence[Feature], X: Floats
) -> list[FamilyImportance]:
    """Say what makes the highest scores, of the 300 highest among at most 100,000 rows.

    The strongest family first. Contributions of a row's features are added up before their size
    is taken: what features of a family say for and against a row cancels.
    """
    X = X[evenly_spaced(len(X), _ROWS)]
    margin = ensemble.score(X).margin
    highest = X[np.argsort(-margin, kind="stable")[:_HIGHEST]]
    parts = ensemble.explain(highest).contributions
    families = np.array([feature.family for feature in features])
    found = []
    for family in dict.fromkeys(families.tolist()):
        own = parts[:, families == family]
        total = own.sum(axis=1)
        sizes = float(np.abs(total).mean()), float(total.mean())
        found.append(FamilyImportance(str(family), own.shape[1], *sizes))
    return sorted(found, key=lambda each: (-each.mean_absolute_contribution, each.family))
