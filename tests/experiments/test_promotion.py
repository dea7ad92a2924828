"""Who serves changes on a person's word alone, with the right comparison."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from experiments.comparing.compare import compare
from experiments.config import ExperimentConfig, Features
from experiments.judging.span import Asked
from experiments.promotion import promote
from experiments.tracking import Registry, Tracker
from experiments.training import train
from features.errors import BundleError, InputError

CHAMPION, CHALLENGER = "models:/moneytrail@champion", "models:/moneytrail@challenger"


@pytest.fixture(scope="module")
def store(
    world: Any, quick: ExperimentConfig, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Tracker, Path]:
    """A store with two versions, and comparisons of them."""
    place = tmp_path_factory.mktemp("store")
    tracker, dataset = Tracker(f"sqlite:///{place / 'mlflow.db'}"), world.write(place / "world")
    few = quick.model_copy(update={"features": Features(families=("volume and velocity",))})
    for seed in (7, 8):
        train(few.model_copy(update={"seed": seed}), dataset, None, tracker)
    first, second = "models:/moneytrail/1", "models:/moneytrail/2"
    asked = Asked(budget=5)
    compare(first, second, dataset, place / "good", tracker, asked)
    compare(second, first, dataset, place / "backward", tracker, asked)
    compare(first, second, None, place / "bare", tracker, asked)
    return tracker, place


def aliases(tracker: Tracker) -> dict[str, str]:
    with tracker.pointed() as mlflow:
        found = mlflow.MlflowClient().get_registered_model("moneytrail").aliases
    return {name: str(version) for name, version in found.items()}


def test_training_makes_the_first_the_champion_and_the_newest_the_challenger(store: Any) -> None:
    assert aliases(store[0]) == {"champion": "1", "challenger": "2"}


@pytest.mark.parametrize(
    ("model", "comparison", "said"),
    [
        (CHALLENGER, "backward", "compares other models"),
        ("models:/moneytrail/2", "bare", "wanted one made with --data"),
        ("models:/moneytrail/2", "nowhere", "not a comparison"),
        (CHAMPION, "good", "already"),
        ("model", "good", "only registered models"),
    ],
)
def test_what_does_not_fit_is_refused_and_moves_nothing(
    store: Any, model: str, comparison: str, said: str
) -> None:
    tracker, place = store
    before = aliases(tracker)
    with pytest.raises(InputError, match=said):
        promote(model, place / comparison, tracker)
    assert aliases(tracker) == before


def change(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b" ")


def another_number(path: Path) -> None:
    told = json.loads(path.read_text())
    told["measured"]["candidates"]["gained"] += 1
    path.write_text(json.dumps(told, indent=1) + "\n")


@pytest.mark.parametrize(
    ("name", "edit"),
    [
        ("comparison.json", another_number),
        ("index.html", change),
        ("accounts/candidates.csv", change),
        ("tables/metrics.csv", Path.unlink),
        ("tables/more.csv", Path.touch),
    ],
)
def test_an_edited_comparison_is_refused_and_moves_nothing(
    store: Any, tmp_path: Path, name: str, edit: Callable[[Path], None]
) -> None:
    tracker, place = store
    copy = tmp_path / "edited"
    shutil.copytree(place / "good", copy)
    edit(copy / name)
    before = aliases(tracker)
    with pytest.raises(InputError, match="not as it was written"):
        promote("models:/moneytrail/2", copy, tracker)
    assert aliases(tracker) == before


def test_a_version_that_is_not_there_is_a_clear_error(store: Any) -> None:
    with pytest.raises(BundleError, match="no such model"):
        promote("models:/moneytrail/99", store[1] / "good", store[0])


def test_a_promoted_version_carries_the_comparison_and_says_whom_it_replaced(
    store: Any, tmp_path: Path
) -> None:
    tracker, place = store
    made = promote("models:/moneytrail/2", place / "good", tracker)
    assert aliases(tracker) == {"champion": "2"}
    assert made.plain()["replaced"] == "models:/moneytrail/1"
    champion = Registry(tracker).champion("moneytrail")
    assert champion is not None
    assert champion.version == "2"
    with tracker.pointed() as mlflow:
        kept = mlflow.artifacts.download_artifacts(made.comparison, dst_path=str(tmp_path))
        tags = mlflow.MlflowClient().get_model_version("moneytrail", "2").tags
    assert tags["moneytrail.replaced"] == "1"
    attached = json.loads((Path(kept) / "comparison.json").read_text())
    assert tags["moneytrail.comparison_digest"] == attached["digest"]
    assert not (Path(kept) / "accounts").exists()
    assert (place / "good" / "accounts").is_dir()
    with pytest.raises(InputError, match="already"):
        promote("models:/moneytrail/2", place / "good", tracker)
    shutil.rmtree(place / "backward" / "accounts")  # what names accounts need not be there
    back = promote("models:/moneytrail/1", place / "backward", tracker)
    assert back.former is not None
    assert (back.entry.version, back.former.version) == ("1", "2")
