"""One protocol on the shared small world, and the pieces it is made of."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from experiments.config import ExperimentConfig
from experiments.protocol.cuts import split_by
from experiments.protocol.entrant import Field
from experiments.protocol.frame import measure_rows
from experiments.protocol.plan import Plan
from experiments.protocol.prepared import Measured, kept_rows, measured_features, prepared
from experiments.rows import micros, read_rows
from experiments.tracking import Tracker
from features.dataset import Dataset


@pytest.fixture(scope="session")
def lean(quick: ExperimentConfig) -> ExperimentConfig:
    """The quick config with two detectors, some families of features, and a small budget."""
    return ExperimentConfig.model_validate(
        {
            "model": {**quick.model, "detectors": ["hbos", "tail"]},
            "features": {"families": ["volume and velocity", "timing", "geography and channel"]},
            "evaluate": {"budget": 20},
        }
    )


@dataclass(frozen=True)
class Ready:
    """A prepared dataset, and where its looks are counted."""

    dataset: Dataset
    made: Measured
    field: Field
    tracker: Tracker
    place: Path


@pytest.fixture(scope="session")
def ready(lean: ExperimentConfig, world: Any, tmp_path_factory: pytest.TempPathFactory) -> Ready:
    place = tmp_path_factory.mktemp("protocol")
    dataset = world.write(place / "world")
    config = Plan(lean).of("as-of")
    rows = read_rows(dataset, config)
    split = split_by("time", config, dataset.manifest.snapshot_id, rows)
    kept = kept_rows(config, rows, micros(split.parts[0].stop))
    frame = measure_rows(dataset, rows, measured_features(config), kept, place)
    made = prepared(dataset, config, rows, split, frame)
    tracker = Tracker(f"sqlite:///{place / 'mlflow.db'}")
    return Ready(dataset, made, Field.of(made), tracker, place)
