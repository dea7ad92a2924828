"""Which features a model keeps: the fewest that rank tuning rows about as well as the best choice.

Trees are grown on all features; those that gained most in them are tried in a few sizes. Of these,
the smallest is kept whose average precision is within one standard error of the best (the rule of
Breiman et al. 1984, "Classification and regression trees", section 3.4.3). The error is that of the
difference between both, by a jackknife that leaves out a pattern at a time: rows of one pattern
are found or missed together.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.arrays import Floats, Integers
from engine.growth import Part, gains_of, untuned_trees
from engine.settings import EnsembleConfig
from experiments.evaluation.bootstrap import Steps
from experiments.evaluation.ranking import rank


@dataclass(frozen=True)
class Selection:
    """The columns that are kept, in rising order, and what each size came to."""

    columns: Integers
    tried: tuple[dict[str, object], ...]


@dataclass(frozen=True)
class _Size:
    """The features of one size, the share of all gain they carry, the tuning rows' margins."""

    columns: Integers
    gain: float
    margins: Floats


def select_features(
    train: Part,
    tune: Part,
    pattern: Integers,
    sizes: Sequence[int],
    config: EnsembleConfig,
    seed: int,
) -> Selection:
    """Choose among the ``sizes`` and all features; ``pattern`` is that of each tuning row.

    Neither the order of rows nor the numbers of patterns matter.
    """
    gains, margins = _grown(train, tune, config, seed)
    order, total = np.argsort(-gains, kind="stable"), max(float(gains.sum()), 1e-300)
    tried = []
    for size in sorted({size for size in sizes if size < len(order)}):
        columns = np.sort(order[:size])
        _, own = _grown(train.of_features(columns), tune.of_features(columns), config, seed)
        tried.append(_Size(columns, float(gains[columns].sum()) / total, own))
    tried.append(_Size(np.arange(len(order)), 1.0, margins))
    kept, said = _smallest_as_good(tried, tune.y == 1, pattern)
    return Selection(kept.columns, said)


def _grown(train: Part, tune: Part, config: EnsembleConfig, seed: int) -> tuple[Floats, Floats]:
    """Grow a set number of trees; return each feature's gain, and the tuning rows' margins."""
    trees = untuned_trees(train, config, seed)
    return gains_of(trees, train.features), trees.margins(tune.columns)


def _smallest_as_good(
    tried: Sequence[_Size],
    illicit: np.ndarray[tuple[int, ...], np.dtype[np.bool_]],
    pattern: Integers,
) -> tuple[_Size, tuple[dict[str, object], ...]]:
    found = [_precisions(size.margins, illicit, pattern) for size in tried]
    best = max(found, key=lambda each: each[0])
    errors = [_error(best[1] - without) for _, without in found]
    said: tuple[dict[str, object], ...] = tuple(
        {
            "features": len(size.columns),
            "share_of_gain": size.gain,
            "average_precision": whole,
            "standard_error_to_best": error,
        }
        for size, (whole, _), error in zip(tried, found, errors, strict=True)
    )
    good = [whole >= best[0] - error for (whole, _), error in zip(found, errors, strict=True)]
    return tried[good.index(True)], said


def _precisions(
    margins: Floats, illicit: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], pattern: Integers
) -> tuple[float, Floats]:
    """Return the average precision, and what it is without each of the patterns."""
    steps = Steps.of(rank(margins), illicit)
    guilty = steps.summed(illicit.astype(np.float64))
    honest = steps.summed((~illicit).astype(np.float64))
    _, own = np.unique(pattern[illicit], return_inverse=True)
    place, without = steps.step[illicit], []
    for each in range(int(own.max(initial=-1)) + 1):
        left_out = np.bincount(place[own == each], minlength=steps.count)
        without.append(steps.average_precision(guilty - left_out, honest))
    return steps.average_precision(guilty, honest), np.array(without)


def _error(differences: Floats) -> float:
    """Return the jackknife's standard error; the order of the differences changes no bit.

    >>> _error(np.array([1.0, 3.0]))
    1.0
    """
    known = np.sort(differences[~np.isnan(differences)])
    if not len(known):
        return 0.0
    spread = ((known - known.mean()) ** 2).sum()
    return float(np.sqrt((len(known) - 1) / len(known) * spread))
