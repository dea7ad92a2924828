"""How many planted patterns are found as instances, and how many instances a reader must open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from engine.arrays import Integers
from features.patterns import Instance

PER_PLANTED = (1, 2, 5, 10, 20, 50, 100)
"""Instances reported for each planted one: where the curve is read."""
MOST = 20
"""No more instances than this for each planted one are worth opening."""


@dataclass(frozen=True)
class PlantedRecall:
    """One point of the curve: so many strongest instances opened, so many planted ones found."""

    kind: str
    planted: int
    reported: int
    found: int

    @property
    def recall(self) -> float:
        """The share of planted patterns found."""
        return self.found / self.planted if self.planted else float("nan")


def recall_by_pattern(
    instances: Mapping[str, Sequence[Instance]], ids: pa.Array, labels: pa.Table | None
) -> list[PlantedRecall]:
    """Measure the recall of each pattern that is labelled, at the last point with at most 20.

    ``ids`` names the history's rows. Patterns without a label of their kind are left out; so are
    all where there are no labels.
    """
    if labels is None:
        return []
    told = labels.to_pandas().set_index("transaction_id").reindex(ids.to_pylist())
    number = pd.factorize(told["pattern_id"])[0]
    points = []
    for kind, found in instances.items():
        pattern = np.where((told["label"] == 1) & (told["pattern_type"] == kind), number, -1)
        if (pattern >= 0).any():
            curve = planted_recall(kind, found, pattern)
            few = [point for point in curve if point.reported <= MOST * point.planted]
            points.append((few or curve)[-1])
    return points


def planted_recall(
    kind: str, instances: Sequence[Instance], pattern: Integers
) -> list[PlantedRecall]:
    """Measure recall over the strongest instances, for several numbers of them and for all.

    ``pattern`` (n,) gives for each row of the history the planted pattern it belongs to, -1: none
    (or none of this kind). A planted pattern is found by an instance that holds at least half of
    its rows.
    """
    sizes = dict(zip(*np.unique(pattern[pattern >= 0], return_counts=True), strict=True))
    ranks = _first_found(sorted(instances, key=lambda one: -one.strength), pattern, sizes)
    cuts = [*(share * len(sizes) for share in PER_PLANTED), len(instances)]
    return [
        PlantedRecall(
            kind,
            len(sizes),
            min(cut, len(instances)),
            sum(rank < cut for rank in ranks.values()),
        )
        for cut in sorted({cut for cut in cuts if cut <= len(instances)})
    ]


def _first_found(
    ordered: Sequence[Instance], pattern: Integers, sizes: dict[int, int]
) -> dict[int, int]:
    """Return the place of the first instance that holds half of each planted pattern."""
    ranks: dict[int, int] = {}
    for place, instance in enumerate(ordered):
        held = pattern[list(instance.rows)]
        for planted, rows in zip(*np.unique(held[held >= 0], return_counts=True), strict=True):
            if 2 * rows >= sizes[planted]:
                ranks.setdefault(int(planted), place)
    return ranks
