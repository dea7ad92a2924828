"""The payments that can speak for a candidate, with their features, gathered while all are scored.

The peak of an account-week that a budget lists is the peak of that account-week in its own block
of rows too, and there it has no worse a rank. So the peaks that each block alone would list are
all that can be asked for later, and the features of no other row need be kept or computed again.
"""

from collections.abc import Sequence

import numpy as np

from engine.arrays import Floats, Integers
from engine.candidates.selection import Choice, ScoredRows, select
from experiments.judging.scoring import ModelScores, Table


class Peaks:
    """Gathers the peaks of the lists that a budget makes of the judged rows, for each model."""

    def __init__(self, table: Table, budget: int) -> None:
        self._table = table
        self._budget = budget
        self._seen = 0
        self._rows: list[Integers] = []
        self._features: list[Floats] = []

    def see(self, X: Floats, scores: Sequence[ModelScores]) -> None:
        """Take the next judged rows: their features, and what each model says of them."""
        span = np.arange(self._seen, self._seen + len(X))
        chosen = [
            choice.row
            for each in scores
            for choice in select(scored_rows(self._table, each, span), self._budget)
        ]
        own = np.unique(np.array(chosen, np.int64))
        self._rows.append(own + self._seen)
        self._features.append(X[own])
        self._seen += len(X)

    def features(self, rows: Integers) -> Floats:
        """Return the features of rows, each of which a list of a model shows.

        Raises
        ------
        KeyError
            If one was not seen, or cannot be on a list.
        """
        known = np.concatenate([np.empty(0, np.int64), *self._rows])
        place = np.searchsorted(known, rows)
        if not np.array_equal(known[np.minimum(place, len(known) - 1)], rows):
            raise KeyError("a row that no list shows")
        found: Floats = np.concatenate(self._features)[place]
        return found


def listed(table: Table, scores: ModelScores, budget: int) -> list[Choice]:
    """Return the candidates a model lists among all judged rows."""
    return select(scored_rows(table, scores, np.arange(len(table.at))), budget)


def scored_rows(table: Table, scores: ModelScores, span: Integers) -> ScoredRows:
    """Return judged rows as candidates are chosen from; ``scores`` are those of ``span``."""
    rows, at = table.rows, table.at[span]
    count = len(at)
    return ScoredRows(
        transaction_id=table.transaction_id.slice(int(span[0]) if count else 0, count),
        time=rows.time[at],
        amount=rows.amount[at],
        sender=rows.sender[at].astype(np.int32),
        receiver=rows.receiver[at].astype(np.int32),
        accounts=rows.accounts,
        score=scores.score,
        percentile=scores.percentile,
        mature=np.ones(count, np.bool_),
        fired=np.zeros((count, 2), np.uint64),
    )
