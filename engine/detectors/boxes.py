"""Exact Shapley values of a forest, leaf by leaf.

A leaf is a box: an interval for each column on its path. With a column known, the leaf is
reached or not (1 or 0); left out, it is reached by the share of training rows that the cuts on
this column let through. The leaf's game is the product of these numbers, and the Shapley values
of a product need only the coefficients of ``prod(share_k + reached_k t)`` (the polynomial of
TreeSHAP, Lundberg et al. 2020). All leaves' values add up to the forest's.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.arrays import Floats, Integers
from features.kernels.compile import kernel

Side = tuple[float, float, float]  # low, high, share


@dataclass(frozen=True)
class Boxes:
    """All leaves: sides ``starts[k]:starts[k + 1]`` are those of leaf k, one a column.

    A value z lies within a side where ``low < z <= high``. ``expected`` is the forest's value
    with no column known.
    """

    expected: float
    starts: Integers
    value: Floats
    column: Integers
    low: Floats
    high: Floats
    share: Floats


@kernel
def leaf_shapley(
    Z: Floats,
    starts: Integers,
    value: Floats,
    column: Integers,
    low: Floats,
    high: Floats,
    share: Floats,
    weights: Floats,
) -> Floats:
    """Return the Shapley value of each column in each row, over all leaves.

    ``weights[m, s]`` is ``s! (m - 1 - s)! / m!``.
    """
    shapley = np.zeros(Z.shape)
    most = weights.shape[0]
    powers = np.empty(most + 1)
    reached = np.empty(most)
    for i in range(len(Z)):
        for leaf in range(len(value)):
            first = starts[leaf]
            sides = starts[leaf + 1] - first
            powers[0] = 1.0
            for k in range(sides):
                z = Z[i, column[first + k]]
                reached[k] = 1.0 if low[first + k] < z <= high[first + k] else 0.0
                powers[k + 1] = powers[k] * reached[k]
                for s in range(k, 0, -1):
                    powers[s] = powers[s] * share[first + k] + powers[s - 1] * reached[k]
                powers[0] *= share[first + k]
            for k in range(sides):
                part, total = 0.0, 0.0
                if reached[k] > 0.0:
                    # Divide by (share + t), from the top: stable, because share <= 1.
                    for s in range(sides - 1, -1, -1):
                        part = powers[s + 1] - share[first + k] * part
                        total += weights[sides, s] * part
                else:
                    for s in range(sides):
                        total += weights[sides, s] * powers[s] / share[first + k]
                gain = (reached[k] - share[first + k]) * total
                shapley[i, column[first + k]] += value[leaf] * gain
    return shapley


def shapley_values(Z: Floats, boxes: Boxes) -> Floats:
    """Return each column's Shapley value in each row: they add up to value less ``expected``."""
    most = int(np.diff(boxes.starts).max(initial=1))
    weights = np.zeros((most + 1, most + 1))
    for m in range(1, most + 1):
        for s in range(m):
            weights[m, s] = math.factorial(s) * math.factorial(m - 1 - s) / math.factorial(m)
    return leaf_shapley(
        Z,
        boxes.starts,
        boxes.value,
        boxes.column,
        boxes.low,
        boxes.high,
        boxes.share,
        weights,
    )


def boxes_of(
    feature: NDArray[np.uint32], threshold: Floats, cover: Integers, value: Floats
) -> Boxes:
    """Return the leaves of complete binary trees (see `IsolationForest`) as boxes."""
    leaves = [
        leaf
        for tree in range(len(feature))
        for leaf in _leaves(feature[tree], threshold[tree], cover[tree], value[tree])
    ]
    sides = [(column, *side) for _, box in leaves for column, side in box.items()]
    columns, low, high, share = np.array(sides, dtype=np.float64).reshape(-1, 4).T
    return Boxes(
        math.fsum(v * math.prod(side[2] for side in box.values()) for v, box in leaves),
        np.cumsum([0, *(len(box) for _, box in leaves)]).astype(np.int64),
        np.array([v for v, _ in leaves]),
        columns.astype(np.int64),
        low.copy(),
        high.copy(),
        share.copy(),
    )


def _leaves(
    feature: NDArray[np.uint32], threshold: Floats, cover: Integers, value: Floats
) -> Iterator[tuple[float, dict[int, Side]]]:
    """Yield a tree's leaves, each with its value and its sides by column."""
    waiting: list[tuple[int, dict[int, Side]]] = [(0, {})]
    while waiting:
        node, box = waiting.pop()
        if node >= len(feature) or math.isinf(threshold[node]):
            yield float(value[node]), box
            continue
        column, cut = int(feature[node]), float(threshold[node])
        low, high, share = box.get(column, (-math.inf, math.inf, 1.0))
        left, right = (share * float(cover[2 * node + k] / cover[node]) for k in (1, 2))
        waiting.append((2 * node + 2, {**box, column: (max(low, cut), high, right)}))
        waiting.append((2 * node + 1, {**box, column: (low, min(high, cut), left)}))
