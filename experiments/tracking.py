"""The only module that speaks to MLflow: runs, the registry, and finding a model again.

MLflow's defaults are changed before it is imported: nothing is sent anywhere but to the tracking
store, and nothing is printed. The store is ``sqlite:///mlflow.db`` in the working folder, its
files beside it; ``MLFLOW_TRACKING_URI`` moves both.
"""

import importlib
import io
import json
import logging
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from features.errors import BundleError, Fault

os.environ.update(
    MLFLOW_DISABLE_TELEMETRY="true",
    DO_NOT_TRACK="true",
    MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT="true",
    MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR="false",
)
os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")

DEFAULT_URI = "sqlite:///mlflow.db"
ALIAS = "champion"
LOADER = "experiments.serving"
LOOK_TAG = "moneytrail.test_look"
"""The tag of a run that looked at a test part: the digest of its split."""

_SQLITE = "sqlite:///"
_EXPERIMENT_TAGS = {
    "mlflow.experimentKind": "custom_model_development",  # the interface shows its metric columns
    "mlflow.note.content": "Compare runs by test_average_precision beside test_base_rate, and "
    "only where split_sha256 is the same. The description of a run is its model card.",
}


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep MLflow's own warnings and chatter off the console while it works."""
    for name in ("mlflow", "alembic"):
        logging.getLogger(name).setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@dataclass(frozen=True)
class ResolvedModel:
    """A bundle's folder, and exactly which model it is; a plain folder has no version or run."""

    folder: Path
    uri: str
    version: str | None = None
    run_id: str | None = None


@dataclass(frozen=True)
class Column:
    """A column at the pyfunc's edge; ``kind`` is string, datetime, long or double."""

    name: str
    kind: str
    required: bool = True


@dataclass(frozen=True)
class ServedModel:
    """What goes into the registry: a bundle, what it takes and gives, and an example."""

    bundle: Path
    name: str
    inputs: tuple[Column, ...]
    outputs: tuple[Column, ...]
    example: pd.DataFrame
    requirements: tuple[str, ...]
    card: str


class Run:
    """One training run in the store; every method writes at once."""

    def __init__(self, mlflow: Any, run_id: str) -> None:
        self._mlflow = mlflow
        self._client = mlflow.MlflowClient()
        self._model_id: str | None = None
        self.id = run_id

    @_quiet()
    def params(self, params: Mapping[str, object]) -> None:
        """Record what the run was made with."""
        self._mlflow.log_params(dict(params))

    @_quiet()
    def tags(self, tags: Mapping[str, str]) -> None:
        """Record words to find the run by."""
        self._mlflow.set_tags(dict(tags))

    @_quiet()
    def dataset(self, path: Path, name: str, digest: str) -> None:
        """Record the data the run read; MLflow keeps 36 characters of a digest."""
        data = importlib.import_module("mlflow.data.meta_dataset")
        source = self._mlflow.data.dataset_source_registry.resolve_dataset_source(str(path))
        entry = data.MetaDataset(source, name=name, digest=digest[:36])
        self._mlflow.log_input(entry, context="training")

    @_quiet()
    def metrics(self, metrics: Mapping[str, float]) -> None:
        """Record numbers, of the run and of its model."""
        self._mlflow.log_metrics(dict(metrics), model_id=self._model_id)

    @_quiet()
    def files(self, folder: Path) -> None:
        """Record the files of a folder."""
        self._mlflow.log_artifacts(str(folder))

    @_quiet()
    def look(self, split_digest: str) -> int:
        """Record that this run looks at a test part; return which look at it this is.

        Counts all runs in the store that looked at the same split, deleted and failed ones too.
        """
        self._mlflow.set_tags({LOOK_TAG: split_digest})
        lines = [_look(number, run) for number, run in enumerate(self._lookers(split_digest), 1)]
        text = "".join(json.dumps(line, sort_keys=True) + "\n" for line in lines)
        self._mlflow.log_text(text, "test_looks.jsonl")
        return len(lines)

    def _lookers(self, split_digest: str) -> list[Any]:
        everything = self._mlflow.entities.ViewType.ALL
        experiments = self._client.search_experiments(view_type=everything)
        found: list[Any] = self._client.search_runs(
            [experiment.experiment_id for experiment in experiments],
            f"tags.`{LOOK_TAG}` = '{split_digest}'",
            run_view_type=everything,
            max_results=50_000,
            order_by=["attributes.start_time ASC"],
        )
        return found

    @_quiet()
    def model(self, served: ServedModel) -> str:
        """Record the bundle as a pyfunc of data files; return its model URI."""
        info = self._mlflow.pyfunc.log_model(
            name="model",
            loader_module=LOADER,
            data_path=str(served.bundle),
            signature=_signature(self._mlflow, served),
            input_example=served.example,
            pip_requirements=list(served.requirements),
        )
        self._model_id = info.model_id
        return str(info.model_uri)

    @_quiet()
    def register(self, served: ServedModel, model_uri: str) -> str:
        """Make the model the newest version and the champion; return the version."""
        with redirect_stderr(io.StringIO()):  # it prints, with no switch to stop it
            made = self._mlflow.register_model(model_uri, served.name)
        self._client.update_model_version(served.name, made.version, served.card)
        self._client.set_registered_model_alias(served.name, ALIAS, made.version)
        return str(made.version)


