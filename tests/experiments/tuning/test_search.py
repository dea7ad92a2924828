"""The search for settings: deterministic, and one that was stopped goes on where it was."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.growth import Part
from engine.settings import EnsembleConfig
from engine.trials import Trial
from experiments.config import ExperimentConfig
from experiments.tuning import STUDIES, Search, search, search_for

CONFIG = EnsembleConfig(rounds=12, patience=4, threads=1, anomaly_weights=(0.0, 0.2))
TRIALS = 11  # more than are drawn at random before the sampler learns

KILLED = """
import os, signal, sys
from pathlib import Path
from test_search import CONFIG, TRIALS, part
from experiments.tuning import Search, search

grown, calls = search.grown, []

def killed(*args):
    calls.append(1)
    if len(calls) == 6:
        os.kill(os.getpid(), signal.SIGKILL)
    return grown(*args)

search.grown = killed
Search(Path(sys.argv[1]), "key", TRIALS)(part(1), part(2), CONFIG, 7)
"""


def part(seed: int, rows: int = 500) -> Part:
    random = np.random.default_rng(seed)
    X = random.standard_normal((rows, 6))
    logits = random.standard_normal((rows, 2))
    chance = X[:, 0] + X[:, 1] * X[:, 2] + logits[:, 0]
    return Part.of(X, logits, logits.mean(axis=1), chance + random.standard_normal(rows) > 2.2)


def found(file: Path, trials: int = TRIALS, seed: int = 7) -> Trial:
    return Search(file, "key", trials)(part(1), part(2), CONFIG, seed)


def same(one: Trial, other: Trial) -> bool:
    return one.facts() == other.facts() and one.trees.to_bytes() == other.trees.to_bytes()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Trial:
    return found(tmp_path_factory.mktemp("whole") / STUDIES)


def test_the_best_of_all_trials_is_chosen(whole: Trial) -> None:
    assert len(whole.tried) == TRIALS
    assert whole.facts() in whole.tried
    best = max(float(str(trial["average_precision"])) for trial in whole.tried)
    assert whole.average_precision == best


def test_the_first_trial_is_the_setting_of_the_config(whole: Trial) -> None:
    begun = whole.tried[0]
    assert begun["depth"] == CONFIG.tree_depths[-1]
    assert begun["learning_rate"] == CONFIG.learning_rate
    assert begun["positive_weight"] == CONFIG.positive_weights[0]


def test_trials_differ_in_everything_that_is_tuned(whole: Trial) -> None:
    for name in whole.tried[0]:
        assert len({str(trial[name]) for trial in whole.tried}) > 1, name


def test_a_search_that_was_killed_goes_on_where_it_was(whole: Trial, tmp_path: Path) -> None:
    file = tmp_path / STUDIES
    ended = subprocess.run(  # noqa: S603
        [sys.executable, "-W", "ignore", "-c", KILLED, str(file)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([*sys.path, str(Path(__file__).parent)])},
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL
    again = found(file)
    assert same(again, whole)
    assert again.tried == whole.tried


def test_a_search_killed_in_its_first_trial_begins_with_it_again(
    whole: Trial, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(search, "grown", stopped)
        with pytest.raises(KeyboardInterrupt):
            found(tmp_path / STUDIES)
    assert found(tmp_path / STUDIES, 3).tried == whole.tried[:3]


def test_more_trials_can_be_asked_for_later(whole: Trial, tmp_path: Path) -> None:
    assert found(tmp_path / STUDIES, 9).tried == whole.tried[:9]
    assert same(found(tmp_path / STUDIES), whole)


def test_a_finished_search_tries_nothing_anew(
    whole: Trial, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found(tmp_path / STUDIES)
    calls = []
    grown = search.grown
    monkeypatch.setattr(search, "grown", lambda *a: calls.append(1) or grown(*a))
    assert same(found(tmp_path / STUDIES), whole)
    assert len(calls) == 1  # the chosen one, once more


def test_another_seed_or_other_rows_are_another_search(tmp_path: Path) -> None:
    file = tmp_path / STUDIES
    first = found(file, 2)
    other = Search(file, "key", 2)(part(3), part(2), CONFIG, 7)
    named = Search(file, "other", 2)(part(1), part(2), CONFIG, 8)
    assert first.tried != other.tried
    assert first.tried[1:] != named.tried[1:]


def test_the_key_knows_config_data_and_catalogue_and_not_the_number_of_trials(
    tmp_path: Path,
) -> None:
    def key(data: str = "d", catalogue: str = "c", **content: Any) -> str:
        config = ExperimentConfig.model_validate(content)
        made = search_for(config, data, catalogue, f"sqlite:///{tmp_path / 'm.db'}", str)
        assert made.file == tmp_path / STUDIES
        return made.key

    assert key() == key(tuning={"trials": 5})
    assert len({key(), key(seed=8), key("e"), key(catalogue="e"), key(model={"rounds": 9})}) == 5
