"""What differs between two models, on paper and in the lists they make."""

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from engine.scoring import Request, score
from experiments.comparing.compare import compare
from experiments.comparing.differences import differences
from experiments.comparing.families import beside_all
from experiments.comparing.lists import GAINED, LOST, MOVED
from experiments.comparing.outcome import Comparison
from experiments.comparing.peaks import Peaks, listed
from experiments.judging.model import open_model
from experiments.judging.scoring import ModelScores, settled_runs, shared_features
from experiments.judging.span import Asked
from experiments.tracking import Tracker
from features.errors import BundleError
from features.slices import Means, compute_frame

BUDGET = 6


@pytest.fixture(scope="module")
def told(trained: Any, rival: Any, tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    out = tmp_path_factory.mktemp("compared") / "out"
    asked = Asked(budget=BUDGET)
    return compare(
        str(trained.out), rival.result.model_uri, trained.dataset, out, trained.tracker, asked
    )


def test_what_differs_is_said_in_words(told: Any) -> None:
    words = [each.words for each in told.differences]
    assert "config, seed: 7 in A, 8 in B" in words
    assert not any("snapshot" in each for each in words)


def test_a_model_does_not_differ_from_itself(trained: Any, tmp_path: Path) -> None:
    model = open_model(trained.result.run_id, tmp_path / "m", trained.tracker)
    assert differences(model, model) == []
    asked = Asked(budget=BUDGET)
    same = compare(
        str(trained.out), str(trained.out), trained.dataset, None, trained.tracker, asked
    )
    assert same.measured is not None
    assert not same.measured.lists.moves
    assert {each.difference for each in same.measured.metrics} == {0.0}


def test_features_that_are_missing_or_mean_something_else_are_named(
    trained: Any, tmp_path: Path
) -> None:
    a = open_model(str(trained.out), tmp_path / "m", trained.tracker)
    first, *rest = a.bundle.ensemble.names
    changed = dict(a.bundle.manifest["definitions"]) | {rest[0]: "another"}
    ensemble = replace(a.bundle.ensemble, names=tuple(rest))
    bundle = replace(
        a.bundle, ensemble=ensemble, manifest={**a.bundle.manifest, "definitions": changed}
    )
    words = [each.words for each in differences(a, replace(a, bundle=bundle))]
    assert f"features, only in one of them: 1 ({first}) in A, none in B" in words
    assert any(f"{rest[0]} is defined" in each for each in words)


def test_the_lists_are_those_that_score_makes(told: Any, trained: Any, tmp_path: Path) -> None:
    request = Request(told.measured.judged.start, None, told.measured.judged.as_of, BUDGET)
    score(
        trained.dataset,
        told.b.folder if told.b.folder.is_dir() else trained.out,
        tmp_path / "a",
        request,
    )
    table = pq.ParquetFile(tmp_path / "a" / "candidates.parquet").read()
    listed = {(one["account"], one["period"]): one["rank"] for one in table.to_pylist()}
    found = told.measured.lists
    on_a = {(m.account, m.period): m.rank_a for m in found.moves if m.change != GAINED}
    assert on_a.items() <= listed.items()
    assert len(listed) == found.listed_a == len(on_a) + found.unchanged


def test_gained_and_lost_have_ranks_on_the_right_sides_of_the_budget(told: Any) -> None:
    found = told.measured.lists
    assert {GAINED, LOST, MOVED} == set(found.counts())
    for move in found.moves:
        assert (move.rank_a > BUDGET) == (move.change == GAINED)
        assert (move.rank_b > BUDGET) == (move.change == LOST)
        assert move.rank_a != move.rank_b
    assert found.listed_b - found.listed_a == found.counts()[GAINED] - found.counts()[LOST]


def test_the_families_and_the_bases_add_up_to_the_whole_difference(told: Any) -> None:
    for move in told.measured.lists.moves:
        if move.change not in (GAINED, LOST):
            continue
        margin_a, margin_b = (np.log(s / (1 - s)) for s in (move.score_a, move.score_b))
        explained = move.base + sum(move.families.values())
        if move.change == GAINED:  # the payment is B's peak: A's may be another, never lower
            assert explained >= margin_b - margin_a - 1e-4
        else:
            assert explained <= margin_b - margin_a + 1e-4


def test_what_moves_everybody_alike_moves_nobody() -> None:
    def move(change: str, by: float) -> Any:
        families = {"both": 2.0, "one": by}
        return SimpleNamespace(change=change, families=families)

    gained, lost = [move(GAINED, 1.0)] * 3, [move(LOST, -1.0)] * 3
    everyone = [*gained, *lost]
    assert beside_all(gained, everyone) == {"one": 1.0, "both": 0.0}
    assert beside_all(lost, everyone) == {"one": -1.0, "both": 0.0}
    assert beside_all([], everyone) == {}


def test_the_files_and_the_store_say_what_the_command_says(
    told: Any, trained: Any, tmp_path: Path
) -> None:
    plain = json.loads((told.out / "comparison.json").read_text())
    own = {key: value for key, value in plain.items() if key not in ("files", "digest")}
    assert own == json.loads(json.dumps(told.plain(accounts=False)))
    assert plain["measured"]["candidates"]["gained"] == told.measured.lists.counts()[GAINED]
    moves = json.loads((told.out / "accounts" / "moves.json").read_text())
    assert moves == json.loads(json.dumps(told.plain()["measured"]["candidates"]["moves"]))
    page = (told.out / "accounts" / "index.html").read_text()
    for move in told.measured.lists.of(GAINED)[:5]:
        assert move.account in page
    with trained.tracker.pointed() as mlflow:
        client = mlflow.MlflowClient()
        run = client.get_run(told.run)
        kept = client.download_artifacts(told.run, "comparison/comparison.json", str(tmp_path))
    assert Path(kept).read_bytes() == (told.out / "comparison.json").read_bytes()
    assert "difference_average_precision" in run.data.metrics
    assert told.measured.looks


def names_in(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


def test_the_store_names_no_account_unless_asked_to(
    told: Any, trained: Any, rival: Any, tmp_path: Path
) -> None:
    accounts = {move.account.encode() for move in told.measured.lists.moves}
    with trained.tracker.pointed() as mlflow:
        client = mlflow.MlflowClient()
        kept = Path(client.download_artifacts(told.run, "comparison", str(tmp_path)))
    whole = names_in(told.out)
    assert names_in(kept) == {name for name in whole if not name.startswith("accounts/")} < whole
    for name in names_in(kept) - {f"pictures/{p.name}" for p in (kept / "pictures").iterdir()}:
        data = (kept / name).read_bytes()
        assert not [account for account in accounts if account in data], name
    again = compare(
        *(str(trained.out), rival.result.model_uri, trained.dataset, None, trained.tracker),
        Asked(budget=BUDGET),
        record_accounts=True,
    )
    with trained.tracker.pointed() as mlflow:
        listed = mlflow.MlflowClient().list_artifacts(again.run, "comparison/accounts")
    assert "comparison/accounts/candidates.csv" in {entry.path for entry in listed}


def test_what_the_lists_show_is_all_that_was_kept_of_the_features(told: Any, trained: Any) -> None:
    """Each block of rows keeps what its own lists show; the whole lists ask for no other row."""
    table, judged = told.measured.table, told.measured.judged
    runs = settled_runs(trained.dataset, (told.a, told.b), judged, Means(), lambda _: None)
    features, columns = shared_features(runs)
    frame = compute_frame(trained.dataset, features, judged.start, as_of=judged.as_of)
    X = frame.values[np.isin(frame.transaction_id, table.transaction_id)]
    scores = []
    for model, own in zip((told.a, told.b), columns, strict=True):
        said = model.bundle.ensemble.score(X[:, own])
        scores.append(ModelScores(said.score, said.percentile, {}))
    peaks, size = Peaks(table, BUDGET), 97
    for begin in range(0, len(X), size):
        rows = slice(begin, begin + size)
        parts = [replace(s, score=s.score[rows], percentile=s.percentile[rows]) for s in scores]
        peaks.see(X[rows], parts)
    asked = np.unique([c.row for s in scores for c in listed(table, s, BUDGET)])
    assert np.array_equal(peaks.features(asked), X[asked], equal_nan=True)
    with pytest.raises(KeyError):
        peaks.features(np.array([np.argmin(scores[0].score)]))


def test_without_data_the_recorded_numbers_of_one_split_are_shown(trained: Any, rival: Any) -> None:
    told = compare(trained.result.run_id, rival.result.run_id, None, None, trained.tracker, Asked())
    assert told.measured is None
    own, other = told.recorded["test_average_precision"]
    assert own == trained.result.judgements["test"].average_precision
    assert other == rival.result.judgements["test"].average_precision
    assert any("--data" in line for line in told.lines())


def test_without_labels_the_lists_are_compared_and_nothing_is_measured(
    trained: Any, rival: Any, world: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    bare = world.write(tmp_path / "bare", completeness="none")
    start = trained.result.test_start
    told = compare(
        str(trained.out),
        str(rival.out),
        bare,
        tmp_path / "out",
        Tracker(f"sqlite:///{tmp_path / 'mlflow.db'}"),
        Asked(start=start, budget=BUDGET),
    )
    assert told.run is None
    assert told.measured is not None
    assert (told.measured.metrics, told.measured.looks) == ((), {})
    assert told.measured.lists.moves
    assert {move.illicit for move in told.measured.lists.moves} == {None}
    assert "nothing is measured" in (tmp_path / "out" / "index.html").read_text()


def test_a_run_that_made_no_model_is_a_clear_error(trained: Any) -> None:
    with pytest.raises(BundleError, match="no such model"):
        compare("0" * 32, str(trained.out), None, None, trained.tracker, Asked())
