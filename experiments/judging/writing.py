"""An evaluation as files: one JSON, tables, pictures, and a page that a person can read."""

from dataclasses import asdict
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from experiments.evaluation.capacity import candidates
from experiments.evaluation.pictures import draw_all
from experiments.evaluation.truth import Scored
from experiments.judging.outcome import Evaluation
from experiments.judging.scoring import ModelScores
from experiments.pages import render
from experiments.recording import write_csv, write_json
from features.dataset import TIME


def write_evaluation(folder: Path, told: Evaluation, scored: Scored, scores: ModelScores) -> None:
    """Write an evaluation into a folder that is there and empty."""
    plain = told.plain()
    write_json(folder / "evaluation.json", plain)
    _write_tables(folder / "tables", told, scored, scores)
    pictures = folder / "pictures"
    pictures.mkdir()
    kind = told.model.bundle.ensemble.score_kind
    drawn = draw_all(pictures, told.judgement, scored, None, kind)
    page = render(
        "evaluation.html.j2",
        told=told,
        judged=told.judgement,
        money=told.table.dataset.manifest,
        pictures=[path.name for path in drawn],
    )
    (folder / "index.html").write_text(page, encoding="utf-8")


def _write_tables(folder: Path, told: Evaluation, scored: Scored, scores: ModelScores) -> None:
    folder.mkdir()
    for name, rows in told.judgement.tables().items():
        write_csv(folder / f"{name}.csv", rows)
    write_csv(folder / "intervals.csv", told.intervals())
    write_csv(folder / "evidence_precision.csv", [asdict(family) for family in told.cited])
    pq.write_table(_rows(told, scores), folder / "rows.parquet")
    pq.write_table(_account_weeks(told, scored), folder / "account_weeks.parquet")


def _rows(told: Evaluation, scores: ModelScores) -> pa.Table:
    """Return every judged row with its score; ``illicit`` is null where there is no label."""
    table, labels = told.table, told.table.rows.labels
    illicit = np.zeros(len(table.at), np.bool_)
    pattern: list[str | None] = [None] * len(table.at)
    if labels is not None:
        illicit = labels.known()[table.at] == 1
        for k in np.flatnonzero(illicit).tolist():
            number = int(labels.pattern[table.at[k]])
            pattern[k] = labels.names[number] if number < len(labels.names) else None
    return pa.table(
        {
            "transaction_id": table.transaction_id,
            "timestamp": pa.array(table.rows.time[table.at]).cast(TIME),
            "score": scores.score,
            "percentile": scores.percentile,
            **{f"{name}_percentile": column for name, column in scores.detectors.items()},
            "illicit": pa.array(illicit, mask=~table.known),
            "pattern_id": pa.array(pattern, pa.string()),
        }
    )


def _account_weeks(told: Evaluation, scored: Scored) -> pa.Table:
    """Return every account-week of the rows with a label: its score, and whether it is illicit."""
    grouped = candidates(scored.truth, scored.score)
    rows = told.table.rows
    return pa.table(
        {
            "account": rows.accounts.take(pa.array(grouped.account)),
            "week_from": pa.array(grouped.begins).cast(TIME),
            "score": grouped.score,
            "illicit": grouped.illicit,
        }
    )
