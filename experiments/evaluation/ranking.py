"""How well scores put the illicit rows on top.

Nothing here depends on the order of the rows: rows with equal scores count together, and a cut
that falls among them takes an equal share of each.
"""

from dataclasses import dataclass

import numpy as np

from engine.arrays import Flags, Floats, Integers


@dataclass(frozen=True)
class Ranking:
    """Rows in descending order of score, with the place where each group of ties ends.

    ``order`` (n,) are row numbers; ``ends`` (g,) the exclusive ends of the g groups of ties.
    """

    order: Integers
    ends: Integers

    def average_precision(self, illicit: Flags, weight: Floats | None = None) -> float:
        """Return the area under the precision-recall steps; NaN without an illicit row.

        ``weight`` (n,) counts a row more than once, or not at all, as a bootstrap does.

        >>> rank(np.array([0.9, 0.8, 0.1])).average_precision(np.array([True, False, True]))
        0.8333333333333333
        """
        found, seen = self.cumulated(illicit, weight)
        if not len(found) or found[-1] == 0:
            return float("nan")
        precision = np.divide(found, seen, out=np.zeros_like(found), where=seen > 0)
        return float(np.sum(np.diff(found, prepend=0.0) * precision) / found[-1])

    def roc_auc(self, illicit: Flags) -> float:
        """Return the chance that an illicit row outranks an honest one; NaN if one kind lacks."""
        found, seen = self.cumulated(illicit)
        if not len(found) or found[-1] == 0 or found[-1] == seen[-1]:
            return float("nan")
        caught = np.concatenate([[0.0], found]) / found[-1]
        alarms = np.concatenate([[0.0], seen - found]) / (seen[-1] - found[-1])
        return float(np.trapezoid(caught, alarms))

    def cumulated(self, illicit: Flags, weight: Floats | None = None) -> tuple[Floats, Floats]:
        """Return the illicit rows found and the rows seen, at the end of each group of ties."""
        weights = np.ones(len(self.order)) if weight is None else weight[self.order]
        last = self.ends - 1
        found = np.cumsum(np.where(illicit[self.order], weights, 0.0))[last]
        return found, np.cumsum(weights)[last]


def rank(score: Floats) -> Ranking:
    """Order rows by descending score."""
    order = np.argsort(-score, kind="stable")
    falls = np.flatnonzero(np.diff(score[order]) < 0) + 1
    ends = np.append(falls, len(score)) if len(score) else falls
    return Ranking(order.astype(np.int64), ends.astype(np.int64))


def share_selected(score: Floats, count: int) -> Floats:
    """Return how much of each row lies among the ``count`` highest scores.

    1 above the cut, 0 below, and the same fraction for all rows tied at the cut.

    >>> share_selected(np.array([0.9, 0.5, 0.5, 0.1]), 2)
    array([1. , 0.5, 0.5, 0. ])
    """
    if count >= len(score):
        return np.ones(len(score))
    if count <= 0:
        return np.zeros(len(score))
    cut = np.partition(score, len(score) - count)[len(score) - count]
    above, tied = score > cut, score == cut
    part: float = (count - above.sum()) / tied.sum()
    return np.where(tied, part, above.astype(np.float64))


def top_count(rows: int, share: float) -> int:
    """Return how many rows the top ``share`` of ``rows`` are: at least one.

    >>> top_count(250, 0.01), top_count(20, 0.01)
    (3, 1)
    """
    return max(1, int(np.ceil(rows * share - 1e-9)))
