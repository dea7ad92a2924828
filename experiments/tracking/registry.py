"""The registered models of a store: finding a version, and making one the champion."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from experiments.tracking.aliases import CHALLENGER, CHAMPION, version_of
from experiments.tracking.store import quiet
from experiments.tracking.tracker import Tracker
from features.errors import BundleError


@dataclass(frozen=True)
class Entry:
    """A version of a registered model, the run that made it, and the aliases it has."""

    name: str
    version: str
    run_id: str
    aliases: tuple[str, ...]

    @property
    def uri(self) -> str:
        """The URI that never means another model."""
        return f"models:/{self.name}/{self.version}"


class Registry:
    """The registered models of a store."""

    def __init__(self, tracker: Tracker) -> None:
        self._tracker = tracker

    @quiet()
    def entry(self, uri: str) -> Entry:
        """Find a version by ``models:/NAME/VERSION`` or ``models:/NAME@ALIAS``.

        Raises
        ------
        BundleError
            If there is none.
        """
        with self._tracker.pointed() as mlflow:
            try:
                found = version_of(mlflow.MlflowClient(), uri.removeprefix("models:/"))
            except mlflow.exceptions.MlflowException as error:
                reason = str(error).splitlines()[0]
                raise BundleError(
                    f"{uri}: no such model in {self._tracker.uri}: {reason}"
                ) from error
            aliases = tuple(found.aliases)
        return Entry(str(found.name), str(found.version), str(found.run_id), aliases)

    @quiet()
    def champion(self, name: str) -> Entry | None:
        """Return the champion of a registered model; None where it has none."""
        with self._tracker.pointed() as mlflow:
            aliases = mlflow.MlflowClient().get_registered_model(name).aliases
        version = aliases.get(CHAMPION)
        return None if version is None else self.entry(f"models:/{name}/{version}")

    @quiet()
    def crown(
        self, entry: Entry, former: Entry | None, evidence: Path, tags: Mapping[str, str]
    ) -> str:
        """Make a version the champion; return where the evidence for it lies.

        The evidence is attached first, so that the alias never moves without it.
        """
        over = f"-over-{former.version}" if former else ""
        place = f"promotion/{entry.version}{over}"
        with self._tracker.pointed() as mlflow:
            client = mlflow.MlflowClient()
            client.log_artifacts(entry.run_id, str(evidence), place)
            attached = f"runs:/{entry.run_id}/{place}"
            kept = {**tags, "moneytrail.comparison": attached}
            for key, value in kept.items():
                client.set_model_version_tag(entry.name, entry.version, key, value)
            client.set_registered_model_alias(entry.name, CHAMPION, entry.version)
            if CHALLENGER in entry.aliases:
                client.delete_registered_model_alias(entry.name, CHALLENGER)
        return attached
