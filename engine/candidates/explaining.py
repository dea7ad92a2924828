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
from engine.candidates.reasons import Reasoner
from engine.candidates.selection import Choice, ScoredRows
from engine.ensemble import Ensemble, Scores
from engine.wording.words import Money
from features.catalogue import Feature
from features.frame import matrix
from features.history import History
from features.workspace import Workspace


@dataclass(frozen=True)
class Scene:
    """A slice of transactions: the whole rows, their coded history, and what run it belongs to."""

    full: pa.Table
    history: History
    run_key: str
    money: Money


def explain_choices(
    scene: Scene,
    ensemble: Ensemble,
    features: Sequence[Feature],
    rows: ScoredRows,
    choices: Sequence[Choice],
) -> tuple[list[dict[str, Any]], list[pa.Table]]:
    """Return the candidates of ``choices``, whose peak rows lie in the slice, and their rows.

    Raises
    ------
    ReceiptError
        If a row's contributions don't add up, or its score is not the one it was chosen by.
    """
    peaks = _places(scene.full, rows, choices)
    space = Workspace(scene.history, peaks)
    values = matrix(space, features)
    scores, explanation = ensemble.score(values), ensemble.explain(values)
    _same_scores(scores, rows, choices)
    tables = {
        "values": values,
        "peers": ensemble.reference.percentile(values),
        "contributions": explanation.contributions,
    }
    ids = scene.full["transaction_id"].to_pylist()
    reasoner = Reasoner(space, features, tables, ids, scene.money)
    place = {name: row for row, name in enumerate(ids)}
    candidates, shown = [], []
    for at, choice in enumerate(choices):
        raising, lowering = reasoner.reasons(at, choice.side)
        account = _account(scene.history, choice, int(peaks[at]))
        seen = sighting(scene.history, account, choice.start, choice.stop)
        cited = {place[name] for reason in (*raising, *lowering) for name in reason["evidence"]}
        cited.add(int(peaks[at]))
        name = candidate_id(scene.run_key, choice.account, choice.period)
        candidates.append(
            {
                "candidate_id": name,
                **_identity(scene.full, choice, int(peaks[at])),
                "score_kind": ensemble.score_kind,
                "mature": bool(rows.mature[choice.row]),
                **_assessment(scores, explanation, at),
                "activity": activity(scene.history, seen, account),
                "reasons": raising,
                "against": lowering,
                "rest": _rest(explanation, at, (*raising, *lowering)),
            }
        )
        shown.append(evidence_rows(scene.full, name, choice, seen, cited))
    return candidates, shown


def candidate_id(run_key: str, account: str, period: str) -> str:
    """Name a candidate by what was scored with what, the account and the period."""
    return hashlib.sha256(f"{run_key}\n{account}\n{period}".encode()).hexdigest()[:16]


def _places(
    full: pa.Table, rows: ScoredRows, choices: Sequence[Choice]
) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    wanted = rows.transaction_id.take(pa.array([choice.row for choice in choices]))
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