class Tracker:
    """Where runs are recorded.

    Parameters
    ----------
    uri
        An MLflow tracking URI; None takes ``MLFLOW_TRACKING_URI``, else the default.
    """

    def __init__(self, uri: str | None = None) -> None:
        self.uri = _absolute(uri or os.environ.get("MLFLOW_TRACKING_URI") or DEFAULT_URI)

    @contextmanager
    def run(self, experiment: str, name: str) -> Iterator[Run]:
        """Begin a run; it ends FINISHED, or FAILED when an exception passes."""
        with _pointed_at(self.uri) as mlflow:
            yield from _one_run(mlflow, self._experiment(mlflow, experiment), name)

    @contextmanager
    def pointed(self) -> Iterator[Any]:
        """Give MLflow itself, pointed at this store and kept quiet."""
        with _pointed_at(self.uri) as mlflow, _quiet():
            yield mlflow

    def versions(self, model: str) -> list[str]:
        """Return the versions of a registered model, newest first."""
        with self.pointed() as mlflow:
            found = mlflow.MlflowClient().search_model_versions(f"name = '{model}'")
        return [str(entry.version) for entry in found]

    @_quiet()
    def _experiment(self, mlflow: Any, name: str) -> str:
        client = mlflow.MlflowClient()
        found = client.get_experiment_by_name(name)
        if found is not None:
            if found.lifecycle_stage == "deleted":
                client.restore_experiment(found.experiment_id)
            return str(found.experiment_id)
        beside = None
        if self.uri.startswith(_SQLITE):
            beside = (_database(self.uri).parent / "mlruns" / name).as_uri()
        return str(client.create_experiment(name, beside, tags=_EXPERIMENT_TAGS))


def _look(number: int, run: Any) -> dict[str, Any]:
    begun = datetime.fromtimestamp(run.info.start_time / 1000, UTC)
    return {
        "look": number,
        "run": run.info.run_id,
        "run_begun": begun.isoformat(timespec="seconds"),
        "split": run.data.tags[LOOK_TAG],
        "snapshot_id": run.data.params.get("snapshot_id"),
        "config_sha256": run.data.params.get("config_sha256"),
    }


