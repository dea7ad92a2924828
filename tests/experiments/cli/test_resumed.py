"""A tuning that was killed goes on from its finished trials, and ends in the same model."""

import signal
import subprocess
import sys

import pytest

from experiments.simulation import WorldConfig, build_world
from features.dataset import DatasetFacts, write_dataset

TRIALS, KILLED_AFTER = 12, 5
CONFIG = """
name = "tuned"
[features]
families = ["volume and velocity", "timing"]
company = false
sizes = [20]
[model]
rounds = 20
patience = 5
threads = 1
reference_points = 101
"""


@pytest.fixture
def asked(tmp_path):
    """Return the arguments that train on a world with enough laundering to choose by."""
    transactions, _, labels = build_world(
        WorldConfig(transactions=8_000, days=30, seed=3, illicit_share=0.05)
    )
    facts = DatasetFacts({"simulator": "test"}, "EUR", 2, "second", labels="complete")
    write_dataset(tmp_path / "data", transactions, facts, labels=labels)
    (tmp_path / "tuned.toml").write_text(CONFIG, encoding="utf-8")
    return ["train", "tuned.toml", "--data", "data", "--out", "model", "--trials", str(TRIALS)]


def kill_after_a_trial(asked, folder):
    """Run the command and kill it when it says that so many trials are done."""
    running = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "experiments", *asked],
        cwd=folder,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    with running:
        for line in running.stderr:
            if line.startswith(f"… trial {KILLED_AFTER} of {TRIALS}"):
                running.kill()
    return running.returncode


def tried(answer):
    """Return the numbers of the trials that a command says it made."""
    lines = [line for line in answer.said.splitlines() if line.startswith("… trial ")]
    return [int(line.split()[2]) for line in lines]


def test_a_killed_tuning_goes_on_and_ends_in_the_model_of_one_that_was_not(
    call, asked, tmp_path, monkeypatch
):
    assert kill_after_a_trial(asked, tmp_path) == -signal.SIGKILL
    assert not (tmp_path / "model").exists()
    resumed = call(*asked)
    assert resumed.code == 0, resumed.said
    left = tried(resumed)
    assert left == list(range(TRIALS - len(left) + 1, TRIALS + 1))
    assert 0 < len(left) <= TRIALS - KILLED_AFTER
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path / 'other' / 'mlflow.db'}")
    (tmp_path / "other").mkdir()
    whole = call(*asked[:-3], "whole", *asked[-2:])
    assert tried(whole) == list(range(1, TRIALS + 1))
    first, second = (
        {path.name: path.read_bytes() for path in (tmp_path / place).iterdir()}
        for place in ("model", "whole")
    )
    assert first == second
