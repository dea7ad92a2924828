"""What is said of single values: in words, beside their peers, with the rows that show them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from engine.peers import Comparison, Peers, Sides
from engine.peers.traits import SideName
from engine.wording.peers import is_low
from engine.wording.sentences import sentence
from engine.wording.words import Money, day
from features.catalogue import Feature, company_of
from features.history import Codes, Integers, from_microseconds
from features.statistics import Statistic
from features.statistics.company import named
from features.workspace import Floats, Workspace

MOST_EVIDENCE = 100
MOST_COMPANY = 10  # those after them were of the pattern 2 times in 441: decision 0018
NOTHING = "nothing in the data to measure it by"


@dataclass(frozen=True)
class View:
    """Rows of a slice with the values of ``features`` (columns), and how to speak of them."""

    space: Workspace
    features: Sequence[Feature]
    values: Floats
    sides: Sides
    peers: Peers
    ids: Sequence[str]
    money: Money

    def compare(self, column: int, at: int, side: str) -> Comparison:
        """Compare a value with those of accounts alike, seen from one side of the payment."""
        feature, value = self.features[column], float(self.values[at, column])
        return self.peers.compare(feature, value, self.sides, at, cast("SideName", side))

    def sentence(self, column: int, at: int, side: str, beside: Comparison) -> str:
        """Say what a value means, and where the data begin inside what it looks back on."""
        feature = self.features[column]
        text = sentence(
            feature,
            float(self.values[at, column]),
            side,
            self.money,
            low=is_low(beside.percentile),
            whole_days=not self.space.history.clock_known,
        )
        if self.covered(feature.statistic, at):
            return text
        begin = from_microseconds(self.space.history.coverage_from)
        return f"{text} Not enough history: the data begin on {day(begin)}."

    def covered(self, statistic: Statistic, at: int) -> bool:
        """Whether the data reach back as far as a statistic of a row looks."""
        history = self.space.history
        return bool(self.space.time[at] - statistic.lookback >= history.coverage_from)

    def cited(self, features: Sequence[Feature], at: int) -> tuple[list[str], int]:
        """Return the ids to cite for values of a row, and how many rows make the values true.

        All are cited, the largest where there are too many. Of the company a payment is in, the
        most suspicious of those that make up most of what is expected
        (`features.statistics.company.named`). Where nothing is there to cite (a count of none), the
        row itself is.
        """
        behind = [feature.evidence(self.space, at) for feature in features]
        total = len(_union(behind))
        if not total:
            return [self.ids[self.space.rows[at]]], 1
        history, company = self.space.history, company_of(features)
        rows = _union(
            self._company(rows) if feature in company else rows
            for feature, rows in zip(features, behind, strict=True)
        )
        weights = history.suspicion if company else history.amount
        return [self.ids[row] for row in self._first(MOST_EVIDENCE, rows, weights)], total

    def _company(self, rows: Integers) -> Integers:
        suspicion = self.space.history.suspicion
        return self._first(MOST_COMPANY, rows[named(suspicion[rows])], suspicion)

    def _first(self, most: int, rows: Integers, weights: Integers | Codes) -> Integers:
        """Return those that weigh most, then the largest, then the earliest; in time order."""
        time, amount = self.space.history.time, self.space.history.amount
        rows = np.array(sorted(rows.tolist(), key=lambda row: (time[row], self.ids[row])))
        heaviest = np.lexsort((-amount[rows], -weights[rows]))[:most]
        return rows[np.sort(heaviest)]


def _union(parts: Iterable[Integers]) -> Integers:
    """Return the rows of all parts, once each."""
    return np.unique(np.concatenate([np.empty(0, np.int64), *parts]))


def beside_peers(beside: Comparison) -> dict[str, Any]:
    """Return a comparison as columns of a table."""
    return {
        "peer_percentile": beside.percentile,
        "peer_group": beside.group,
        "peer_payments": beside.payments,
        "peer_accounts": beside.accounts,
        "peer_note": beside.note,
    }


def known(value: float) -> float | None:
    """Return the value, None where it is not known."""
    return None if np.isnan(value) else value
