"""Two rankings of the same rows: differences, and how sure they are.

Every draw takes the same patterns, rows and account-weeks for both: what is hard for both cancels.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engine.arrays import Floats
from experiments.evaluation.bootstrap import REPLICATES, Interval
from experiments.evaluation.sides import Draws, Side
from experiments.evaluation.truth import Scored

LOWER_IS_BETTER = ("brier", "calibration_error")


@dataclass(frozen=True)
class Paired:
    """One metric of two rankings; the interval is that of the difference B minus A.

    ``b_higher`` is the share of draws in which B's is higher, ties counting half.
    """

    name: str
    a: float
    b: float
    interval: Interval
    b_higher: float

    @property
    def difference(self) -> float:
        """B minus A."""
        return self.b - self.a

    @property
    def verdict(self) -> str:
        """Say which is better, if the interval leaves 0 out."""
        if not (self.interval.low > 0 or self.interval.high < 0):
            return "no clear difference"
        return (
            "B is better"
            if (self.interval.low > 0) != (self.name in LOWER_IS_BETTER)
            else "A is better"
        )


def paired(a: Scored, b: Scored, *, budget: int, seed: int, probability: bool) -> list[Paired]:
    """Compare two rankings of the same labelled rows.

    ``probability`` says that both scores are probabilities, so that calibration means something.
    """
    draws = Draws.of(a.truth)
    sides = [
        Side.of(a.truth, each.score, draws, budget, probability=probability) for each in (a, b)
    ]
    points = [side.measures(draws.whole) for side in sides]
    drawn = _differences(sides, draws, seed)
    return [_metric(name, points[0][name], points[1][name], drawn[name]) for name in points[0]]


def _metric(name: str, a: float, b: float, drawn: Floats) -> Paired:
    known = drawn[~np.isnan(drawn)]
    higher = float(np.mean((known > 0) + 0.5 * (known == 0))) if len(known) else float("nan")
    return Paired(name, a, b, Interval.of(drawn), higher)


def _differences(sides: list[Side], draws: Draws, seed: int) -> Mapping[str, Floats]:
    """Return the differences B minus A in every draw, by metric."""
    random, found = np.random.default_rng(seed), dict[str, list[float]]()
    for _ in range(REPLICATES):
        weight = draws.weights(random)
        a, b = (side.measures(weight) for side in sides)
        for name in a:
            found.setdefault(name, []).append(b[name] - a[name])
    return {name: np.array(values) for name, values in found.items()}
