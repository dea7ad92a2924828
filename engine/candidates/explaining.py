"""Explain the chosen rows of one slice: candidates with receipt, reasons and evidence."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from engine.attribution import Explanation, ReceiptError
from engine.candidates.evidence import activity, evidence_rows, sighting
from engine.candidates.marks import Marks
from engine.candidates.reasons import Reasoner, cited_as_company
from engine.candidates.red_flags import RedFlags
from engine.candidates.selection import Choice, ScoredRows
from engine.candidates.view import View
from engine.ensemble import Ensemble, Scores
from engine.indicators import Watch
from engine.peers import Peers, Traits, activity_columns
from engine.wording.words import Money
from features.catalogue import Feature
from features.history import History, Integers
from features.slices import matrix
from features.workspace import Workspace

_NAMES = ["sender", "receiver", "sender_country", "receiver_country"]


@dataclass(frozen=True)
class Scene:
    """A slice of transactions: the whole rows, their coded history, and what run it belongs to."""

    full: pa.Table
    history: History
    run_key: str
    money: Money


@dataclass(frozen=True)
class Judge:
    """Who judges: the model, what it and the indicators measure, the indicators, the traits.

    ``measured`` begins with the model's own features.
    """

    ensemble: Ensemble
    measured: tuple[Feature, ...]
    peers: Peers
    watch: Watch
    traits: Traits

    def view(self, scene: Scene, rows: Integers) -> View:
        """Measure rows of a scene."""
        space = Workspace(scene.history, rows)
        values = matrix(space, self.measured)
        activity = activity_columns(values, self.measured)
        table = scene.full.select(_NAMES).take(pa.array(rows))
        coverage = scene.history.coverage_from
        sides = self.traits.sides(table, activity, space.time, coverage)
        ids = scene.full["transaction_id"].to_pylist()
        return View(space, self.measured, values, sides, self.peers, ids, scene.money)


def explain_choices(
    scene: Scene, judge: Judge, rows: ScoredRows, marks: Marks, choices: Sequence[Choice]
) -> tuple[list[dict[str, Any]], list[pa.Table]]:
    """Return the candidates of ``choices``, whose peak rows lie in the slice, and their rows.

    Raises
    ------
    ReceiptError
        If a row's contributions don't add up, or its score is not the one it was chosen by.
    """
    marked = [marks.of(choice) for choice in choices]
    wanted = [choice.row for choice in choices] + [m.row for each in marked for m in each]
    chosen = np.unique(np.array(wanted, np.int64))
    places = _places(scene.full, rows, chosen)
    view = judge.view(scene, places)
    peaks = np.searchsorted(chosen, [choice.row for choice in choices])
    X = view.values[peaks, : len(judge.ensemble.names)]
    scores, explanation = judge.ensemble.score(X), judge.ensemble.explain(X)
    _same_scores(scores, rows, choices)
    reasoner = Reasoner(view, explanation.contributions)
    red_flags = RedFlags(view, judge.watch, judge.peers.groups(view.sides))
    place = {name: row for row, name in enumerate(view.ids)}
    candidates, shown = [], []
    for row, (choice, own) in enumerate(zip(choices, marked, strict=True)):
        at = int(peaks[row])
        fired = [
            red_flags.fired(
                mark,
                int(np.searchsorted(chosen, mark.row)),
                on_peak=(mark.row, mark.side) == (choice.row, choice.side),
            )
            for mark in own
        ]
        raising, lowering = reasoner.reasons(
            row, at, choice.side, red_flags.flags_of(at, choice.side)
        )
        peak = int(places[at])
        account = _account(scene.history, choice, peak)
        seen = sighting(scene.history, account, choice.start, choice.stop)
        cited = {place[name] for one in (*raising, *lowering, *fired) for name in one["evidence"]}
        cited |= {peak, *(place[one["transaction"]] for one in fired)}
        company = {place[name] for name in cited_as_company((*raising, *lowering))}
        name = candidate_id(scene.run_key, choice.account, choice.period)
        candidates.append(
            {
                "candidate_id": name,
                **_identity(scene.full, choice, peak),
                "score_kind": judge.ensemble.score_kind,
                "mature": bool(rows.mature[choice.row]),
                **_assessment(scores, explanation, row),
                "activity": activity(scene.history, seen, account),
                "reasons": raising,
                "against": lowering,
                "rest": _rest(explanation, row, (*raising, *lowering)),
                "indicators": fired,
                "not_known": red_flags.not_known(at, choice.side, [one["id"] for one in fired]),
            }
        )
        shown.append(evidence_rows(scene.full, name, choice, seen, cited, company))
    return candidates, shown


def candidate_id(run_key: str, account: str, period: str) -> str:
    """Name a candidate by what was scored with what, the account and the period."""
    return hashlib.sha256(f"{run_key}\n{account}\n{period}".encode()).hexdigest()[:16]


def _places(full: pa.Table, rows: ScoredRows, chosen: Integers) -> Integers:
    wanted = rows.transaction_id.take(pa.array(chosen))
    found = pc.index_in(wanted, value_set=full["transaction_id"].combine_chunks())
    return np.asarray(found.to_numpy(zero_copy_only=False), np.int64)


def _account(history: History, choice: Choice, row: int) -> int:
    codes = history.sender if choice.side == "sender" else history.receiver
    return int(codes[row])


def _same_scores(scores: Scores, rows: ScoredRows, choices: Sequence[Choice]) -> None:
    chosen = rows.score[[choice.row for choice in choices]]
    wrong = np.flatnonzero(scores.score != chosen)
    if len(wrong):
        name = rows.transaction_id[choices[wrong[0]].row]
        raise ReceiptError(
            f"{len(wrong)} rows score differently alone and in their batch (first: {name})"
        )


def _identity(full: pa.Table, choice: Choice, row: int) -> dict[str, Any]:
    return {
        "account": choice.account,
        "bank": full[f"{choice.side}_bank"][row].as_py(),
        "country": full[f"{choice.side}_country"][row].as_py(),
        "period": choice.period,
        "period_start": choice.start,
        "period_stop": choice.stop,
        "peak_transaction": full["transaction_id"][row].as_py(),
        "peak_side": choice.side,
        "rank": choice.rank,
        "p_value": choice.p_value,
    }


def _assessment(scores: Scores, explanation: Explanation, at: int) -> dict[str, Any]:
    return {
        "score": float(scores.score[at]),
        "percentile": float(scores.percentile[at]),
        "components": [
            {"name": name, "raw": float(part.raw[at]), "percentile": float(part.percentile[at])}
            for name, part in scores.components.items()
        ],
        "receipt": {
            "base": float(explanation.base[at]),
            "contributions": float(explanation.contributions[at].sum()),
            "margin": float(explanation.margin[at]),
            "score": float(explanation.score[at]),
            "difference": float(explanation.difference[at]),
        },
    }


def _rest(explanation: Explanation, at: int, listed: Sequence[dict[str, Any]]) -> float:
    total = float(explanation.contributions[at].sum())
    return total - float(sum(reason["contribution"] for reason in listed))


def moments(
    start: datetime, stop: datetime, choices: Sequence[Choice]
) -> tuple[datetime, datetime]:
    """Widen a slice so that it holds the whole periods of its candidates."""
    return (
        min([start, *(choice.start for choice in choices)]),
        max([stop, *(choice.stop for choice in choices)]),
    )
