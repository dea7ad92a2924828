"""The same through a real MLflow server on loopback: train, compare, promote, load back."""

from pathlib import Path
from typing import Any

from experiments import serving
from experiments.comparing.compare import compare
from experiments.config import ExperimentConfig, Features
from experiments.judging.span import Asked
from experiments.promotion import promote
from experiments.tracking import Tracker, resolve_model
from experiments.training import train

FEW = ("volume and velocity",)


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
    whole = files(forward)
    assert files(Path(attached)) == {
        name: data for name, data in whole.items() if not name.startswith("accounts/")
    }
    assert version.aliases == ["champion"]
    assert version.tags["moneytrail.replaced"] == "1"
    assert version.tags["moneytrail.comparison"] == made.comparison
    rows = serving.example()
    own = serving.Served.load(found.folder)
    assert served.predict(rows).equals(own.predict(rows))
