"""A whole protocol on a small world: one look, every number with its interval, all at once."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine.detectors.bank import DETECTORS
from experiments.evaluation.ranking import rank
from experiments.learning import learn
from experiments.protocol.contest import EMBARGO, NO_CHANNEL, NO_PAIRS, OURS
from experiments.protocol.outcome import Outcome
from experiments.protocol.plan import Plan
from experiments.protocol.rivals import rule_scores
from experiments.protocol.run import protocol
from experiments.protocol.unlabelled import TOGETHER
from experiments.tracking import LOOK_TAG
from features.errors import InputError, OutputError


@pytest.fixture(scope="module")
def said() -> list[str]:
    return []


@pytest.fixture(scope="module")
def told(ready: Any, lean: Any, said: list[str]) -> Outcome:
    plan = Plan(lean, seeds=2, trials=2)
    return protocol(plan, ready.dataset, ready.place / "out", ready.tracker, progress=said.append)


def test_features_are_computed_once_for_all_modes_seeds_and_variants(
    told: Outcome, said: list[str]
) -> None:
    assert len([line for line in said if line.startswith("computing")]) == 1
    assert [result.mode for result in told.results] == ["trailing", "as-of"]
    assert told.results[0].features < told.results[1].features


def test_everybody_takes_part(told: Outcome) -> None:
    for result in told.results:
        names = {one.name for one in result.entrants}
        assert {OURS, NO_PAIRS, NO_CHANNEL, EMBARGO, "chance", "amount alone"} <= names
        assert {f"{name} alone" for name in (*DETECTORS, "published rules")} <= names
        assert TOGETHER in names
        assert "XGBoost on raw columns" in names
        assert [len(one.rankings) for one in result.entrants if one.name == OURS] == [2]


def test_the_numbers_are_those_of_the_scores(told: Outcome, ready: Any) -> None:
    truth = ready.field.test
    for result in told.results:
        for one in result.entrants:
            mean = result.tables[0].entrants[one.name]["average_precision"]
            own = [rank(r.score).average_precision(truth.illicit) for r in one.rankings]
            assert mean.values == pytest.approx(own)
            assert not mean.interval.low > mean.interval.high
        ours = result.entrants[0].rankings[0]
        flagged = ours.score >= ours.threshold
        f1 = 2 * (flagged & truth.illicit).sum() / (flagged.sum() + truth.illicit.sum())
        assert result.headline["f1"].values[0] == pytest.approx(f1)
        kinds = {str(kind) for kind in truth.kind[truth.illicit]}
        assert set(result.kinds) == kinds
        for kind in kinds:
            own = truth.illicit & (truth.kind == kind)
            recall = flagged[own].sum() / own.sum()
            assert result.headline[f"recall of {kind}"].values[0] == pytest.approx(recall)


def test_chance_reaches_the_base_rate(told: Outcome) -> None:
    for table in told.results[0].tables:
        if table.entrants:
            chance = table.entrants["chance"]["average_precision"]
            assert chance.mean == pytest.approx(table.base_rate)


def test_what_is_left_of_the_rows_is_counted(told: Outcome, ready: Any) -> None:
    tables = {table.rows: table for table in told.results[0].tables}
    assert tables["all"].judged == len(ready.field.test)
    assert tables["strict"].judged <= tables["account-disjoint"].judged < tables["all"].judged
    assert tables["ring-disjoint"].illicit <= tables["all"].illicit


def test_the_test_part_is_looked_at_once_however_many_are_judged(told: Outcome, ready: Any) -> None:
    assert told.looks == {"time": 1}
    with ready.tracker.pointed() as mlflow:
        run = mlflow.MlflowClient().get_run(told.run)
    assert run.data.tags[LOOK_TAG] == told.splits["time"].digest
    assert run.data.metrics["test_looks_time"] == 1
    ours = told.results[0].headline["average_precision"].mean
    assert run.data.metrics["time_trailing_average_precision"] == pytest.approx(ours)
    blind = told.results[0].tables[0].entrants[TOGETHER]["average_precision"].mean
    assert run.data.metrics["time_trailing_no_labels_average_precision"] == pytest.approx(blind)


def test_the_files_say_what_the_command_says(told: Outcome) -> None:
    plain = json.loads((told.out / "protocol.json").read_text())
    assert plain == json.loads(json.dumps(told.plain()))
    lines = (told.out / "tables/metrics.csv").read_text().splitlines()
    assert len(lines) == 1 + len(list(told.metrics()))
    assert (told.out / "tables/time_as_of_first_seed_capacity.csv").is_file()
    page = (told.out / "index.html").read_text()
    assert "http://" not in page
    assert "https://" not in page
    for name in ("time_trailing.png", "time_as_of.png"):
        assert (told.out / "pictures" / name).is_file()
        assert f'src="pictures/{name}"' in page
    assert sorted(path.name for path in told.out.iterdir()) == [
        "index.html",
        "pictures",
        "protocol.json",
        "tables",
    ]


def test_nothing_is_left_beside_the_output(told: Outcome) -> None:
    assert not [path for path in told.out.parent.iterdir() if path.name.startswith(".features")]


def test_a_rehearsal_looks_at_nothing(ready: Any, lean: Any) -> None:
    plan = Plan(lean, seeds=1, modes=("trailing",), trials=1, variants=False, rehearse=True)
    found = protocol(plan, ready.dataset, ready.place / "rehearsal", ready.tracker)
    assert found.looks == {}
    assert found.splits["time"].parts[-1].stop <= ready.made.split.parts[-1].start
    with ready.tracker.pointed() as mlflow:
        run = mlflow.MlflowClient().get_run(found.run)
    assert LOOK_TAG not in run.data.tags


def test_rules_are_scored_where_they_fire(ready: Any) -> None:
    narrow = ready.made.seeing(tuple(f for f in ready.made.catalogue if f.direction == "row"))
    scores = rule_scores(ready.field, learn(narrow))
    assert [len(each) for each in scores] == [len(ready.field.validation), len(ready.field.test)]
    assert all((each >= 0).all() and not np.isnan(each).any() for each in scores)
    assert scores[1].any()


def test_an_existing_output_and_data_without_labels_are_refused(
    ready: Any, lean: Any, world: Any, tmp_path: Any
) -> None:
    with pytest.raises(OutputError, match="exists already"):
        protocol(Plan(lean), ready.dataset, ready.place, ready.tracker)
    bare = world.write(tmp_path / "bare", completeness="none")
    with pytest.raises(InputError, match="no labels"):
        protocol(Plan(lean), bare, tmp_path / "out", ready.tracker)
    honest = replace(Plan(lean), cuts=("day",))
    labels = world.labels.filter([not bool(v) for v in world.labels["label"].to_pylist()])
    nothing = world.write(tmp_path / "honest", None, labels)
    with pytest.raises(InputError, match="nothing illicit"):
        protocol(honest, nothing, tmp_path / "out", ready.tracker)
    assert not (tmp_path / "out").exists()
