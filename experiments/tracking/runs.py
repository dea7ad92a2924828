"""One run in the store: what it was made with, what was measured, the model it made."""

import importlib
import io
import json
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.tracking.aliases import Registered, introduce
from experiments.tracking.store import quiet

LOADER = "experiments.serving"
LOOK_TAG = "moneytrail.test_look"
"""The tag of a run that looked at a test part: the digest of its split."""

KIND_TAG = "moneytrail.kind"
"""The tag of a run that says which command began it."""
BUNDLE_TAG = "moneytrail.bundle"
"""The tag of a training run that holds the digest of the bundle it made."""
PARENT_TAG = "mlflow.parentRunId"


@dataclass(frozen=True)
class Column:
    """A column at the pyfunc's edge; ``kind`` is string, datetime, long or double."""

    name: str
    kind: str
    required: bool = True


@dataclass(frozen=True)
class Parameter:
    """What can be asked beside the rows; ``kind`` is as a column's."""

    name: str
    kind: str
    default: str | int


@dataclass(frozen=True)
class ServedModel:
    """What goes into the registry: a bundle, what it takes and gives, and an example."""

    bundle: Path
    name: str
    inputs: tuple[Column, ...]
    outputs: tuple[Column, ...]
    parameters: tuple[Parameter, ...]
    example: pd.DataFrame
    requirements: tuple[str, ...]
    card: str


class Run:
    """One training run in the store; every method writes at once."""

    def __init__(self, mlflow: Any, run_id: str) -> None:
        self._mlflow = mlflow
        self._client = mlflow.MlflowClient()
        self._model_id: str | None = None
        self._looked = False
        self.id = run_id

    @quiet()
    def params(self, params: Mapping[str, object]) -> None:
        """Record what the run was made with."""
        self._mlflow.log_params(dict(params))

    @quiet()
    def tags(self, tags: Mapping[str, str]) -> None:
        """Record words to find the run by."""
        self._mlflow.set_tags(dict(tags))

    @quiet()
    def dataset(self, path: Path, name: str, digest: str, context: str = "training") -> None:
        """Record the data the run read; MLflow keeps 36 characters of a digest."""
        data = importlib.import_module("mlflow.data.meta_dataset")
        source = self._mlflow.data.dataset_source_registry.resolve_dataset_source(str(path))
        entry = data.MetaDataset(source, name=name, digest=digest[:36])
        self._mlflow.log_input(entry, context=context)

    @quiet()
    def metrics(self, metrics: Mapping[str, float]) -> None:
        """Record numbers, of the run and of its model."""
        self._mlflow.log_metrics(dict(metrics), model_id=self._model_id)

    @quiet()
    def trials(self, trials: Sequence[Mapping[str, Any]], metric: str) -> None:
        """Record what was tried, each as a run of its own under this one.

        ``metric`` is the key of what the trials were judged by; the others are parameters.
        """
        entities = self._mlflow.entities
        for number, trial in enumerate(trials, 1):
            made = self._under(f"trial {number}", "trial", {})
            name, begun = f"tuning_{metric}", made.info.start_time
            self._client.log_batch(
                made.info.run_id,
                metrics=[entities.Metric(name, float(trial[metric]), begun, 0)],
                params=[entities.Param(k, str(v)) for k, v in trial.items() if k != metric],
            )
            self._client.set_terminated(made.info.run_id)

    def _under(self, name: str, kind: str, tags: Mapping[str, str]) -> Any:
        """Create a run that is shown under this one."""
        experiment = self._client.get_run(self.id).info.experiment_id
        own = {**tags, PARENT_TAG: self.id, KIND_TAG: kind}
        return self._client.create_run(experiment, run_name=name, tags=own)

    @quiet()
    def files(self, folder: Path) -> None:
        """Record the files of a folder."""
        self._mlflow.log_artifacts(str(folder))

    @quiet()
    def look(self, split_digest: str) -> int:
        """Record that this run looks at a test part; return which look at it this is.

        Counts all runs in the store that looked at the same split, deleted and failed ones too.
        A run has one such tag: what else it looks at is counted by a run under it.
        """
        if self._looked:
            run = self._under("look", "look", {LOOK_TAG: split_digest})
            self._client.set_terminated(run.info.run_id)
        else:
            self._mlflow.set_tags({LOOK_TAG: split_digest})
        lines = [_look(number, run) for number, run in enumerate(self._lookers(split_digest), 1)]
        text = "".join(json.dumps(line, sort_keys=True) + "\n" for line in lines)
        name = f"test_looks-{split_digest[:8]}.jsonl" if self._looked else "test_looks.jsonl"
        self._mlflow.log_text(text, name)
        self._looked = True
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

    @quiet()
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

    @quiet()
    def register(self, served: ServedModel, model_uri: str) -> Registered:
        """Make the model the newest version: the champion if there is none, else challenger."""
        with redirect_stderr(io.StringIO()):  # it prints, with no switch to stop it
            made = self._mlflow.register_model(model_uri, served.name)
        self._client.update_model_version(served.name, made.version, served.card)
        return introduce(self._client, served.name, str(made.version))


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


def _signature(mlflow: Any, served: ServedModel) -> Any:
    types = importlib.import_module("mlflow.types")

    def schema(columns: tuple[Column, ...]) -> Any:
        return types.Schema(
            [types.ColSpec(each.kind, each.name, required=each.required) for each in columns]
        )

    parameters = types.ParamSchema(
        [types.ParamSpec(each.name, each.kind, each.default) for each in served.parameters]
    )
    return mlflow.models.ModelSignature(schema(served.inputs), schema(served.outputs), parameters)
