"""An output appears whole or not at all, and what a killed process left goes away."""

import signal
import subprocess
import sys

import pytest

from features.dataset.staging import staged_folder
from features.errors import OutputError

KILLED = """
import os, signal, sys
from pathlib import Path
from features.dataset.staging import staged_folder
with staged_folder(Path(sys.argv[1])) as staging:
    (staging / "half").write_text("written")
    print("ready", flush=True)
    if sys.argv[2] == "wait":
        sys.stdin.read()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def write(out):
    with staged_folder(out) as staging:
        (staging / "whole").write_text("written")


def killed(out):
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", KILLED, str(out), "now"], capture_output=True, check=False
    )
    assert done.returncode == -signal.SIGKILL


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_folder_appears_whole(tmp_path):
    write(tmp_path / "out")
    assert names(tmp_path) == ["out"]
    assert names(tmp_path / "out") == ["whole"]
    with pytest.raises(OutputError, match="exists already"):
        write(tmp_path / "out")


def test_what_fails_leaves_nothing(tmp_path):
    with pytest.raises(ValueError, match="broken"), staged_folder(tmp_path / "out"):
        raise ValueError("broken")
    assert names(tmp_path) == []


def test_what_a_killed_process_left_is_removed_by_the_next_that_writes_the_same(tmp_path):
    killed(tmp_path / "out")
    killed(tmp_path / "other")
    assert len(names(tmp_path)) == 2
    write(tmp_path / "out")
    left, made = names(tmp_path)
    assert left.startswith(".other.partial-")
    assert made == "out"


def test_what_is_being_written_is_left_alone(tmp_path):
    command = [sys.executable, "-c", KILLED, str(tmp_path / "out"), "wait"]
    with subprocess.Popen(  # noqa: S603
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as living:
        assert living.stdout.readline() == b"ready\n"
        (held,) = tmp_path.iterdir()
        write(tmp_path / "out")
        assert (held / "half").is_file()
        living.stdin.close()
    assert living.returncode == -signal.SIGKILL


def test_a_folder_that_cannot_be_written_is_a_clear_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        write(tmp_path / "file" / "out")
