"""Trees for the model and for its rivals, sought in the same way: tuned once, then grown by seed.

The one place where a search plugs in. It runs with the first seed; the others grow the setting it
found anew, as many trees as the tuning rows then ask for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.growth import Matrices, Part, Setting, grown
from engine.settings import EnsembleConfig
from engine.trials import Choose, Trial, weighed
from experiments.config import ExperimentConfig
from experiments.protocol.frame import Progress
from experiments.tuning import search_for


@dataclass(frozen=True)
class Searching:
    """How settings are sought, and where trials are kept: beside the tracking store."""

    config: ExperimentConfig
    snapshot_id: str
    store: str
    tell: Progress

    def of(self, columns: str) -> Choose:
        """Return the search on some columns."""
        return search_for(self.config, self.snapshot_id, columns, self.store, self.tell)


def again(chosen: Mapping[str, Any]) -> Choose:
    """Return what grows a setting anew, whatever was tried to find it."""
    setting = Setting(**{name: chosen[name] for name in Setting.__dataclass_fields__})

    def choose(train: Part, tune: Part, config: EnsembleConfig, seed: int) -> Trial:
        matrices = Matrices.of(train, tune, setting.sees_detectors, config.threads)
        trees = grown(matrices, setting, config, seed)
        return max(
            weighed(setting, trees, tune, config), key=lambda one: one.average_precision or 0
        )

    return choose
