"""Grown trees as flat arrays, and rows that walk down them.

XGBoost's own predictor follows pointers, row by row. Here a tree is complete: the children of
node k are 2k + 1 (``x < cut``) and 2k + 2, a leaf above the last level sends everything left, and
a block of rows goes down level by level. Their steps are independent, so the processor overlaps
them.
"""

import json
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import xgboost as xgb
from numpy.typing import NDArray

from engine.arrays import Flags, Floats
from features.kernels.compile import kernel

Singles = NDArray[np.float32]
_DEEPEST = 10


@kernel
def leaf_sums(
    X: Singles,
    feature: NDArray[np.uint32],
    cut: Singles,
    unknown_right: Flags,
    value: Singles,
    depth: int,
) -> Floats:
    """Return the sum of the leaves each row reaches, added in the trees' order.

    ``feature``, ``cut`` and ``unknown_right`` (where NaN goes) are (trees, 2 ** depth - 1),
    ``value`` (trees, 2 ** depth). Unsigned positions spare numba's check for negative ones.
    """
    sums = np.zeros(len(X))
    inner, one = np.uint64(feature.shape[1]), np.uint64(1)
    nodes = np.empty(64, np.uint64)
    for start in range(0, len(X), 64):
        rows = X[start : start + 64]
        for tree in range(len(feature)):
            columns, cuts, leaves = feature[tree], cut[tree], value[tree]
            unknown = unknown_right[tree]
            nodes[:] = 0
            for _ in range(depth):
                for i in range(len(rows)):
                    node = nodes[i]
                    x = rows[i, np.uint64(columns[node])]
                    right = (x >= cuts[node]) | (unknown[node] & (x != x))  # noqa: PLR0124
                    nodes[i] = node + node + one + np.uint64(right)
            for i in range(len(rows)):
                sums[start + i] += leaves[nodes[i] - inner]
    return sums


@dataclass(frozen=True)
class FlatTrees:
    """A booster's trees, all as deep as the deepest, and the margin it begins with."""

    start: float
    depth: int
    feature: NDArray[np.uint32]
    cut: Singles
    unknown_right: Flags
    value: Singles

    @classmethod
    def of(cls, booster: xgb.Booster) -> Self | None:
        """Lay the trees of a booster out; None where they are too deep for that."""
        learner = json.loads(booster.save_raw("json"))["learner"]
        trees = learner["gradient_booster"]["model"]["trees"]
        depth = max((_depth(tree) for tree in trees), default=0)
        if depth > _DEEPEST:
            return None
        parts = [_complete(tree, depth) for tree in trees]
        feature, cut, unknown, value = (np.stack(part) for part in zip(*parts, strict=True))
        chance = float(learner["learner_model_param"]["base_score"].strip("[]"))
        return cls(float(np.log(chance / (1.0 - chance))), depth, feature, cut, unknown, value)

    def margins(self, columns: Singles) -> Floats:
        """Return each row's log-odds."""
        columns = np.ascontiguousarray(columns)
        told = (self.feature, self.cut, self.unknown_right, self.value, self.depth)
        return self.start + leaf_sums(columns, *told)


def _depth(tree: Any) -> int:
    """Return the number of cuts on the longest path; parents stand before their children."""
    depths = np.zeros(len(tree["left_children"]), np.int64)
    for node, left in enumerate(tree["left_children"]):
        if left >= 0:
            depths[[left, tree["right_children"][node]]] = depths[node] + 1
    return int(depths.max())


def _complete(tree: Any, depth: int) -> tuple[Any, ...]:
    inner = 2**depth - 1
    feature, cut = np.zeros(inner, np.uint32), np.full(inner, np.inf, np.float32)
    unknown, value = np.zeros(inner, np.bool_), np.zeros(inner + 1, np.float32)
    waiting = [(0, 0, 0)]
    while waiting:
        node, place, level = waiting.pop()
        left, right = tree["left_children"][node], tree["right_children"][node]
        if left < 0:
            value[(place + 1) * 2 ** (depth - level) - 1 - inner] = tree["split_conditions"][node]
            continue
        feature[place], cut[place] = tree["split_indices"][node], tree["split_conditions"][node]
        unknown[place] = not tree["default_left"][node]
        waiting += [(left, 2 * place + 1, level + 1), (right, 2 * place + 2, level + 1)]
    return feature, cut, unknown, value
