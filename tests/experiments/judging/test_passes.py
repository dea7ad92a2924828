"""Several models judged together say what each says alone, whichever scouts they have."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from scouted import scout_of

from engine.bundle import load_bundle
from engine.scoring import Request, score
from engine.scoring.run import Run
from experiments.comparing.differences import differences
from experiments.config import ExperimentConfig
from experiments.judging.evaluate import evaluate
from experiments.judging.listing import listing
from experiments.judging.model import Model
from experiments.judging.passes import planned
from experiments.judging.scoring import (
    score_table,
    settle_rows,
    settled_runs,
    shared_features,
)
from experiments.judging.span import Asked
from experiments.tracking import Tracker
from features.catalogue import COMPANY
from features.slices import Means


def model_of(folder: Path) -> Model:
    bundle = load_bundle(folder)
    config = ExperimentConfig.model_validate(bundle.manifest["facts"]["config"])
    return Model(str(folder), str(folder), None, folder, bundle, config)


@pytest.fixture(scope="module")
def models(
    scouted: Any, served: Any, resave: Any, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Model, ...]:
    """One that looks once, one that looks twice, and that one with another scout."""
    other = tmp_path_factory.mktemp("other") / "model"
    scout = scout_of(scouted.dataset, 2)
    resave(other, load_bundle(scouted.model), scout=scout)
    return tuple(model_of(folder) for folder in (served.model, scouted.model, other))


@pytest.fixture(scope="module")
def settled(scouted: Any, models: Any) -> Any:
    return settle_rows(scouted.dataset, models, Asked())


@pytest.fixture
def runs(scouted: Any, models: Any, settled: Any) -> list[Run]:
    return settled_runs(scouted.dataset, models, settled[0], Means(1, 2, 61), silent)


def silent(_: str) -> None:
    pass


def test_only_the_company_is_computed_again_for_a_further_scout(
    models: Any, runs: list[Run]
) -> None:
    passes, columns = planned(runs)
    names = [[feature.name for feature in each.features] for each in passes]
    company = [feature.name for feature in COMPANY]
    assert names[1] == company
    assert names[0][-len(company) :] == company
    assert len(set(names[0])) == len(names[0])
    joined = [*names[0], *names[1]]
    for model, own in zip(models, columns, strict=True):
        assert [joined[column] for column in own] == list(model.bundle.ensemble.names)
    assert not set(columns[1]) & set(columns[2]) & {joined.index(name) for name in company}


def test_models_without_a_scout_share_one_pass(runs: list[Run]) -> None:
    passes, columns = planned([runs[0], runs[0]])
    assert len(passes) == 1
    assert passes[0].run.suspicion is None
    assert np.array_equal(columns[0], columns[1])


def test_together_each_says_what_it_says_alone_and_what_score_says(
    scouted: Any, models: Any, settled: Any, runs: list[Run], tmp_path: Path
) -> None:
    judged, table = settled
    seen = []
    together = score_table(table, runs, silent, lambda X, _: seen.append(X.copy()))
    X = np.concatenate(seen)
    features, columns = shared_features(runs)
    assert X.shape == (len(table.at), len(features))
    ids = table.transaction_id.to_pylist()
    for k, (model, found) in enumerate(zip(models, together, strict=True)):
        assert np.array_equal(found.score, model.bundle.ensemble.score(X[:, columns[k]]).score)
        own = settled_runs(scouted.dataset, [model], judged, Means(), silent)
        alone = score_table(table, own, silent)[0]
        assert np.array_equal(found.score, alone.score)
        request = Request(judged.start, judged.stop, judged.as_of, 1)
        score(scouted.dataset, model.folder, tmp_path / str(k), request)
        rows = pq.ParquetFile(tmp_path / str(k) / "scores.parquet").read().to_pydict()
        said = dict(zip(rows["transaction_id"], rows["score"], strict=True))
        assert [said[name] for name in ids] == found.score.tolist()
    assert not np.array_equal(together[1].score, together[2].score)


def test_the_listing_of_a_model_that_looks_twice_says_how_the_look_goes_on(
    scouted: Any, models: Any
) -> None:
    judged, table = settle_rows(scouted.dataset, models[1:2], Asked())
    said: list[str] = []
    runs = settled_runs(scouted.dataset, models[1:2], judged, Means(), said.append, 20)
    assert listing(table, runs[0], said.append)
    assert any(line.startswith("first look: ") for line in said)


def test_evaluating_a_model_that_looks_twice_takes_its_first_look_once(
    scouted: Any, models: Any, tmp_path: Path
) -> None:
    said: list[str] = []
    tracker = Tracker(f"sqlite:///{tmp_path / 'mlflow.db'}")
    told = evaluate(
        *(str(scouted.model), scouted.dataset, tmp_path / "out", tracker, Asked()),
        progress=said.append,
    )
    once: list[str] = []
    run = settled_runs(scouted.dataset, models[1:2], told.judged, Means(), once.append)[0]
    assert run.suspicion is not None
    looked = [line for line in said if line.startswith("first look: ")]
    assert looked == [line for line in once if line.startswith("first look: ")] != []


def test_what_differs_between_scouts_is_said(models: Any) -> None:
    words = [each.words for each in differences(models[1], models[2])]
    assert [line for line in words if line.startswith("fit, first look: 9 features")]
    words = [each.words for each in differences(models[0], models[1])]
    assert [line for line in words if line.startswith("fit, first look: not there in A")]
    assert not differences(models[1], models[1])
