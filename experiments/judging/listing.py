"""What a model's list would say: which rules fire, and whether reasons cite the right rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.arrays import Floats
from engine.candidates.selection import Choice, ScoredRows
from engine.indicators.watching import rule_score
from engine.scoring import choose
from engine.scoring.batch import scored
from engine.scoring.explained import explained
from engine.scoring.run import Run
from experiments.evaluation.cited import evidence_precision
from experiments.judging.passes import Progress
from experiments.judging.scoring import Table

EXPLAINED = 200
"""Candidates whose reasons are checked: explaining one takes milliseconds."""


@dataclass(frozen=True)
class Cited:
    """The transactions that reasons of one family cite on candidates of a pattern.

    ``planted`` are those that belong to the pattern of the candidate's peak.
    """

    family: str
    reasons: int
    cited: int
    planted: int
    precision: float


@dataclass(frozen=True)
class Listing:
    """A value for each judged row: how many rules fire, weighted; and what reasons cite."""

    rules: Floats
    cited: tuple[Cited, ...]


def listing(table: Table, run: Run, progress: Progress) -> Listing | None:
    """Score the judged rows as `score` does; None for a model without groups of peers."""
    if run.bundle.peers is None:
        return None
    rows = scored(run, progress)[0].candidates
    if not rows.transaction_id.equals(table.transaction_id):
        raise RuntimeError("the candidates are not made of the rows that are judged")
    rules = rule_score(run.indicators, rows.fired[:, 0] | rows.fired[:, 1])
    return Listing(rules, _cited(run, rows, planted(table)))


def planted(table: Table) -> dict[str, str]:
    """Name the pattern of each illicit transaction that belongs to a named one."""
    labels, rows = table.rows.labels, table.rows
    if labels is None:
        return {}
    own = (labels.known() == 1) & (labels.pattern < len(labels.names)) & (labels.pattern >= 0)
    at = np.flatnonzero(own)
    ids = rows.transaction_id.take(at).to_pylist()
    return dict(zip(ids, (labels.names[k] for k in labels.pattern[at].tolist()), strict=True))


def _cited(run: Run, rows: ScoredRows, patterns: Mapping[str, str]) -> tuple[Cited, ...]:
    chosen = _of_patterns(rows, choose(run, rows)[0], patterns)
    if not chosen:
        return ()
    found = explained(run, rows, chosen)[0].to_pylist()
    families = sorted({reason["family"] for one in found for reason in one["reasons"]})
    told = [(family, evidence_precision(found, patterns, family)) for family in families]
    return tuple(
        Cited(family, one.reasons, one.cited, one.planted, one.precision) for family, one in told
    )


def _of_patterns(
    rows: ScoredRows, choices: Sequence[Choice], patterns: Mapping[str, str]
) -> list[Choice]:
    """Return the best-ranked choices whose peak belongs to a pattern, in their own order."""
    peaks = rows.transaction_id.take([choice.row for choice in choices]).to_pylist()
    own = [choice for choice, peak in zip(choices, peaks, strict=True) if peak in patterns]
    best = sorted(own, key=lambda choice: choice.rank)[:EXPLAINED]
    kept = {id(choice) for choice in best}
    return [choice for choice in own if id(choice) in kept]
