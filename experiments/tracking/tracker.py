"""A tracking store: its experiments, and the runs begun in it."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from experiments.tracking.runs import BUNDLE_TAG, KIND_TAG, PARENT_TAG, Run
from experiments.tracking.store import (
    DEFAULT_URI,
    SQLITE,
    absolute,
    database,
    pointed_at,
    quiet,
)

_EXPERIMENT_TAGS = {
    "mlflow.experimentKind": "custom_model_development",  # the interface shows its metric columns
    "mlflow.note.content": "Compare runs by test_average_precision beside test_base_rate, and "
    "only where split_sha256 is the same. The description of a run is its model card.",
}


class Tracker:
    """Where runs are recorded.

    Parameters
    ----------
    uri
        An MLflow tracking URI; None takes ``MLFLOW_TRACKING_URI``, else the default.
    """

    def __init__(self, uri: str | None = None) -> None:
        self.uri = absolute(uri or os.environ.get("MLFLOW_TRACKING_URI") or DEFAULT_URI)

    @property
    def in_use(self) -> bool:
        """Whether somebody keeps runs here: a store was named, or its file is there."""
        named = os.environ.get("MLFLOW_TRACKING_URI") is not None
        return named or not self.uri.startswith(SQLITE) or database(self.uri).is_file()

    @contextmanager
    def run(
        self, experiment: str, name: str, *, command: str = "train", parent: str | None = None
    ) -> Iterator[Run]:
        """Begin a run; it ends FINISHED, or FAILED when an exception passes.

        ``parent`` is the run it is shown under.
        """
        tags = {"mlflow.source.name": f"moneytrail {command}", KIND_TAG: command}
        if parent is not None:
            tags[PARENT_TAG] = parent
        with pointed_at(self.uri) as mlflow:
            yield from _one_run(mlflow, self._experiment(mlflow, experiment), name, tags)

    @contextmanager
    def run_if(
        self, needed: bool, experiment: str, name: str, *, command: str, parent: str | None
    ) -> Iterator[Run | None]:
        """Begin a run where one is needed or a store is in use; else there is none."""
        if not (needed or self.in_use):
            yield None
            return
        with self.run(experiment, name, command=command, parent=parent) as run:
            yield run

    @contextmanager
    def pointed(self) -> Iterator[Any]:
        """Give MLflow itself, pointed at this store and kept quiet."""
        with pointed_at(self.uri) as mlflow, quiet():
            yield mlflow

    def run_that_made(self, bundle_digest: str) -> str | None:
        """Return the training run whose bundle has a digest; None without a store or a run."""
        if self.uri.startswith(SQLITE) and not database(self.uri).is_file():
            return None
        with self.pointed() as mlflow:
            client = mlflow.MlflowClient()
            found = client.search_runs(
                [each.experiment_id for each in client.search_experiments()],
                f"tags.`{BUNDLE_TAG}` = '{bundle_digest}' and tags.`{KIND_TAG}` = 'train'",
                max_results=1,
            )
        return str(found[0].info.run_id) if found else None

    def recorded(self, run_id: str) -> tuple[dict[str, float], str | None]:
        """Return a run's metrics, and the digest of the split they were measured on."""
        with self.pointed() as mlflow:
            run = mlflow.MlflowClient().get_run(run_id)
        return dict(run.data.metrics), run.data.params.get("split_sha256")

    def versions(self, model: str) -> list[str]:
        """Return the versions of a registered model, newest first."""
        with self.pointed() as mlflow:
            found = mlflow.MlflowClient().search_model_versions(f"name = '{model}'")
        return [str(entry.version) for entry in found]

    @quiet()
    def _experiment(self, mlflow: Any, name: str) -> str:
        client = mlflow.MlflowClient()
        found = client.get_experiment_by_name(name)
        if found is not None:
            if found.lifecycle_stage == "deleted":
                client.restore_experiment(found.experiment_id)
            return str(found.experiment_id)
        beside = None
        if self.uri.startswith(SQLITE):
            beside = (database(self.uri).parent / "mlruns" / name).as_uri()
        return str(client.create_experiment(name, beside, tags=_EXPERIMENT_TAGS))


def _one_run(mlflow: Any, experiment_id: str, name: str, tags: Mapping[str, str]) -> Iterator[Run]:
    with quiet():
        started = mlflow.start_run(experiment_id=experiment_id, run_name=name, tags=dict(tags))
        run = Run(mlflow, started.info.run_id)
    status = "FAILED"
    try:
        yield run
        status = "FINISHED"
    finally:
        with quiet():
            mlflow.end_run(status)
