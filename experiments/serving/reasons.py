"""Why payments have their scores, in words: what `score` says of candidates, for a call's rows.

A candidate is an account; a row of a call is a payment, so its sentences speak of the sender and
the receiver.
"""

import json
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import numpy as np

from engine.arrays import Floats, Integers
from engine.attribution import ReceiptError
from engine.bundle import Bundle
from engine.candidates.explaining import Judge, Scene
from engine.candidates.reasons import Reasoner
from engine.candidates.red_flags import RedFlags
from engine.candidates.view import View
from engine.indicators import Horizon, Watch
from engine.peers import SIDES, Comparison, Traits
from engine.scoring import indicators_of
from engine.wording.sentences import PAYMENT
from engine.wording.words import Money
from experiments.serving.batch import Batch
from features.catalogue import Feature
from features.errors import BundleError
from features.history import to_microseconds

_TOLD = (
    "sentence",
    "contribution",
    "feature",
    "family",
    "value",
    "unit",
    "own_past",
    "own_past_note",
    "peer_percentile",
    "peer_group",
    "red_flags",
    "evidence",
    "evidence_total",
)


class _Payments(View):
    """Rows of a slice, spoken of as payments between a sender and a receiver."""

    def sentence(self, column: int, at: int, side: str, beside: Comparison) -> str:  # noqa: ARG002
        """Say what a value means without taking the side of either account."""
        return super().sentence(column, at, PAYMENT, beside)


def reasons(
    bundle: Bundle,
    features: Sequence[Feature],
    batch: Batch,
    rows: Integers,
    scores: Floats,
    most: int,
) -> list[str]:
    """Explain rows of a batch, each as JSON: a list of what raises its score, the strongest first.

    ``rows`` in rising order; ``scores`` are those they were served with.

    Raises
    ------
    ReceiptError
        If the contributions do not add up to these scores.
    """
    if not len(rows):
        return []
    view, judge = _view(bundle, features, batch, rows)
    ensemble = bundle.ensemble
    explanation = ensemble.explain(view.values[:, : len(ensemble.names)])
    wrong = np.flatnonzero(explanation.score != scores)
    if len(wrong):
        name = view.ids[int(rows[wrong[0]])]
        raise ReceiptError(f"{len(wrong)} rows explain another score (first: {name})")
    reasoner = Reasoner(view, explanation.contributions)
    red_flags = RedFlags(view, judge.watch, judge.peers.groups(view.sides))
    told = []
    for at in range(len(rows)):
        raising, _ = reasoner.reasons(at, at, _known_side(view, at), _flags(red_flags, at))
        told.append(_json([{name: one[name] for name in _TOLD} for one in raising[:most]]))
    return told


def _view(
    bundle: Bundle, features: Sequence[Feature], batch: Batch, rows: Integers
) -> tuple[_Payments, Judge]:
    """Measure the rows, with what the indicators and the peer groups need beside the features."""
    peers = bundle.peers
    if peers is None:
        raise BundleError("the model has no peer groups: it was not made by `moneytrail train`")
    data = bundle.manifest["facts"]["data"]
    precision, digits = str(data["time_precision"]), int(data["minor_digits"])
    indicators = indicators_of(bundle)
    measured = indicators.measured(features)
    horizon = Horizon(
        to_microseconds(batch.coverage), to_microseconds(batch.as_of), precision != "day"
    )
    watch = Watch(indicators, measured, peers, digits, horizon)
    judge = Judge(bundle.ensemble, measured, peers, watch, Traits.of(None))
    money = Money(str(data["reporting_currency"]), digits)
    scene = Scene(batch.table, batch.history(precision, digits), "", money)
    view = judge.view(scene, rows)
    return _Payments(*(getattr(view, field.name) for field in fields(view))), judge


def _known_side(view: View, at: int) -> str:
    """Return the side whose accounts a payment's own measures are compared among."""
    return next((side for side in SIDES if view.sides[side].known[at]), SIDES[0])


def _flags(red_flags: RedFlags, at: int) -> dict[str, tuple[str, ...]]:
    """Return, by feature, the ids of the indicators that fired for either account."""
    found: dict[str, tuple[str, ...]] = {}
    for side in SIDES:
        for name, ids in red_flags.flags_of(at, side).items():
            found[name] = tuple(dict.fromkeys((*found.get(name, ()), *ids)))
    return found


def _json(told: list[dict[str, Any]]) -> str:
    return json.dumps(told, ensure_ascii=False, allow_nan=False)
