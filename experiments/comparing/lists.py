"""Which candidates a budget gains, loses and moves when one model takes another's place."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from engine.arrays import Integers
from engine.candidates.selection import Choice
from experiments.comparing.peaks import listed
from experiments.evaluation.capacity import Candidates, candidates
from experiments.judging.scoring import ModelScores, Table
from experiments.rows import micros

GAINED, LOST, MOVED = "gained", "lost", "moved"
Key = tuple[str, int]


@dataclass(frozen=True)
class Move:
    """An account in a week whose place is not the same; ranks beyond the budget are full ranks.

    ``row`` is where the payment that speaks for it stands among the judged rows: the peak in B's
    list, or in A's where B lists it no more. ``illicit`` is None where none of its rows has a
    label. ``families`` is by how much each family of features moved that payment's log-odds
    from A to B, ``base`` what the models' bases did.
    """

    change: str
    account: str
    period: str
    rank_a: int
    rank_b: int
    score_a: float
    score_b: float
    illicit: bool | None
    row: int
    transaction_id: str
    base: float | None = None
    families: Mapping[str, float] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """Return the move as plain values."""
        names = ("change", "account", "period", "rank_a", "rank_b", "score_a", "score_b")
        told = {name: getattr(self, name) for name in (*names, "illicit", "transaction_id")}
        return {**told, "base": self.base, "families": dict(self.families)}

    def explained(self, base: float, families: Mapping[str, float]) -> "Move":
        """Add what moved it."""
        return replace(self, base=base, families=families)


@dataclass(frozen=True)
class Lists:
    """Two lists of candidates: how many are on both, and every one whose place differs."""

    budget: int
    listed_a: int
    listed_b: int
    unchanged: int
    moves: Sequence[Move]

    def counts(self) -> Counter[str]:
        """Return how many candidates are gained, lost and moved."""
        return Counter(move.change for move in self.moves)

    def of(self, change: str) -> list[Move]:
        """Return the moves of one kind."""
        return [move for move in self.moves if move.change == change]


def lists(table: Table, scores: Sequence[ModelScores], budget: int) -> Lists:
    """Compare the two lists that ``budget`` candidates a week make."""
    own, other = (_listed(table, each, budget) for each in scores)
    sides = [_Side.of(table, each) for each in scores]
    moves, unchanged = [], 0
    for key in {**own, **other}:
        before, after = own.get(key), other.get(key)
        if before and after and before.rank == after.rank:
            unchanged += 1
            continue
        moves.append(_move(table, sides, key, before, after, budget))
    moves.sort(key=lambda move: (move.period, move.rank_b, move.rank_a, move.account))
    return Lists(budget, len(own), len(other), unchanged, moves)


def _listed(table: Table, scores: ModelScores, budget: int) -> dict[Key, Choice]:
    chosen = listed(table, scores, budget)
    return {(choice.account, micros(choice.start)): choice for choice in chosen}


@dataclass(frozen=True)
class _Side:
    """Every account-week under one model: its score and its full rank in the week."""

    grouped: Candidates
    ranks: Integers
    place: Mapping[Key, int]
    known: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]

    @classmethod
    def of(cls, table: Table, scores: ModelScores) -> "_Side":
        grouped = candidates(table.everything, scores.score)
        names = table.rows.accounts.to_pylist()
        keys = zip(grouped.account.tolist(), grouped.begins.tolist(), strict=True)
        place = {(names[account], begins): k for k, (account, begins) in enumerate(keys)}
        known = np.zeros(len(grouped.score) + 1, np.bool_)
        known[grouped.sender[table.known]] = True
        known[grouped.receiver[table.known]] = True
        return cls(grouped, grouped.ranks(), place, known)


def _move(
    table: Table,
    sides: Sequence[_Side],
    key: Key,
    before: Choice | None,
    after: Choice | None,
    budget: int,
) -> Move:
    a, b = sides
    k, speaks = a.place[key], after or before
    if speaks is None:
        raise RuntimeError(f"{key} is on neither list")
    change = MOVED if before and after else GAINED if after else LOST
    return Move(
        change=change,
        account=key[0],
        period=speaks.period,
        rank_a=before.rank if before else max(int(a.ranks[k]), budget + 1),
        rank_b=after.rank if after else max(int(b.ranks[k]), budget + 1),
        score_a=float(a.grouped.score[k]),
        score_b=float(b.grouped.score[k]),
        illicit=bool(a.grouped.illicit[k]) if a.known[k] else None,
        row=speaks.row,
        transaction_id=table.transaction_id[speaks.row].as_py(),
    )
