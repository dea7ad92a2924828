"""One small world and one recorded training run, shared by all tests of experiments."""

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pytest

from experiments.config import ExperimentConfig
from experiments.simulation import WorldConfig, build_world
from experiments.summary import TrainingResult
from experiments.tracking import Tracker
from experiments.training import train
from features.dataset import Dataset, DatasetFacts, write_dataset


@dataclass(frozen=True)
class World:
    """Simulated tables, and a way to write any variant of them as a dataset."""

    transactions: pa.Table
    labels: pa.Table

    def write(
        self,
        out: Path,
        transactions: pa.Table | None = None,
        labels: pa.Table | None = None,
        completeness: str = "complete",
    ) -> Dataset:
        facts = DatasetFacts(
            source={"simulator": "test"},
            reporting_currency="EUR",
            minor_digits=2,
            time_precision="second",
            labels=completeness,
        )
        rows = self.transactions if transactions is None else transactions
        if completeness != "none":
            labels = self.labels if labels is None else labels
        write_dataset(out, rows, facts, labels=labels)
        return Dataset.open(out)


@dataclass(frozen=True)
class Trained:
    """A finished run: its result, its dataset and where it is recorded."""

    result: TrainingResult
    dataset: Dataset
    tracker: Tracker
    out: Path


@pytest.fixture(scope="session")
def quick() -> ExperimentConfig:
    """A config that trains in a second or two."""
    return ExperimentConfig.model_validate(
        {
            "model": {
                "forest_trees": 10,
                "forest_sample": 64,
                "tree_depths": [3],
                "positive_weights": [1.0],
                "anomaly_weights": [0.0],
                "rounds": 20,
                "threads": 1,
                "reference_points": 101,
            }
        }
    )


@pytest.fixture(scope="session")
def world() -> World:
    transactions, _, labels = build_world(
        WorldConfig(transactions=8_000, days=30, seed=3, illicit_share=0.02)
    )
    return World(transactions, labels)


@pytest.fixture(scope="session")
def trained(
    tmp_path_factory: pytest.TempPathFactory, world: World, quick: ExperimentConfig
) -> Trained:
    place = tmp_path_factory.mktemp("trained")
    dataset = world.write(place / "world")
    tracker = Tracker(f"sqlite:///{place / 'mlflow.db'}")
    result = train(quick, dataset, place / "model", tracker, title="quick on world")
    return Trained(result, dataset, tracker, place / "model")


@pytest.fixture(scope="session")
def rival(
    tmp_path_factory: pytest.TempPathFactory, trained: Trained, quick: ExperimentConfig
) -> Trained:
    """A second run on the same data, recorded in the same store, with another seed."""
    out = tmp_path_factory.mktemp("rival") / "model"
    result = train(quick.model_copy(update={"seed": 8}), trained.dataset, out, trained.tracker)
    return Trained(result, trained.dataset, trained.tracker, out)