def resolve_model(uri_or_path: str, dst: Path, tracking_uri: str | None = None) -> ResolvedModel:
    """Find a model's bundle: a plain folder stays where it is, a URI is downloaded.

    ``models:/moneytrail@champion``, ``models:/moneytrail/3`` and ``runs:/RUN/model`` are URIs;
    an alias is resolved to the version it points to now. The bundle lands in ``dst``.

    Raises
    ------
    BundleError
        If there is no such model, or it is not one of ours.
    """
    if not uri_or_path.startswith(("models:/", "runs:/")):
        folder = Path(uri_or_path)
        if not folder.is_dir():
            raise BundleError(f"{uri_or_path}: no such model: neither a folder nor an MLflow URI")
        return ResolvedModel(folder, str(folder))
    uri = Tracker(tracking_uri).uri
    if uri.startswith(_SQLITE) and not _database(uri).is_file():
        raise BundleError(f"{uri_or_path}: no such model: no tracking store at {uri}")
    errors = importlib.import_module("mlflow.exceptions")
    try:
        with Tracker(uri).pointed() as mlflow:
            return _download(mlflow, uri_or_path, dst)
    except (errors.MlflowException, OSError) as error:
        reason = str(error).splitlines()[0]
        raise BundleError(f"{uri_or_path}: no such model in {uri}: {reason}") from error


def _download(mlflow: Any, asked: str, dst: Path) -> ResolvedModel:
    resolved, version, run_id = asked, None, None
    if asked.startswith("models:/") and not asked.startswith("models:/m-"):
        found = _version(mlflow.MlflowClient(), asked.removeprefix("models:/"))
        version, run_id = str(found.version), found.run_id
        resolved = f"models:/{found.name}/{found.version}"
    elif asked.startswith("runs:/"):
        run_id = asked.split("/")[1]
    dst.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=dst.parent, prefix=".model-") as place:
        model = Path(mlflow.artifacts.download_artifacts(resolved, dst_path=place))
        shutil.copytree(_bundle_inside(mlflow, model, asked), dst)
    return ResolvedModel(dst, resolved, version, run_id)


def _version(client: Any, name: str) -> Any:
    if "@" in name:
        return client.get_model_version_by_alias(*name.split("@", 1))
    name, _, version = name.rpartition("/")
    if not name:
        raise BundleError(f"models:/{version}: no such model: it names no version and no alias")
    return client.get_model_version(name, version)


def _bundle_inside(mlflow: Any, model: Path, asked: str) -> Path:
    flavor = mlflow.models.Model.load(str(model)).flavors.get("python_function", {})
    loader, data = flavor.get("loader_module"), (model / str(flavor.get("data", ""))).resolve()
    if loader != LOADER or not data.is_relative_to(model.resolve()) or not data.is_dir():
        fault = Fault("MLmodel", "loader_module", repr(loader), f"{LOADER}, with a data folder")
        raise BundleError(f"{asked}: not a model of this product", (fault,))
    return data


def _signature(mlflow: Any, served: ServedModel) -> Any:
    types = importlib.import_module("mlflow.types")

    def schema(columns: tuple[Column, ...]) -> Any:
        return types.Schema(
            [types.ColSpec(each.kind, each.name, required=each.required) for each in columns]
        )

    return mlflow.models.ModelSignature(schema(served.inputs), schema(served.outputs))


def _one_run(mlflow: Any, experiment_id: str, name: str) -> Iterator[Run]:
    tags = {"mlflow.source.name": "moneytrail train"}
    with _quiet():
        started = mlflow.start_run(experiment_id=experiment_id, run_name=name, tags=tags)
        run = Run(mlflow, started.info.run_id)
    status = "FAILED"
    try:
        yield run
        status = "FINISHED"
    finally:
        with _quiet():
            mlflow.end_run(status)


@contextmanager
def _pointed_at(uri: str) -> Iterator[Any]:
    """Import MLflow and point it at a store; point it back afterwards."""
    with _quiet():
        mlflow = importlib.import_module("mlflow")
        for name in ("mlflow.pyfunc", "mlflow.data.meta_dataset"):
            importlib.import_module(name)
    before = os.environ.get("MLFLOW_TRACKING_URI")
    mlflow.set_tracking_uri(uri)
    try:
        yield mlflow
    finally:
        mlflow.set_tracking_uri(before)


def _absolute(uri: str) -> str:
    """Make the path of a SQLite store absolute, so that a change of folder changes nothing."""
    if not uri.startswith(_SQLITE):
        return uri
    return _SQLITE + str(_database(uri))


def _database(uri: str) -> Path:
    return Path(uri.removeprefix(_SQLITE)).absolute()
