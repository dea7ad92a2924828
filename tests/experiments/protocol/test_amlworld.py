"""AMLworld's files, in their exact layout, through one command."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from experiments.cli.app import WRONG_CALL, run

HEADER = (
    "Timestamp,From Bank,Account,To Bank,Account,Amount Received,Receiving Currency,"
    "Amount Paid,Payment Currency,Payment Format,Is Laundering"
)
QUICK = """
name = "amlworld"
[features]
families = ["volume and velocity", "geography and channel"]
[split]
conformal = 0.0
[evaluate]
budget = 10
[model]
detectors = ["hbos"]
forest_trees = 10
tree_depths = [3]
positive_weights = [1.0]
anomaly_weights = [0.0]
rounds = 20
threads = 1
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Ten days of payments in minutes, then two sparse ones; a fan-out every day, and lone rows."""
    place, random = tmp_path_factory.mktemp("kaggle"), np.random.default_rng(4)
    begin, rows, blocks = (
        datetime(2022, 9, 1, tzinfo=UTC),
        list[tuple[datetime, str]](),
        list[str](),
    )

    def row(time: datetime, sender: int, receiver: int, form: str, illicit: int) -> str:
        amount = f"{random.integers(100, 900_000) / 100:.2f}"
        banks = f"{sender % 7:03d}", f"{receiver % 7:03d}"
        said = f"{time:%Y/%m/%d %H:%M},{banks[0]},8{sender:05X},{banks[1]},8{receiver:05X}"
        return f"{said},{amount},US Dollar,{amount},US Dollar,{form},{illicit}"

    for day in range(12):
        for _ in range(150 if day < 10 else 5):
            time = begin + timedelta(days=day, minutes=int(random.integers(0, 1440)))
            form = ["Cheque", "Wire", "Credit Card", "Cash"][random.integers(4)]
            sender, receiver = random.choice(300, 2, replace=False)
            rows.append((time, row(time, sender, receiver, form, 0)))
        own = []
        for k in range(5):
            time = begin + timedelta(days=day, hours=10, minutes=7 * k)
            own.append(row(time, 400 + day, 500 + k, "ACH", 1))
            rows.append((time, own[-1]))
        blocks += [
            "BEGIN LAUNDERING ATTEMPT - FAN-OUT:  Max 5-degree Fan-Out",
            *own,
            "END LAUNDERING ATTEMPT - FAN-OUT",
            "",
        ]
        time = begin + timedelta(days=day, hours=12)
        rows.append((time, row(time, 3 + day, 90 + day, "ACH", 1)))
    ordered = [text for _, text in sorted(rows, key=lambda one: one[0])]
    (place / "HI-Small_Trans.csv").write_text("\n".join([HEADER, *ordered]) + "\n")
    (place / "HI-Small_Patterns.txt").write_text("\n".join(blocks) + "\n")
    (place / "quick.toml").write_text(QUICK)
    return place / "HI-Small_Trans.csv", place / "HI-Small_Patterns.txt"


def test_both_cuts_come_from_the_kaggle_files_in_one_command(
    files: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    transactions, patterns = files
    asked = ["protocol", str(transactions.parent / "quick.toml"), "--out", "out", "--mode"]
    asked += ["as-of", "--seeds", "1", "--trials", "1"]
    assert run([*asked, "--files", str(transactions), str(patterns)]) == 0
    told = json.loads(Path("out/protocol.json").read_text())
    assert set(told["splits"]) == {"index", "day"}
    for result in told["results"]:
        whole = result["rows"]["all"]
        metrics = {one["metric"]: one["mean"] for one in whole["metrics"]["moneytrail"]}
        assert {"recall of fan_out", "recall of none"} <= set(metrics)
        assert "full days" in result["rows"]
        assert result["rows"]["full days"]["judged"] == whole["judged"] - 2 * (5 + 5 + 1)
        assert "without payment-format features" in result["rankings"]
        assert any("embargo" in why for why in result["missing"]) or (
            "with an embargo" in result["rankings"]
        )
    day = told["splits"]["day"]["parts"]
    assert day["test"]["start"].endswith("00:00:00+00:00") or "T00:" in day["test"]["start"]
    assert Path("out/dataset/manifest.json").is_file()
    assert not [path for path in Path().iterdir() if path.name.startswith(".")]


def test_a_dataset_and_files_together_are_refused(
    files: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["protocol", "amlworld", "--out", str(tmp_path / "out")]
    assert run(asked) == WRONG_CALL
    assert "either --data or --files" in capsys.readouterr().err
    assert run([*asked, "--files", *map(str, files), "--data", str(tmp_path)]) == WRONG_CALL
    assert run([*asked, "--data", str(tmp_path), "--cut", "week"]) == WRONG_CALL
    assert run([*asked, "--data", str(tmp_path), "--embargo", "long"]) == WRONG_CALL
