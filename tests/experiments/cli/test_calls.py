"""Wrong calls: a message, exit code 2, no traceback, nothing written."""

import subprocess
import sys

import pytest

HEAVY = (
    "numba",
    "pandas",
    "mlflow",
    "xgboost",
    "pyarrow",
    "sklearn",
    "scipy",
    "matplotlib",
    "pyod",
)


@pytest.mark.parametrize("command", [[], ["score"]], ids=["all", "one command"])
def test_help_imports_nothing_heavy(command):
    asked = [*command, "--help"]
    script = (
        "import sys; from experiments.cli import run; code = run(" + repr(asked) + "); "
        f"loaded = [name for name in {HEAVY!r} if name in sys.modules]; "
        "sys.exit(code if not loaded else 'loaded: ' + ', '.join(loaded))"
    )
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "Usage" in done.stdout


def test_help_lists_every_command(call):
    answer = call("--help")
    assert answer.code == 0
    for command in (
        *("simulate", "ingest", "validate", "features", "catalogue", "train"),
        *("score", "explain", "report", "verify", "demo"),
    ):
        assert f" {command} " in answer.out


def test_no_arguments_show_the_help_and_are_a_wrong_call(call):
    answer = call()
    assert answer.code == 2
    assert "Usage" in answer.out + answer.said
    assert "Traceback" not in answer.said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nonsense"], "No such command 'nonsense'"),
        (["score"], "Missing argument 'DATASET'"),
        (["score", "data"], "Missing option '--model'"),
        (["score", "data", "--modell", "m"], "No such option: --modell"),
        (["score", "data", "--model", "m", "--out", "o", "--budget", "x"], "'--budget'"),
        (["features", "data", "--out", "o", "--memory", "lots"], "'lots' is no amount of memory"),
        (["features", "data", "--out", "o", "--threads", "0"], "'--threads'"),
        (["simulate", "--out", "o", "--days", "many"], "'--days'"),
        (["simulate", "--out", "o", "--days", "1"], "days: 1; wanted 7 to 3,660"),
        (["simulate", "--out", "o", "--transactions", "1"], "transactions: 1; wanted 2,000"),
        (["simulate", "--out", "o", "--seed", "-1"], "seed: -1; wanted 0 or more"),
    ],
)
def test_a_wrong_call_is_named(refuse, arguments, words):
    assert words in refuse(*arguments)


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--from", "yesterday", "'yesterday' is no ISO 8601 time"),
        ("--to", "2025-02-30", "'2025-02-30' is no ISO 8601 time"),
        ("--as-of", "0001-01-01T00:00+05:00", "not in the years 1900 to 2200"),
        ("--to", "9999-12-31T23:59-05:00", "not in the years 1900 to 2200"),
        ("--as-of", "2019-01-01", "outside the dataset's coverage"),
        ("--as-of", "2031-01-01", "outside the dataset's coverage"),
        ("--from", "2031-01-01", "nothing lies between"),
        ("--to", "2019-01-01", "nothing lies between"),
        ("--budget", "0", "a budget of 0; wanted at least 1 candidate a week"),
        ("--budget", "-7", "a budget of -7"),
    ],
)
def test_an_instant_or_a_budget_out_of_range_is_named(served, refuse, option, value, words):
    asked = ["score", served.dataset.path, "--model", served.model, "--out", "out"]
    assert words in refuse(*asked, option, value)


@pytest.mark.parametrize(
    "span",
    [
        ["--from", "2025-01-10", "--to", "2025-01-09"],
        ["--from", "2025-01-10", "--to", "2025-01-10"],
        ["--from", "2025-01-10", "--as-of", "2025-01-09"],
    ],
    ids=["to before from", "to at from", "as-of before from"],
)
def test_an_empty_stretch_of_time_is_refused(served, refuse, span):
    asked = ["score", served.dataset.path, "--model", served.model, "--out", "out"]
    assert "nothing lies between 2025-01-10T00:00:00+00:00" in refuse(*asked, *span)


def test_a_stretch_without_rows_is_refused(served, refuse):
    asked = ["score", served.dataset.path, "--model", served.model, "--out", "out"]
    span = ["--from", "2024-12-02T00:00", "--to", "2024-12-02T00:00:00.000001"]
    assert "no rows between" in refuse(*asked, *span)


def test_times_without_a_zone_are_utc(served, call, tmp_path):
    spans = ("2025-01-20", "2025-01-20T00:00Z", "2025-01-20T01:00+01:00")
    for number, moment in enumerate(spans):
        asked = ["score", served.dataset.path, "--model", served.model, "--out", number]
        assert call(*asked, "--from", moment, "--budget", "1").code == 0
    assert len({(tmp_path / f"{n}/scores.parquet").read_bytes() for n in range(len(spans))}) == 1
