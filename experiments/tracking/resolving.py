"""Find a model again: a plain folder, or what a URI of the store points to."""

import importlib
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from experiments.tracking.aliases import version_of
from experiments.tracking.runs import LOADER
from experiments.tracking.store import SQLITE, database
from experiments.tracking.tracker import Tracker
from features.errors import BundleError, Fault


@dataclass(frozen=True)
class ResolvedModel:
    """A bundle's folder, and exactly which model it is; a plain folder has no version or run."""

    folder: Path
    uri: str
    version: str | None = None
    run_id: str | None = None


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
    if uri.startswith(SQLITE) and not database(uri).is_file():
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
        found = version_of(mlflow.MlflowClient(), asked.removeprefix("models:/"))
        version, run_id = str(found.version), found.run_id
        resolved = f"models:/{found.name}/{found.version}"
    elif asked.startswith("runs:/"):
        run_id = asked.split("/")[1]
    dst.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=dst.parent, prefix=".model-") as place:
        model = Path(mlflow.artifacts.download_artifacts(resolved, dst_path=place))
        shutil.copytree(_bundle_inside(mlflow, model, asked), dst)
    return ResolvedModel(dst, resolved, version, run_id)


def _bundle_inside(mlflow: Any, model: Path, asked: str) -> Path:
    flavor = mlflow.models.Model.load(str(model)).flavors.get("python_function", {})
    loader, data = flavor.get("loader_module"), (model / str(flavor.get("data", ""))).resolve()
    if loader != LOADER or not data.is_relative_to(model.resolve()) or not data.is_dir():
        fault = Fault("MLmodel", "loader_module", repr(loader), f"{LOADER}, with a data folder")
        raise BundleError(f"{asked}: not a model of this product", (fault,))
    return data
