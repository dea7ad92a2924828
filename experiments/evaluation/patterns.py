"""Recall by pattern type."""

from dataclasses import dataclass

import numpy as np

from engine.arrays import Floats
from experiments.evaluation.truth import Truth


@dataclass(frozen=True)
class KindRecall:
    """How much of one pattern type is found; a pattern counts as far as its best row does."""

    kind: str
    rows: int
    rows_found: float
    row_recall: float
    patterns: int
    patterns_found: float
    pattern_recall: float


def recall_by_kind(truth: Truth, caught: Floats) -> list[KindRecall]:
    """Measure recall for each pattern type, "none" among them, and for all together.

    ``caught`` (n,) says how much of each row is shown, 0 to 1.
    """
    kinds = [str(kind) for kind in np.unique(truth.kind[truth.illicit])]
    return [_recall(truth, caught, kind) for kind in [*kinds, "all"]]


def _recall(truth: Truth, caught: Floats, kind: str) -> KindRecall:
    rows = truth.illicit if kind == "all" else truth.illicit & (truth.kind == kind)
    found = float(caught[rows].sum())
    patterns, number = np.unique(truth.pattern[rows], return_inverse=True)
    best = np.zeros(len(patterns))
    np.maximum.at(best, number, caught[rows])
    total, count = int(rows.sum()), len(patterns)
    return KindRecall(
        kind,
        total,
        found,
        found / total if total else float("nan"),
        count,
        float(best.sum()),
        float(best.sum()) / count if count else float("nan"),
    )
