"""The champion, loaded where nothing of the repository is: in an environment that has our wheel.

Slow, so `make installed` runs it. Needs what pip is configured to install from, and no more.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from engine.scoring import Request, score
from experiments import serving
from experiments.config import ExperimentConfig
from experiments.tracking import Tracker
from experiments.training import train

pytestmark = pytest.mark.installed
ROOT = Path(__file__).parents[3]
CHAMPION = "models:/moneytrail@champion"
SCRIPT = """
import json, sys
import mlflow, pandas as pd
model = mlflow.pyfunc.load_model(sys.argv[1])
found = model.predict(pd.read_parquet(sys.argv[2]), params=json.loads(sys.argv[3]))
found.to_parquet(sys.argv[4])
import engine, experiments, features
print(json.dumps([engine.__file__, experiments.__file__, features.__file__]))
"""


def run(*command: str, cwd: Path, **environment: str) -> str:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "MLFLOW"))}
    done = subprocess.run(  # noqa: S603 - our own interpreters
        command, cwd=cwd, env={**kept, **environment}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Build the wheel and install it, with what it needs, into a new environment."""
    place = tmp_path_factory.mktemp("installed")
    run(sys.executable, "-m", "pip", "wheel", "--no-deps", "-q", "-w", ".", str(ROOT), cwd=place)
    run(sys.executable, "-m", "venv", "venv", cwd=place)
    python = place / "venv" / "bin" / "python"
    wheel, pins = next(place.glob("*.whl")), ROOT / "constraints.txt"
    run(str(python), "-m", "pip", "install", "-q", "-c", str(pins), str(wheel), cwd=place)
    return str(python)


@pytest.fixture(params=["file", "server"])
def store(
    request: pytest.FixtureRequest, trained: Any, quick: ExperimentConfig, server: str
) -> str:
    """A store with a champion: a file, or a server that was given the same training."""
    if request.param == "file":
        return str(trained.tracker.uri)
    train(quick, trained.dataset, None, Tracker(server))
    return server


def test_the_champion_scores_elsewhere_as_score_does_here(
    python: str, store: str, trained: Any, tmp_path: Path
) -> None:
    start = trained.result.test_start
    score(trained.dataset, trained.out, tmp_path / "scores", Request(start, budget=5))
    own = pq.ParquetFile(tmp_path / "scores" / "scores.parquet").read().to_pandas()

    rows = serving.to_plain(trained.dataset.read())
    rows.to_parquet(tmp_path / "rows.parquet")
    params = {"from": start.isoformat(), "explained": 20}
    told = run(
        *(python, "-c", SCRIPT, CHAMPION, "rows.parquet", json.dumps(params), "out.parquet"),
        cwd=tmp_path,
        MLFLOW_TRACKING_URI=store,
        MLFLOW_DISABLE_TELEMETRY="true",
    )
    places = json.loads(told.splitlines()[-1])
    assert all("site-packages" in place and str(ROOT) not in place for place in places)

    found = pd.read_parquet(tmp_path / "out.parquet")
    both = own.merge(found, on="transaction_id", how="outer", suffixes=("", "_elsewhere"))
    assert len(both) == len(own) == len(found)
    assert np.array_equal(both["score"], both["score_elsewhere"])
    assert np.array_equal(both["percentile"], both["percentile_elsewhere"])
    here = serving.Served.load(trained.out).predict(rows, params)
    assert found["reasons"].dropna().tolist() == here["reasons"].dropna().tolist()
    assert found["reasons"].notna().sum() == 20
