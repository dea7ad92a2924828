"""What a training run comes to: for the person who started it, and for machines."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from experiments.evaluation.judgement import Judgement
from experiments.evaluation.words import lines
from experiments.tracking import CHAMPION

_KIND = {
    "probability": ", and trees that learned from labels; the score is a probability",
    "uncalibrated": ", and trees that learned from labels; the score is uncalibrated: a rank, no "
    "probability",
    "anomaly": "; no labels used, the score is an anomaly percentile",
}


@dataclass(frozen=True)
class Looks:
    """How often the test part of a split was looked at, this run included."""

    split: str
    count: int


@dataclass(frozen=True)
class TrainingResult:
    """A finished training run.

    ``judgements`` is empty without labels; ``looks`` is None when the test part was not judged.
    ``notes`` say in words what was done in place of what the config asked for. ``alias`` is what
    the registry now calls the model, ``champion`` the version that serves.
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
    champion: str
    model_name: str
    out: Path | None
    test_start: datetime

    @property
    def model(self) -> str:
        """What to give to ``moneytrail score --model``."""
        return str(self.out) if self.out else self.model_uri

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
            "champion": self.champion,
            "out": str(self.out) if self.out else None,
        }

    def _made(self) -> list[str]:
        parts = ", ".join(f"{name} {count:,}" for name, count in self.rows.items())
        detectors = ", ".join(self.detectors)
        what = f"detectors {detectors}{_KIND[self.score_kind]}"
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
        return [
            *lines(judged),
            f"  look {self.looks.count} at this test part"
            + ("." if self.looks.count == 1 else ": the more looks, the more its numbers flatter."),
        ]

    def _kept(self) -> list[str]:
        folder = [f"The bundle also lies in {self.out}."] if self.out else []
        return [
            f"Run {self.run_id} in {self.tracking_uri}.",
            *self._registered(),
            *folder,
            "Next, on rows it was not trained on:",
            (
                f"  moneytrail score {self.dataset} --model {self.model} --out scores "
                f"--from {self.test_start:%Y-%m-%dT%H:%M:%S}"
            ),
        ]

    def _registered(self) -> list[str]:
        """Say whether it serves now, and if not, what would make it."""
        told = f"Registered as {self.model_uri}"
        if self.alias == CHAMPION:
            return [f"{told}: the first, so the alias {CHAMPION} points to it."]
        first = f"models:/{self.model_name}@{CHAMPION}"
        return [
            f"{told}; the alias {self.alias} now points to it.",
            f"The {CHAMPION} is still version {self.champion}. To see the change, and to make it:",
            f"  moneytrail compare {first} {self.model_uri} --data {self.dataset} --out comparison",
            f"  moneytrail promote {self.model_uri} --comparison comparison",
        ]
