"""What a training run comes to: for the person who started it, and for machines."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from experiments.evaluation.judgement import KIND_TOP, Judgement


@dataclass(frozen=True)
class Looks:
    """How often the test part of a split was looked at, this run included."""

    split: str
    count: int


@dataclass(frozen=True)
class TrainingResult:
    """A finished training run.

    ``judgements`` is empty without labels; ``looks`` is None when the test part was not judged.
    ``notes`` say in words what was done in place of what the config asked for.
    """

    dataset: str
    snapshot_id: str
    rows: Mapping[str, int]
    features: int
    score_kind: str
    detectors: tuple[str, ...]
    judgements: Mapping[str, Judgement]
    looks: Looks | None
    notes: tuple[str, ...]
    tracking_uri: str
    run_id: str
    model_uri: str
    alias: str
    model_name: str
    out: Path | None
    test_start: datetime

    @property
    def model(self) -> str:
        """What to give to ``moneytrail score --model``."""
        return str(self.out) if self.out else f"models:/{self.model_name}@{self.alias}"

    def lines(self) -> list[str]:
        """Return the result in a few plain lines."""
        return [*self._made(), *self._measured(), *self._kept()]

    def plain(self) -> dict[str, Any]:
        """Return the result as plain JSON values."""
        metrics: dict[str, float] = {}
        for judged in self.judgements.values():
            metrics |= judged.headline()
        return {
            "dataset": self.dataset,
            "snapshot_id": self.snapshot_id,
            "rows": dict(self.rows),
            "features": self.features,
            "score_kind": self.score_kind,
            "detectors": list(self.detectors),
            "metrics": metrics,
            "test_looks": self.looks.count if self.looks else None,
            "split": self.looks.split if self.looks else None,
            "notes": list(self.notes),
            "tracking_uri": self.tracking_uri,
            "run_id": self.run_id,
            "model_uri": self.model_uri,
            "alias": self.alias,
            "out": str(self.out) if self.out else None,
        }

    def _made(self) -> list[str]:
        parts = ", ".join(f"{name} {count:,}" for name, count in self.rows.items())
        detectors = ", ".join(self.detectors)
        what = f"detectors {detectors}" + (
            ", and trees that learned from labels; the score is a probability"
            if self.score_kind == "probability"
            else "; no labels used, the score is an anomaly percentile"
        )
        return [
            f"Trained on {self.dataset} (snapshot {self.snapshot_id[:12]}): {what}.",
            f"{self.features} features. Evaluated rows in time: {parts}.",
            *(f"Note: {note}." for note in self.notes),
        ]

    def _measured(self) -> list[str]:
        judged = self.judgements.get("test")
        if judged is None or self.looks is None:
            return ["Not judged: the test part has no labels."]
        if not judged.illicit:
            return ["Not judged: no row of the test part is known to be illicit."]
        top = next(top for top in judged.tops if top.share == KIND_TOP)
        point = judged.capacity
        low, high = judged.interval.low, judged.interval.high
        return [
            (
                f"On the test part ({judged.rows:,} rows, {judged.illicit:,} illicit, in "
                f"{judged.patterns} patterns):"
            ),
            (
                f"  average precision  {judged.average_precision:.3f}  (base rate "
                f"{judged.base_rate:.4f}; 95 % interval {low:.2f} to {high:.2f})"
            ),
            (
                f"  recall, top 1 %    {top.recall:.3f}  ({top.illicit_found:.0f} of {top.illicit} "
                f"illicit rows in {top.rows:,} rows)"
            ),
            (
                f"  {point.budget} candidates a week: {point.precision:.1%} of them hold an "
                f"illicit row; they show {point.row_recall:.1%} of the illicit rows"
            ),
            f"  look {self.looks.count} at this test part"
            + ("." if self.looks.count == 1 else ": the more looks, the more its numbers flatter."),
        ]

    def _kept(self) -> list[str]:
        folder = [f"The bundle also lies in {self.out}."] if self.out else []
        return [
            f"Run {self.run_id} in {self.tracking_uri}.",
            f"Registered as {self.model_uri}; the alias {self.alias} now points to it.",
            *folder,
            "Next, on rows it was not trained on:",
            (
                f"  moneytrail score {self.dataset} --model {self.model} --out scores "
                f"--from {self.test_start:%Y-%m-%dT%H:%M:%S}"
            ),
        ]
