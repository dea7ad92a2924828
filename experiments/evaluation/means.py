"""What several trainings come to: the mean over their seeds, and how sure it is.

Seeds share the rows they are judged on, so the spread between seeds says little about other rows:
the interval draws whole patterns, and in every draw takes the mean over the seeds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.arrays import Floats
from experiments.evaluation.bootstrap import REPLICATES, Interval
from experiments.evaluation.sides import Draws, Side
from experiments.evaluation.truth import Truth


@dataclass(frozen=True)
class Ranked:
    """What one training says of the judged rows, and where it flags them, if anywhere."""

    score: Floats
    threshold: float | None


@dataclass(frozen=True)
class Mean:
    """One metric: its value by seed, and the 95 % interval of their mean.

    ``beyond`` is the interval of the mean's distance from that of the ranking compared with, on
    the same draws; None for that ranking itself.
    """

    name: str
    values: tuple[float, ...]
    interval: Interval
    beyond: Interval | None = None

    @property
    def mean(self) -> float:
        """The mean over the seeds."""
        return _mean(self.values)

    @property
    def spread(self) -> float:
        """The standard deviation over the seeds."""
        return float(np.std(self.values, ddof=1)) if len(self.values) > 1 else float("nan")


def means(
    truth: Truth,
    rankings: Mapping[str, Sequence[Ranked]],
    *,
    budget: int,
    seed: int,
    probability: bool = False,
    against: str | None = None,
) -> dict[str, dict[str, Mean]]:
    """Measure rankings of the same rows, several trainings each; metrics by name, by ranking.

    ``against`` names the ranking that the others are compared with.
    """
    draws = Draws.of(truth)
    sides = {
        name: [
            Side.of(
                truth,
                one.score,
                draws,
                budget,
                probability=probability,
                threshold=one.threshold,
            )
            for one in trained
        ]
        for name, trained in rankings.items()
    }
    points = {
        name: [side.measures(draws.whole) for side in trained] for name, trained in sides.items()
    }
    drawn = _drawn(sides, draws, seed)
    return {
        name: {
            metric: _told(metric, points[name], drawn[name], drawn.get(against or name))
            for metric in points[name][0]
        }
        for name in rankings
        if points[name]
    }


_Drawn = dict[str, list[float]]


def _told(
    metric: str,
    points: Sequence[Mapping[str, float]],
    own: _Drawn,
    others: _Drawn | None,
) -> Mean:
    values, drawn = tuple(point[metric] for point in points), np.array(own[metric])
    compared = others is not None and others is not own and metric in others
    beyond = Interval.of(drawn - np.array(others[metric])) if others and compared else None
    return Mean(metric, values, Interval.of(drawn), beyond)


def _drawn(sides: Mapping[str, Sequence[Side]], draws: Draws, seed: int) -> dict[str, _Drawn]:
    random = np.random.default_rng(seed)
    found: dict[str, _Drawn] = {name: {} for name in sides}
    for _ in range(REPLICATES):
        weight = draws.weights(random)
        for name, trained in sides.items():
            measured = [side.measures(weight) for side in trained]
            for metric in measured[0] if measured else ():
                value = _mean([each[metric] for each in measured])
                found[name].setdefault(metric, []).append(value)
    return found


def _mean(values: Sequence[float]) -> float:
    """Return the mean of what is a number; NaN where nothing is."""
    known = [value for value in values if not np.isnan(value)]
    return float(np.mean(known)) if known else float("nan")
