"""One small world, its models and its scores, made once and shared; nothing may change them."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scouted import save_scouted

from engine.bundle import Bundle, load_bundle, save_bundle
from engine.scoring import Request, score
from experiments.config import ExperimentConfig
from experiments.honest import honest_block
from experiments.learning import learn
from experiments.simulation import WorldConfig, build_world
from experiments.training import prepare
from features.catalogue import definition
from features.dataset import Dataset, DatasetFacts, write_dataset
from features.dataset.manifest import canonical_digest, file_digest

QUICK = {
    "forest_trees": 10,
    "forest_sample": 64,
    "tree_depths": [3],
    "positive_weights": [1.0],
    "anomaly_weights": [0.2],
    "rounds": 20,
    "threads": 1,
    "reference_points": 101,
}


@dataclass(frozen=True)
class Tables:
    """The tables of a small world, and a way to write any variant of them as a dataset."""

    transactions: pa.Table
    accounts: pa.Table
    labels: pa.Table

    def write(
        self,
        out: Path,
        transactions: pa.Table | None = None,
        labels: pa.Table | None = None,
        **changed: Any,
    ) -> Dataset:
        """Write a dataset; without ``labels`` it has none."""
        facts = {
            "source": {"simulator": "test"},
            "reporting_currency": "EUR",
            "minor_digits": 2,
            "time_precision": "second",
            "labels": "none" if labels is None else "complete",
        }
        rows = self.transactions if transactions is None else transactions
        write_dataset(out, rows, DatasetFacts(**{**facts, **changed}), labels=labels)
        return Dataset.open(out)


@dataclass(frozen=True)
class Served:
    """A dataset, a model trained on it and what it scored.

    ``other`` is another model, without labels and without features that look ahead.
    """

    dataset: Dataset
    model: Path
    other: Path
    scores: Path
    budget: int

    def copy(self, out: Path) -> Path:
        """Copy the scores, for a test that changes them."""
        return Path(shutil.copytree(self.scores, out))


def trained(dataset: Dataset, out: Path, **settings: Any) -> Path:
    """Train without recording."""
    config = ExperimentConfig.model_validate({"model": QUICK, **settings})
    prepared, facts = prepare(config, dataset), dataset.manifest
    names = ("snapshot_id", "reporting_currency", "minor_digits", "time_precision")
    learned = learn(prepared)
    save_bundle(
        out,
        learned.ensemble,
        definitions={feature.name: definition(feature) for feature in prepared.measured},
        peers=learned.peers,
        indicators=prepared.indicators.text,
        honest=honest_block(learned.prepared, learned.ensemble),
        facts={
            "config": config.plain(),
            "data": {name: getattr(facts, name) for name in names},
            "split": prepared.split.plain(),
        },
    )
    return out


@pytest.fixture(scope="session")
def tables() -> Tables:
    """Sixty days over a new year."""
    config = WorldConfig(
        transactions=4_000, days=60, seed=3, illicit_share=0.02, start=date(2024, 12, 2)
    )
    return Tables(*build_world(config))


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory, tables: Tables) -> Served:
    """What was trained with labels on all rows, scored with a budget of five a week."""
    place = tmp_path_factory.mktemp("served")
    dataset = tables.write(place / "data", labels=tables.labels)
    model = trained(dataset, place / "model")
    other = trained(dataset, place / "other", labels="ignore", features={"leading": False})
    score(dataset, model, place / "scores", Request(budget=5))
    return Served(dataset, model, other, place / "scores", 5)


@pytest.fixture(scope="session")
def promised(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Served:
    """The same, with a list of three weeks that keeps to a share of false candidates."""
    out = tmp_path_factory.mktemp("promised") / "scores"
    start = served.dataset.manifest.coverage_to - timedelta(weeks=3)
    score(served.dataset, served.model, out, Request(start=start, fdr=0.9))
    return replace(served, scores=out, budget=0)


@pytest.fixture(scope="session")
def small(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Served:
    """The same, with the scores of the last two weeks alone: quick to rebuild."""
    out = tmp_path_factory.mktemp("small") / "scores"
    start = served.dataset.manifest.coverage_to - timedelta(weeks=2)
    score(served.dataset, served.model, out, Request(start=start, budget=2))
    return replace(served, scores=out, budget=2)


@pytest.fixture(scope="session")
def scouted(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Served:
    """The same dataset, a model that looks twice, and all that it scored."""
    place = tmp_path_factory.mktemp("scouted")
    model = save_scouted(place / "model", served.dataset, load_bundle(served.model))
    score(served.dataset, model, place / "scores", Request(budget=5))
    return replace(served, model=model, scores=place / "scores")


@pytest.fixture(scope="session")
def resave() -> Callable[..., Path]:
    """The function that writes a loaded model anew, some of its parts changed."""

    def save(out: Path, bundle: Bundle, **changed: Any) -> Path:
        parts = {
            "definitions": bundle.manifest["definitions"],
            "facts": bundle.manifest["facts"],
            "peers": bundle.peers,
            "indicators": bundle.indicators,
            "honest": bundle.honest,
            "scout": bundle.scout,
        }
        save_bundle(out, bundle.ensemble, **{**parts, **changed})
        return out

    return save


class Tamper:
    """Ways to change what was written, with and without covering the traces."""

    @staticmethod
    def table(file: Path, change: Callable[[list[dict[str, Any]]], object]) -> None:
        """Rewrite a Parquet file with some rows changed."""
        table = pq.ParquetFile(file).read()
        rows = table.to_pylist()
        change(rows)
        pq.write_table(pa.Table.from_pylist(rows, table.schema), file)

    @staticmethod
    def manifest(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
        """Rewrite a folder's manifest."""
        file = folder / "manifest.json"
        manifest = json.loads(file.read_text(encoding="utf-8"))
        change(manifest)
        file.write_text(json.dumps(manifest), encoding="utf-8")

    @classmethod
    def forge(cls, folder: Path) -> None:
        """Give the manifest of scores the digests of what lies there now, and its own."""

        def renew(manifest: dict[str, Any]) -> None:
            for entry in manifest["files"]:
                entry["sha256"] = file_digest(folder / entry["path"])
            bundle = json.loads((folder / "model" / "bundle.json").read_text(encoding="utf-8"))
            manifest["model"]["digest"] = bundle["digest"]
            del manifest["digest"]
            manifest["digest"] = canonical_digest(manifest)

        cls.manifest(folder, renew)


@pytest.fixture(scope="session")
def tamper() -> type[Tamper]:
    """Ways to change what was written."""
    return Tamper
