"""A command that is stopped leaves nothing under the name it was asked for."""

import signal
import subprocess
import sys

import pytest

LAST_STEPS = {
    "score": "engine.scoring.write_manifest",
    "ingest": "features.dataset.writer._manifest",
    "simulate": "features.dataset.writer._manifest",
    "features": "features.export.to_table",
    "report": "engine.report.writing._write_pages",
}
KILLED = """
import os, sys, time
import engine.scoring

def stop(*_):
    os.kill(os.getpid(), int(sys.argv[1]))
    time.sleep(60)

engine.scoring.write_manifest = stop
from experiments.cli import run
sys.exit(run(sys.argv[2:]))
"""


@pytest.mark.parametrize("command", LAST_STEPS)
def test_an_interrupt_in_the_last_step_leaves_nothing_and_a_second_try_works(
    call, small, source, tmp_path, monkeypatch, command
):
    small.copy(tmp_path / "scores")
    asked = {
        "score": ["score", small.dataset.path, "--model", small.model, "--budget", "1"],
        "ingest": source()[:-2],
        "simulate": ["simulate", "--transactions", "2000", "--days", "7"],
        "features": ["features", small.dataset.path, "--from", "2025-01-20"],
        "report": ["report", "scores"],
    }[command]
    asked += [] if command == "report" else ["--out", "out"]
    before = sorted(tmp_path.rglob("*"))

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(LAST_STEPS[command], interrupted)
        answer = call(*asked)
    assert answer.code == 130
    assert "moneytrail: stopped; nothing half-written was left" in answer.said
    assert sorted(tmp_path.rglob("*")) == before
    assert call(*asked).code == 0


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGKILL"])
def test_a_killed_scoring_leaves_no_output_and_a_second_try_works(call, small, tmp_path, name):
    asked = ["score", str(small.dataset.path), "--model", str(small.model), "--out", "out"]
    asked += ["--from", "2025-01-20", "--budget", "1"]
    killer = getattr(signal, name)
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", KILLED, str(int(killer)), *asked],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    left = [path.name for path in tmp_path.glob("*out*")]
    if name == "SIGKILL":
        assert done.returncode == -killer
        assert all(path.startswith(".out.partial-") for path in left)
    else:
        assert done.returncode == 130, done.stderr
        assert left == []
    assert "Traceback" not in done.stderr
    assert call(*asked).code == 0
    assert [path.name for path in tmp_path.glob("*out*")] == ["out"]
