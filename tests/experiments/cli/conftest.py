"""The command as a user meets it: arguments in; exit code, output and messages out."""

from dataclasses import dataclass

import pytest

from experiments.cli import run

PROFILE = """
name = "plain"
about = "A file made for tests."
account_id = "account"
transaction_id = "id"

[time]
column = "when"
precision = "second"

[sender]
account = "from"

[receiver]
account = "to"
outside = ["CASH"]

[amount]
column = "amount"
currency = "currency"

[channel]
default = "wire"

[reporting]
currency = "EUR"

[labels]
column = "fraud"
completeness = "complete"
"""
HEADER = "id,when,from,to,amount,currency,fraud"
ROWS = (
    "t1,2024-01-01T10:00:00,a,b,10.00,EUR,0",
    "t2,2024-01-02T10:00:00,b,c,20.00,EUR,1",
    "t3,2024-01-03T10:00:00,c,CASH,30.00,EUR,0",
)


@dataclass(frozen=True)
class Answer:
    """What a command answered; ``said`` is what went to stderr."""

    code: int
    out: str
    said: str


@pytest.fixture
def call(capsys, tmp_path, monkeypatch):
    """Run the command in a folder of its own, with its own tracking store."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path / 'mlflow.db'}")
    monkeypatch.chdir(tmp_path)

    def answer(*arguments):
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Answer(code, captured.out, captured.err)

    return answer


@pytest.fixture
def refuse(call, tmp_path):
    """Run a command that must be refused in words and leave nothing behind."""

    def refused(*arguments):
        before = sorted(tmp_path.rglob("*"))
        answer = call(*arguments)
        assert answer.code == 2, answer
        said = [line for line in answer.said.splitlines() if not line.startswith("…")]
        assert said[0].startswith("moneytrail: ")
        assert "Traceback" not in answer.said
        assert answer.out == ""
        assert sorted(tmp_path.rglob("*")) == before
        return " ".join(" ".join(said).split())

    return refused


@pytest.fixture
def source(tmp_path):
    """The function that writes a source file and its profile; returns ``ingest`` and arguments."""

    def written(*rows, header=HEADER, profile=PROFILE, name="batch.csv"):
        (tmp_path / "plain.toml").write_text(profile, encoding="utf-8")
        (tmp_path / name).write_text("\n".join([header, *(rows or ROWS), ""]), encoding="utf-8")
        return ["ingest", name, "--profile", "plain.toml", "--out", "data"]

    return written
