"""Company: what a scout says of other payments, as training shows it to a model."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from sklearn.metrics import average_precision_score

from engine.bundle import load_bundle, save_bundle
from engine.scoring import Request, score
from experiments import company, learning
from experiments.company import company_features, fit_scout
from experiments.config import ExperimentConfig
from experiments.learning import Learned, learn
from experiments.protocol.frame import measure_rows
from experiments.protocol.prepared import measured_features, prepared
from experiments.tracking import Tracker
from experiments.training import prepare, train
from features.catalogue import COMPANY
from features.dataset import Dataset


@pytest.fixture
def helped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few illicit rows are enough, and company is worth it whatever it brings."""
    monkeypatch.setattr(learning, "LEAST_POSITIVES", 1)
    monkeypatch.setattr(company, "LEAST_GAIN", -1.0)


@pytest.fixture(scope="module")
def dataset(world: Any, tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return world.write(tmp_path_factory.mktemp("company") / "world")


@pytest.fixture
def config(quick: ExperimentConfig) -> ExperimentConfig:
    few = {"families": ["volume and velocity", "counterparties", "timing"], "sizes": []}
    return ExperimentConfig.model_validate({**quick.plain(), "features": few})


@pytest.fixture
def learned(helped: None, dataset: Dataset, config: ExperimentConfig) -> Learned:
    return learn(prepare(config, dataset))


def test_a_scout_sees_trailing_features_alone(learned: Learned) -> None:
    assert learned.scout is not None
    assert len(learned.scout.names) == company.SEEN
    assert not any(feature.statistic.lookahead for feature in learned.scout.features())


def test_training_rows_are_told_what_scouts_say_that_did_not_see_them(
    dataset: Dataset, config: ExperimentConfig
) -> None:
    made = prepare(config, dataset)
    rows = made.training()
    scout, own = fit_scout(made.catalogue, rows, config.ensemble, config.seed)
    place = {feature.name: k for k, feature in enumerate(made.catalogue)}
    sure = scout.suspicion(rows.X[:, [place[name] for name in scout.names]].copy())
    seen, unseen = (average_precision_score(rows.label, each) for each in (sure, own))
    assert unseen < seen


def test_later_rows_are_told_what_the_scout_says_that_is_kept(learned: Learned) -> None:
    made, scout = learned.prepared, learned.scout
    assert made.suspicion is not None
    assert scout is not None
    np.testing.assert_array_equal(made.suspicion.values, made.first_look(scout).values)
    assert list(made.looks) == ["train", "tuning", "calibration"]
    train = made.rows.within(made.split["train"])
    folded, whole = (made.looks[name].values for name in ("train", "tuning"))
    assert (whole != folded)[train].any()
    np.testing.assert_array_equal(whole[train.stop :], folded[train.stop :])


@pytest.mark.parametrize("name", ["tuning", "calibration"])
def test_the_scout_that_is_kept_has_learned_from_rows_that_do_not_see_it(
    learned: Learned, name: str
) -> None:
    made, scout = learned.prepared, learned.scout
    assert scout is not None
    part = learned.validation[name]
    sure, unseen = made.first_look(scout).values[part.at], made.looks[name].values[part.at]
    known = part.label >= 0
    before, after = (
        average_precision_score(part.label[known], told[known]) for told in (unseen, sure)
    )
    assert before < after
    again = made.judged(name)
    one, two = (rows.X[np.argsort(rows.at)] for rows in (part, again))
    np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("why", ["refit", "labels"])
def test_a_scout_is_not_taught_anew_where_the_trees_are_not(
    helped: None,
    dataset: Dataset,
    config: ExperimentConfig,
    monkeypatch: pytest.MonkeyPatch,
    why: str,
) -> None:
    monkeypatch.setattr(company, "taught_anew", None)
    made = prepare(config, dataset)
    if why == "refit":
        kept = config.model_copy(update={"model": {**config.model, "refit": False}})
        made = prepare(kept, dataset)
    else:
        assert made.rows.labels is not None
        label = made.rows.labels.label.copy()
        label[made.rows.within(made.split["calibration"])] = 0
        rows = replace(made.rows, labels=replace(made.rows.labels, label=label))
        made = replace(made, rows=rows)
    learned = learn(made)
    assert learned.scout is not None
    assert list(learned.prepared.looks) == ["train"]
    assert learned.earlier is learned.ensemble


def test_rows_that_are_not_evaluated_are_not_suspicious(
    helped: None, dataset: Dataset, config: ExperimentConfig
) -> None:
    narrow = config.model_copy(
        update={"population": config.population.model_copy(update={"evaluate": "internal"})}
    )
    made = learn(prepare(narrow, dataset)).prepared
    outside = ~made.rows.evaluated
    assert outside.any()
    for told in (made.suspicion, *made.looks.values()):
        assert told is not None
        assert told.values[~outside].any()
        assert not told.values[outside].any()


def test_company_that_does_not_help_is_left_out(
    dataset: Dataset, config: ExperimentConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learning, "LEAST_POSITIVES", 1)
    monkeypatch.setattr(company, "LEAST_GAIN", 2.0)
    learned = learn(prepare(config, dataset))
    assert learned.scout is None
    assert set(learned.first_look) == {"average_precision_without", "average_precision_with"}
    assert set(COMPANY).isdisjoint(learned.prepared.catalogue)


def test_with_few_labels_or_where_it_is_not_wanted_nobody_looks_first(
    dataset: Dataset, config: ExperimentConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(company, "fit_scout", None)
    learn(prepare(config, dataset))
    monkeypatch.setattr(learning, "LEAST_POSITIVES", 1)
    unwanted = config.features.model_copy(update={"company": False})
    learn(prepare(config.model_copy(update={"features": unwanted}), dataset))


def test_a_model_that_never_looks_ahead_sees_company_of_before(
    dataset: Dataset, config: ExperimentConfig
) -> None:
    trailing = config.features.model_copy(update={"leading": False})
    made = prepare(config.model_copy(update={"features": trailing}), dataset)
    assert {feature.direction for feature in company_features(made)} == {"trailing"}
    assert len(company_features(made)) < len(company_features(prepare(config, dataset)))


def test_rows_measured_once_see_the_same_company(
    helped: None, learned: Learned, dataset: Dataset, config: ExperimentConfig, tmp_path: Path
) -> None:
    rows, split = learned.prepared.rows, learned.prepared.split
    kept = np.ones(len(rows.time), np.bool_)
    frame = measure_rows(dataset, rows, measured_features(config), kept, tmp_path)
    other = learn(prepared(dataset, config, rows, split, frame))
    for part in ("train", "tuning", "calibration"):
        one, two = (
            made.training() if part == "train" else made.judged(part)
            for made in (learned.prepared, other.prepared)
        )
        np.testing.assert_array_equal(one.X, two.X)


def test_order_of_rows_and_threads_change_no_byte_of_a_model_that_looks_twice(
    helped: None, world: Any, config: ExperimentConfig, tmp_path: Path
) -> None:
    order = np.random.default_rng(5).permutation(world.transactions.num_rows)
    found = []
    for name, table in {"a": world.transactions, "b": world.transactions.take(order)}.items():
        learned = learn(prepare(config, world.write(tmp_path / name, table)))
        folder, scout = tmp_path / f"model-{name}", learned.scout
        save_bundle(folder, learned.ensemble, definitions={}, facts={}, scout=scout)
        found.append({path.name: path.read_bytes() for path in sorted(folder.iterdir())})
    assert "scout.ubj" in found[0]
    assert found[0] == found[1]


def test_a_trained_model_scores_in_use_what_it_was_judged_by(
    helped: None, dataset: Dataset, config: ExperimentConfig, tmp_path: Path
) -> None:
    tracker = Tracker(f"sqlite:///{tmp_path / 'mlflow.db'}")
    train(config, dataset, tmp_path / "model", tracker)
    bundle = load_bundle(tmp_path / "model")
    assert bundle.scout is not None
    learned = learn(prepare(config, dataset))
    part, rows = learned.prepared.split["test"], learned.prepared.judged("test")
    score(dataset, tmp_path / "model", tmp_path / "out", Request(part.start, part.stop, part.as_of))
    ids = learned.prepared.rows.transaction_id.take(rows.at)
    table = pq.read_table(tmp_path / "out" / "scores.parquet")
    place = pc.index_in(ids, value_set=table["transaction_id"].combine_chunks()).to_numpy()
    np.testing.assert_array_equal(
        table["score"].to_numpy()[place], learned.ensemble.score(rows.X).score
    )
