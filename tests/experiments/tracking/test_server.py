"""The same through a real MLflow server on loopback: train, compare, promote, load back."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.bundle import load_bundle
from engine.scoring import features_of
from experiments import serving
from experiments.comparing.compare import compare
from experiments.config import ExperimentConfig, Features
from experiments.judging.span import Asked
from experiments.promotion import promote
from experiments.tracking import Tracker, resolve_model
from experiments.training import train

STARTS_WITHIN = 60
FEW = ("volume and velocity",)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run a server with a store of its own; end it, and all it started, afterwards."""
    place, port = tmp_path_factory.mktemp("server"), free_port()
    uri = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--workers", "1"]
    command += ["--backend-store-uri", f"sqlite:///{place / 'server.db'}"]
    command += ["--artifacts-destination", str(place / "artifacts")]
    environment = {k: v for k, v in os.environ.items() if k != "MLFLOW_TRACKING_URI"}
    environment |= {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}
    environment |= {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    with (place / "log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter
            command, cwd=place, env=environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        end = time.monotonic() + STARTS_WITHIN
        while not answers(port):
            if process.poll() is not None or time.monotonic() > end:
                pytest.fail(f"the server did not start:\n{(place / 'log').read_text()[-2000:]}")
            time.sleep(0.2)
        yield uri
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=20)


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_model_goes_through_a_real_server_from_training_to_champion_and_back(
    server: str, world: Any, quick: ExperimentConfig, tmp_path: Path
) -> None:
    tracker, dataset = Tracker(server), world.write(tmp_path / "world")
    plain = quick.model_copy(update={"features": Features(families=FEW)})
    other = plain.model_copy(update={"seed": 8})
    first = train(plain, dataset, tmp_path / "first", tracker)
    second = train(other, dataset, tmp_path / "second", tracker)
    assert (first.alias, second.alias) == ("champion", "challenger")
    assert second.champion == "1"
    champion, challenger = "models:/moneytrail@champion", "models:/moneytrail@challenger"
    assert files(resolve_model(champion, tmp_path / "m1", server).folder) == files(
        tmp_path / "first"
    )

    forward = tmp_path / "forward"
    told = compare(champion, challenger, dataset, forward, tracker, Asked(budget=5))
    assert told.measured is not None
    assert next(iter(told.measured.looks.values())) == 3
    made = promote(challenger, forward, tracker)
    assert made.former is not None
    assert (made.entry.version, made.former.version) == ("2", "1")

    found = resolve_model(champion, tmp_path / "m2", server)
    assert (found.version, found.run_id) == ("2", second.run_id)
    assert files(found.folder) == files(tmp_path / "second")
    with tracker.pointed() as mlflow:
        attached = mlflow.artifacts.download_artifacts(made.comparison, dst_path=tmp_path / "got")
        version = mlflow.MlflowClient().get_model_version("moneytrail", "2")
        served = mlflow.pyfunc.load_model(champion)
    assert files(Path(attached)) == files(forward)
    assert version.aliases == ["champion"]
    assert version.tags["moneytrail.replaced"] == "1"
    assert version.tags["moneytrail.comparison"] == made.comparison
    rows = serving.example()
    own = serving.Served(load_bundle(found.folder), features_of(load_bundle(found.folder)))
    assert served.predict(rows).equals(own.predict(rows))
