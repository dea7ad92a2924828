"""Which families of features moved candidates: exact contributions of both models, compared."""

from collections.abc import Sequence

import numpy as np

from engine.arrays import Floats, Integers
from engine.scoring import features_of
from experiments.comparing.lists import MOVED, Lists, Move
from experiments.comparing.peaks import Peaks
from experiments.judging.model import Model

EXPLAINED = 300
"""Moves explained of each kind: the best ranked, and of those on both lists the furthest moved."""


def explained(
    models: Sequence[Model], columns: Sequence[Integers], peaks: Peaks, found: Lists
) -> Lists:
    """Add to each move what each family of features did to its payment's log-odds.

    ``columns`` are where each model's own features stand among those of ``peaks``.
    """
    chosen = [move for change in found.counts() for move in _first(found.of(change), change)]
    if not chosen:
        return found
    rows = np.unique([move.row for move in chosen])
    X = peaks.features(rows)
    (base_a, a), (base_b, b) = (
        _by_family(model, X[:, own]) for model, own in zip(models, columns, strict=True)
    )
    names = list(dict.fromkeys([*a, *b]))
    nothing = np.zeros(len(rows))
    change = {name: b.get(name, nothing) - a.get(name, nothing) for name in names}
    place = {int(row): k for k, row in enumerate(rows)}
    told = {}
    for move in chosen:
        k = place[move.row]
        families = {name: float(change[name][k]) for name in names}
        told[id(move)] = move.explained(float(base_b[k] - base_a[k]), families)
    moves = [told.get(id(move), move) for move in found.moves]
    return Lists(found.budget, found.listed_a, found.listed_b, found.unchanged, moves)


def mean_change(moves: Sequence[Move]) -> dict[str, float]:
    """Return the mean change of each family over explained moves, the largest first."""
    known = [move.families for move in moves if move.families]
    names = dict.fromkeys(name for families in known for name in families)
    means = {name: float(np.mean([each[name] for each in known])) for name in names}
    return dict(sorted(means.items(), key=lambda item: -abs(item[1])))


def beside_all(moves: Sequence[Move], everyone: Sequence[Move]) -> dict[str, float]:
    """Return by how much more each family moved some than all explained moves, the largest first.

    What moves all alike, as another base does, changes no one's rank: only the rest says why these
    are on a list and others are not.
    """
    own, all_alike = mean_change(moves), mean_change(everyone)
    found = {name: value - all_alike[name] for name, value in own.items()}
    return dict(sorted(found.items(), key=lambda item: -abs(item[1])))


def _first(moves: Sequence[Move], change: str) -> list[Move]:
    def order(move: Move) -> tuple[int, int]:
        far = -abs(move.rank_b - move.rank_a) if change == MOVED else 0
        return far, min(move.rank_a, move.rank_b)

    return sorted(moves, key=order)[:EXPLAINED]


def _by_family(model: Model, X: Floats) -> tuple[Floats, dict[str, Floats]]:
    """Return the base and each family's contribution; with the base they add up to the margin."""
    found = model.bundle.ensemble.explain(X)
    families = np.array([feature.family for feature in features_of(model.bundle)])
    return found.base, {
        str(name): found.contributions[:, families == name].sum(axis=1)
        for name in dict.fromkeys(families.tolist())
    }
