"""From contributions to reasons: themes in words, each with its value, comparison and evidence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.candidates.view import MOST_EVIDENCE, NOTHING, View, beside_peers, known
from engine.indicators.horizon import NOT_COVERED
from engine.wording import COMPANY
from features.catalogue import Feature
from features.statistics import Statistic
from features.workspace import Floats

__all__ = [
    "MOST_AGAINST",
    "MOST_EVIDENCE",
    "MOST_REASONS",
    "Reasoner",
    "Theme",
    "cited_as_company",
    "themes",
]

MOST_REASONS = 6
MOST_AGAINST = 3
NO_PAST = "the measure belongs to this payment alone"
NO_EARLIER_LOOK = "not measured"
_ENOUGH = 0.25  # of what the strongest moves the score: then a member may lead in its place


@dataclass(frozen=True)
class Theme:
    """Features that say much the same; ``members`` are their columns, the strongest first."""

    name: str
    contribution: float
    members: tuple[int, ...]


def themes(features: Sequence[Feature], contributions: Floats, values: Floats) -> list[Theme]:
    """Sum one row's contributions by theme, the highest first; further values are not looked at.

    The member that leads a theme is the one that moves the score most in the theme's direction,
    a known value before an unknown one. Of company it is the one that looks least far of those
    that move it a quarter as much: what lies far off is rarely of the same scheme.
    """
    values = values[: len(contributions)]
    columns: dict[str, list[int]] = {}
    for column in np.flatnonzero(contributions).tolist():
        columns.setdefault(features[column].theme, []).append(column)
    found = []
    for name, members in columns.items():
        total = float(contributions[members].sum())
        toward = 1.0 if total >= 0 else -1.0
        weights = np.where(np.isnan(values), -np.inf, toward * contributions)
        ordered = sorted(members, key=lambda c: (-weights[c], -toward * contributions[c], c))
        if features[ordered[0]].family == COMPANY:
            ordered = _nearest_first(features, weights, ordered)
        found.append(Theme(name, total, tuple(ordered)))
    return sorted(found, key=lambda theme: (-theme.contribution, theme.name))


def _nearest_first(
    features: Sequence[Feature], weights: Floats, members: Sequence[int]
) -> list[int]:
    """Put that member first that looks least far, of those that weigh enough beside the first."""
    able = [c for c in members if weights[c] >= _ENOUGH * weights[members[0]] > 0]
    first = min(able, key=lambda c: _looks(features[c]), default=members[0])
    return [first, *(c for c in members if c != first)]


def _looks(feature: Feature) -> int:
    return feature.statistic.lookback + feature.statistic.lookahead


def cited_as_company(reasons: Sequence[Mapping[str, Any]]) -> set[str]:
    """Return the ids of the payments that reasons cite for what a first look made of them."""
    return {name for one in reasons if one["family"] == COMPANY for name in one["evidence"]}


class Reasoner:
    """Puts themes into words for rows of a view.

    ``contributions`` has a row for each row of ``at`` in the view, and a column for each of the
    model's features, which are the view's first columns.
    """

    def __init__(self, view: View, contributions: Floats) -> None:
        self._view = view
        self._contributions = contributions
        self._features = view.features[: contributions.shape[1]]
        self._past: dict[Statistic, Floats] = {}

    def reasons(
        self, row: int, at: int, side: str, flags: Mapping[str, Sequence[str]]
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Return what speaks for and what speaks against a row, the strongest first.

        ``row`` is its place among the contributions, ``at`` in the view; ``flags`` are the ids of
        the indicators that fired there, by feature. A theme of which nothing is known is no reason
        to read: it stays in the rest.
        """
        parts, values = self._contributions[row], self._view.values[at]
        found = [
            theme
            for theme in themes(self._features, parts, values)
            if not np.isnan(values[theme.members[0]])
        ]
        raising = [theme for theme in found if theme.contribution > 0][:MOST_REASONS]
        lowering = [theme for theme in reversed(found) if theme.contribution < 0][:MOST_AGAINST]
        return (
            [self._reason(theme, parts, at, side, flags) for theme in raising],
            [self._reason(theme, parts, at, side, flags) for theme in lowering],
        )

    def _reason(
        self, theme: Theme, parts: Floats, at: int, side: str, flags: Mapping[str, Sequence[str]]
    ) -> dict[str, Any]:
        column = theme.members[0]
        feature = self._features[column]
        past, note = self._own_past(feature, at)
        beside = self._view.compare(column, at, side)
        cited, total = self._view.cited([feature], at)
        fired = [flag for c in theme.members for flag in flags.get(self._features[c].name, ())]
        return {
            "feature": feature.name,
            "family": feature.family,
            "theme": theme.name,
            "value": known(float(self._view.values[at, column])),
            "unit": feature.unit,
            "own_past": past,
            "own_past_note": note,
            **beside_peers(beside),
            "contribution": theme.contribution,
            "parts": [self._part(member, parts, at) for member in theme.members],
            "sentence": self._view.sentence(column, at, side, beside),
            "red_flags": sorted(set(fired)),
            "evidence": cited,
            "evidence_total": total,
        }

    def _part(self, column: int, parts: Floats, at: int) -> dict[str, Any]:
        return {
            "feature": self._features[column].name,
            "value": known(float(self._view.values[at, column])),
            "contribution": float(parts[column]),
        }

    def _own_past(self, feature: Feature, at: int) -> tuple[float | None, str | None]:
        """Return the same measure over the time before, or why there is none."""
        earlier = feature.statistic.earlier()
        if earlier is None:
            return None, NO_EARLIER_LOOK if feature.family == COMPANY else NO_PAST
        if not self._view.covered(earlier, at):
            return None, NOT_COVERED
        if earlier not in self._past:
            self._past[earlier] = earlier.value(self._view.space)
        value = known(float(self._past[earlier][at]))
        return value, NOTHING if value is None else None
