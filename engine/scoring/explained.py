"""Explain the chosen rows of a run, slice by slice."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa

from engine.candidates.explaining import Scene, explain_choices, moments
from engine.candidates.marks import Marks
from engine.candidates.schema import CANDIDATES, EVIDENCE, INDICATORS
from engine.candidates.selection import Choice, ScoredRows
from engine.scoring.run import Run, reach_with_past
from engine.wording.words import Money
from features.history import History, to_microseconds
from features.slices import Span, plan, slice_table

WHOLE_BYTES = 600  # of a row with all of its columns, and its id as a word; measured


def explained(run: Run, rows: ScoredRows, choices: Sequence[Choice]) -> tuple[pa.Table, pa.Table]:
    """Explain the choices, slice by slice; return candidates and evidence in (week, rank) order."""
    money = Money(run.dataset.manifest.reporting_currency, run.dataset.manifest.minor_digits)
    candidates: list[dict[str, Any]] = []
    evidence: list[pa.Table] = []
    marks = Marks(rows)
    times = rows.time[[choice.row for choice in choices]] if choices else np.empty(0, np.int64)
    for start, stop in _slices(run):
        inside = (times >= to_microseconds(start)) & (times < to_microseconds(stop))
        here = [choices[k] for k in np.flatnonzero(inside).tolist()]
        if not here:
            continue
        scene = _scene(run, *moments(start, stop, here), money)
        found, shown = explain_choices(scene, run.judge, rows, marks, here)
        candidates += found
        evidence += shown
    order = sorted(range(len(candidates)), key=lambda k: _place(candidates[k]))
    return (
        pa.Table.from_pylist([candidates[k] for k in order], CANDIDATES),
        pa.concat_tables([evidence[k] for k in order]).unify_dictionaries()
        if order
        else EVIDENCE.empty_table(),
    )


def _slices(run: Run) -> list[tuple[datetime, datetime]]:
    """Cut the run's range so that the whole rows of a slice, and their names, fit the memory."""
    found = plan(
        run.dataset,
        Span(run.start, run.stop),
        run.as_of,
        run.measured,
        run.means,
        reach=reach_with_past(run.measured),
        beside=WHOLE_BYTES,
        suspicion=run.suspicion,
    )
    return [(parts[0].start, parts[-1].stop) for parts in found.slices]


def fired_table(candidates: pa.Table) -> pa.Table:
    """Return the indicators of all candidates as a table of their own, a row each."""
    rows = [
        {**{name: one[name] for name in ("candidate_id", "account", "period", "rank")}, **fired}
        for one in candidates.to_pylist()
        for fired in one["indicators"]
    ]
    return pa.Table.from_pylist(rows, INDICATORS)


def _place(candidate: Mapping[str, Any]) -> tuple[datetime, int]:
    return candidate["period_start"], candidate["rank"]


def _scene(run: Run, start: datetime, stop: datetime, money: Money) -> Scene:
    """Read what the explanation of rows in ``[start, stop)`` can need: the own past as well."""
    reach = reach_with_past(run.measured)
    asked = (start, stop, run.as_of)
    full = slice_table(run.dataset, reach, *asked, whole=True, suspicion=run.suspicion)
    facts = run.dataset.manifest
    history = History.from_table(
        full,
        coverage_from=facts.coverage_from,
        as_of=run.as_of,
        time_precision=facts.time_precision,
        minor_digits=facts.minor_digits,
    )
    return Scene(full, history, run.key, money)
