"""From contributions to reasons: themes in words, each with its value, comparison and evidence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.wording.sentences import sentence
from engine.wording.words import Money
from features.catalogue import Feature
from features.history import Integers
from features.statistics import Statistic
from features.workspace import Floats, Workspace

MOST_REASONS = 6
MOST_AGAINST = 3
MOST_EVIDENCE = 100
NO_PAST = "the measure belongs to this payment alone"
NOT_COVERED = "not enough history"


@dataclass(frozen=True)
class Theme:
    """Features that say much the same; ``members`` are their columns, the strongest first."""

    name: str
    contribution: float
    members: tuple[int, ...]


def themes(features: Sequence[Feature], contributions: Floats, values: Floats) -> list[Theme]:
    """Sum one row's contributions by theme, the highest first.

    The member that leads a theme is the one that moves the score most in the theme's direction,
    a known value before an unknown one.
    """
    columns: dict[str, list[int]] = {}
    for column in np.flatnonzero(contributions).tolist():
        columns.setdefault(features[column].theme, []).append(column)
    found = []
    for name, members in columns.items():
        total = float(contributions[members].sum())
        toward = 1.0 if total >= 0 else -1.0
        members.sort(key=lambda c: (np.isnan(values[c]), -toward * contributions[c], c))
        found.append(Theme(name, total, tuple(members)))
    return sorted(found, key=lambda theme: (-theme.contribution, theme.name))


class Reasoner:
    """Puts themes into words for rows of one slice.

    ``values``, ``peers`` and ``contributions`` have a row for each row of ``space`` and a column
    for each feature.
    """

    def __init__(
        self,
        space: Workspace,
        features: Sequence[Feature],
        tables: Mapping[str, Floats],
        ids: Sequence[str],
        money: Money,
    ) -> None:
        self._space = space
        self._features = features
        self._values = tables["values"]
        self._peers = tables["peers"]
        self._contributions = tables["contributions"]
        self._ids = ids
        self._money = money
        self._past: dict[Statistic, Floats] = {}

    def reasons(self, at: int, side: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Return what speaks for and what speaks against row ``at``, the strongest first.

        A theme of which nothing is known is no reason to read: it stays in the rest.
        """
        found = [
            theme
            for theme in themes(self._features, self._contributions[at], self._values[at])
            if not np.isnan(self._values[at, theme.members[0]])
        ]
        raising = [theme for theme in found if theme.contribution > 0][:MOST_REASONS]
        lowering = [theme for theme in reversed(found) if theme.contribution < 0][:MOST_AGAINST]
        return (
            [self._reason(theme, at, side) for theme in raising],
            [self._reason(theme, at, side) for theme in lowering],
        )

    def _reason(self, theme: Theme, at: int, side: str) -> dict[str, Any]:
        column = theme.members[0]
        feature, value = self._features[column], float(self._values[at, column])
        past, note = self._own_past(feature, at)
        cited, total = self._cited(feature, at)
        return {
            "feature": feature.name,
            "family": feature.family,
            "theme": theme.name,
            "value": _known(value),
            "unit": feature.unit,
            "own_past": past,
            "own_past_note": note,
            "peer_percentile": _known(float(self._peers[at, column])),
            "contribution": theme.contribution,
            "parts": [self._part(member, at) for member in theme.members],
            "sentence": sentence(feature, value, side, self._money),
            "red_flags": list(feature.red_flags),
            "evidence": cited,
            "evidence_total": total,
        }

    def _part(self, column: int, at: int) -> dict[str, Any]:
        return {
            "feature": self._features[column].name,
            "value": _known(float(self._values[at, column])),
            "contribution": float(self._contributions[at, column]),
        }

    def _own_past(self, feature: Feature, at: int) -> tuple[float | None, str | None]:
        """Return the same measure over the time before, or why there is none."""
        earlier = feature.statistic.earlier()
        if earlier is None:
            return None, NO_PAST
        begin = self._space.time[at] - earlier.lookback
        if begin < self._space.history.coverage_from:
            return None, NOT_COVERED
        if earlier not in self._past:
            self._past[earlier] = earlier.value(self._space)
        value = _known(float(self._past[earlier][at]))
        return value, NOT_COVERED if value is None else None

    def _cited(self, feature: Feature, at: int) -> tuple[list[str], int]:
        """Return the ids that make a value true, the largest where there are too many.

        Where nothing is there to cite (a count of none), the row itself is.
        """
        rows = feature.evidence(self._space, at)
        if not len(rows):
            rows = self._space.rows[at : at + 1]
        return [self._ids[row] for row in self._largest(rows)], len(rows)

    def _largest(self, rows: Integers) -> list[int]:
        history = self._space.history
        if len(rows) > MOST_EVIDENCE:
            key = sorted(
                (-int(history.amount[r]), int(history.time[r]), self._ids[r], int(r)) for r in rows
            )
            rows = np.array([entry[-1] for entry in key[:MOST_EVIDENCE]])
        return sorted(map(int, rows), key=lambda r: (history.time[r], self._ids[r]))


def _known(value: float) -> float | None:
    return None if np.isnan(value) else value
