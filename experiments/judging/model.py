"""A trained model that is to be judged: its bundle, its config, what it was trained on."""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from engine.bundle import Bundle, load_bundle
from experiments.config import ExperimentConfig
from experiments.rows import micros
from experiments.split import PARTS, split_digest
from experiments.tracking import Tracker, resolve_model
from features.errors import BundleError

_RUN = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Model:
    """A model, what it was asked for by, and where it came from.

    ``run_id`` is the run that trained it, where the store knows.
    """

    asked: str
    uri: str
    run_id: str | None
    folder: Path
    bundle: Bundle
    config: ExperimentConfig

    @property
    def snapshot_id(self) -> str:
        """The data it was trained on."""
        return str(self.bundle.manifest["facts"]["data"]["snapshot_id"])

    @property
    def split_digest(self) -> str:
        """What its split is counted by."""
        parts = self.bundle.manifest["facts"]["split"]
        cuts = [micros(self.part(name)[0]) for name in PARTS if name in parts]
        return split_digest(self.config, self.snapshot_id, [*cuts, micros(self.part("test")[1])])

    def part(self, name: str) -> tuple[datetime, datetime, datetime]:
        """Return a part's first instant, the end before which it lies, and its as-of."""
        part = self.bundle.manifest["facts"]["split"][name]
        start, stop, as_of = (
            datetime.fromisoformat(part[each]) for each in ("start", "stop", "as_of")
        )
        return start, stop, as_of

    def plain(self) -> dict[str, Any]:
        """Return which model it is as plain values."""
        return {
            "asked_for": self.asked,
            "uri": self.uri,
            "run_id": self.run_id,
            "digest": self.bundle.digest,
            "score_kind": self.bundle.ensemble.score_kind,
            "trained_on": self.snapshot_id,
            "config_sha256": self.config.digest(),
        }


def open_model(asked: str, place: Path, tracker: Tracker) -> Model:
    """Open a model: a folder, an MLflow URI, or the id of the run that trained it.

    Raises
    ------
    BundleError
        If there is no such model, or it was not made by ``moneytrail train``.
    """
    uri = f"runs:/{asked}/model" if _RUN.fullmatch(asked) and not Path(asked).is_dir() else asked
    found = resolve_model(uri, place, tracker.uri)
    bundle = load_bundle(found.folder)
    try:
        facts = bundle.manifest["facts"]
        config = ExperimentConfig.model_validate(facts["config"])
        _ = facts["data"]["snapshot_id"], facts["split"]["test"]
    except (KeyError, ValueError) as error:
        raise BundleError(f"{asked}: not made by `moneytrail train`: {error!r}") from error
    run_id = found.run_id or tracker.run_that_made(bundle.digest)
    return Model(asked, found.uri, run_id, found.folder, bundle, config)
