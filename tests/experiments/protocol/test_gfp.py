"""The peer's features fall to the rows they are of, fed in time order in batches."""

from typing import Any

import numpy as np
import pytest

from experiments.cli.app import WRONG_CALL, run
from experiments.protocol import gfp
from experiments.protocol.contest import rivals_of
from experiments.protocol.gfp import Gfp, gfp_features
from experiments.protocol.plan import Plan
from experiments.protocol.search import Searching


class Echo:
    """Says of every edge its number among those fed, and how many were in its batch."""

    batches: list[int]

    def __init__(self) -> None:
        self.batches = []
        self.fed = 0

    def transform(self, edges: np.ndarray) -> np.ndarray:
        self.batches.append(len(edges))
        assert edges.shape[1] == 5
        assert (np.diff(edges[:, 3]) >= 0).all()
        own = np.column_stack([edges[:, 0], np.full(len(edges), len(edges))])
        return np.column_stack([edges, own])


@pytest.fixture
def echo(monkeypatch: pytest.MonkeyPatch) -> Echo:
    made = Echo()
    monkeypatch.setattr(gfp.gfp, "preprocessor", lambda *_: made)
    return made


def test_rows_get_their_own_features_and_none_where_a_side_is_not_known(
    ready: Any, echo: Echo
) -> None:
    rows = ready.made.rows
    wanted = np.arange(len(rows.time))[::3]
    found = gfp_features(rows, Gfp(batch=100), wanted, lambda _: None)
    internal = (rows.sender >= 0) & (rows.receiver >= 0)
    number = np.cumsum(internal) - 1
    for row, told in zip(wanted.tolist(), found, strict=True):
        if internal[row]:
            assert told[0] == number[row]
        else:
            assert np.isnan(told).all()
    assert sum(echo.batches) == internal.sum()
    assert set(echo.batches[:-1]) == {100}


def test_it_takes_part_beside_the_model(ready: Any, lean: Any, echo: Echo) -> None:
    plan = Plan(lean, seeds=2, gfp=Gfp(days=7), trials=2)
    config = lean.tried(2)
    seek = Searching(config, ready.dataset.manifest.snapshot_id, ready.tracker.uri, lambda _: None)
    raw, beside = rivals_of(plan, ready.made, seek)
    assert (raw.name, beside.name) == ("XGBoost on raw columns", gfp.NAME)
    assert [len(one.score) for one in beside.rankings] == [len(ready.field.test)] * 2
    assert "7 days" in beside.about
    assert beside.notes[0].startswith("chosen: ")


def test_windows_are_the_published_ones_at_one_day() -> None:
    wanted = Gfp(days=1).wanted
    assert wanted["scatter-gather_tw"] == 6 * 3600
    assert wanted["fan_tw"] == wanted["lc-cycle_tw"] == wanted["vertex_stats_tw"] == 24 * 3600
    assert Gfp(days=28).wanted["scatter-gather_tw"] == 28 * 24 * 3600


def test_without_snap_ml_the_command_says_how_to_get_it(
    ready: Any, monkeypatch: pytest.MonkeyPatch, capsys: Any, tmp_path: Any
) -> None:
    def lacking(*_: Any) -> None:
        raise ModuleNotFoundError("No module named 'snapml'")

    monkeypatch.setattr(gfp.gfp, "preprocessor", lacking)
    asked = ["protocol", "default", "--data", str(ready.dataset.path)]
    asked += ["--out", str(tmp_path / "out"), "--beside", "gfp"]
    assert run(asked) == WRONG_CALL
    assert "moneytrail[bench]" in capsys.readouterr().err
