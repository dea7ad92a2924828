"""The main job from end to end: simulate, train, score the held-back weeks, report."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

from engine.bundle import load_bundle
from engine.report import write_report
from engine.scoring import Request, score
from engine.wording.words import probability
from experiments.config import load_config
from experiments.simulation import WorldConfig, simulate
from experiments.summary import TrainingResult
from experiments.tracking import Tracker
from experiments.training import train
from features.dataset import Dataset

_DAYS = 90
_CONFIG = "default"


@dataclass(frozen=True)
class Demonstration:
    """Where everything lies, and what was found."""

    place: Path
    trained: TrainingResult
    manifest: Mapping[str, Any]
    candidates: list[dict[str, Any]]
    truly_illicit: int
    page: Path

    def lines(self, shown: int, folder: str = "") -> list[str]:
        """Say what was found, where, how good it is, and what to try next.

        ``folder`` is where the commands lie, with a slash at its end, if not on the path.
        """
        best = sorted(self.candidates, key=lambda one: -one["score"])[:shown]
        data, scores = self.place / "data", self.place / "scores"
        return [
            *self.trained.lines()[:-2],
            "",
            (
                f"Found: {len(self.candidates):,} candidates in "
                f"{self.manifest['rows']['in_range']:,} transactions of the held-back weeks; "
                f"{self.truly_illicit:,} of them took part in planted laundering. The first:"
            ),
            *map(_line, best),
            "",
            f"Report: {self.page}",
            "Next, one of:",
            f"  {folder}moneytrail explain {scores} {best[0]['candidate_id'] if best else 'ID'}",
            f"  {folder}moneytrail verify {scores} --data {data}",
            f"  {folder}mlflow ui --backend-store-uri {self.trained.tracking_uri}",
        ]


def demonstrate(
    place: Path, *, transactions: int, seed: int, progress: Callable[[str], None]
) -> Demonstration:
    """Run the main job in the new folder ``place``."""
    progress(f"simulating {transactions:,} transactions in {place / 'data'}")
    simulate(place / "data", WorldConfig(transactions=transactions, days=_DAYS, seed=seed))
    dataset = Dataset.open(place / "data")
    config, model = load_config(_CONFIG), place / "model"
    trained = train(config, dataset, model, Tracker(), progress=progress)
    made = score(dataset, model, place / "scores", _held_back(model), progress=progress)
    progress("writing the report")
    page = write_report(place / "scores")
    candidates = pq.ParquetFile(place / "scores" / "candidates.parquet").read().to_pylist()
    found = _truly_illicit(dataset, candidates)
    return Demonstration(place, trained, made.manifest, candidates, found, page)


def _held_back(model: Path) -> Request:
    """Ask for the test part alone, which no part of the training has seen."""
    split = load_bundle(model).manifest["facts"]["split"]
    return Request(start=datetime.fromisoformat(split["test"]["start"]))


def _truly_illicit(dataset: Dataset, candidates: list[dict[str, Any]]) -> int:
    """Count the candidates whose account took part in a labelled payment of its period."""
    labels = dataset.labels()
    if labels is None:
        return 0
    illicit = labels.filter(pc.equal(labels["label"], 1))["transaction_id"]
    rows = dataset.read(["transaction_id", "timestamp", "sender", "receiver"])
    weeks: set[tuple[str, tuple[int, ...]]] = set()
    for row in rows.filter(pc.is_in(rows["transaction_id"], illicit.combine_chunks())).to_pylist():
        week = tuple(row["timestamp"].isocalendar()[:2])
        weeks |= {(row["sender"], week), (row["receiver"], week)}
    return sum(
        (one["account"], tuple(one["period_start"].isocalendar()[:2])) in weeks
        for one in candidates
    )


def _line(candidate: Mapping[str, Any]) -> str:
    first = candidate["reasons"][0]["sentence"] if candidate["reasons"] else ""
    name, period = candidate["candidate_id"], candidate["period"]
    return f"  {probability(candidate['score']):>8}  {name}  {period}  {first}"
