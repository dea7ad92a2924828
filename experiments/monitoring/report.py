"""What a training run says of drift: tables, pictures, and a few lines for the model card."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from engine.arrays import Integers
from engine.ensemble import Ensemble
from experiments.monitoring.drift import (
    FamilyDrift,
    FeatureDrift,
    ScoreWeek,
    family_drift,
    feature_drift,
    score_weeks,
)
from experiments.monitoring.importance import FamilyImportance, family_importance
from experiments.monitoring.pictures import draw_drift, draw_families, draw_missing, draw_score
from experiments.monitoring.stability import Usual
from experiments.preparation import PartRows
from experiments.recording import write_csv
from features.catalogue import Feature

REFERENCE, NEWEST = "calibration", "test"


@dataclass(frozen=True)
class Monitored:
    """Which families matter, how far features moved by the test part, how the score went."""

    importance: Sequence[FamilyImportance]
    drift: Sequence[FeatureDrift]
    families: Sequence[FamilyDrift]
    weeks: Sequence[ScoreWeek]
    score_psi: float
    score_kind: str

    def metrics(self) -> dict[str, float]:
        """Return the one number that stands at the top of a run."""
        return {"test_score_psi": self.score_psi}

    def write(self, tables: Path, pictures: Path) -> None:
        """Write tables and pictures into folders that are there."""
        write_csv(tables / "family_importance.csv", [asdict(each) for each in self.importance])
        write_csv(tables / "drift_by_family.csv", [asdict(each) for each in self.families])
        write_csv(tables / "drift_by_feature.csv", [asdict(each) for each in self.drift])
        write_csv(tables / "score_by_week.csv", [asdict(each) for each in self.weeks])
        draw_families(pictures / "family_importance.png", self.importance)
        draw_drift(pictures / "drift_by_family.png", self.families, self.drift, NEWEST)
        draw_missing(pictures / "missing_by_family.png", self.families, NEWEST)
        draw_score(pictures / "score_by_week.png", self.weeks, self.score_kind)


def monitor(
    ensemble: Ensemble,
    features: Sequence[Feature],
    usual: Sequence[Usual],
    parts: Mapping[str, PartRows],
    time: Integers,
) -> Monitored:
    """Compare the test part with the training rows, and the scores of all parts with each other.

    ``usual`` says how each feature's values lay in training; ``time`` is that of all rows of the
    dataset. No label is read.
    """
    scores = {name: ensemble.score(part.X).score for name, part in parts.items()}
    drift = feature_drift(features, usual, parts[NEWEST].X)
    return Monitored(
        family_importance(ensemble, features, parts[REFERENCE].X),
        drift,
        family_drift(drift),
        score_weeks({name: time[part.at] for name, part in parts.items()}, scores, REFERENCE),
        Usual.of(scores[REFERENCE]).index(scores[NEWEST]),
        ensemble.score_kind,
    )
