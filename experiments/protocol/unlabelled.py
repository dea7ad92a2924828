"""The detectors as they are without any label: served together, and each of them alone.

They see every feature of the config. Those that a model keeps, or that tell of a payment's company,
were chosen with labels: what a detector finds by these it owes to labels.
"""

from collections.abc import Sequence
from dataclasses import replace

from engine.detectors.bank import DETECTORS
from engine.trials import best_trial
from experiments.protocol import ours
from experiments.protocol.entrant import Entrant, Field
from experiments.protocol.frame import Progress
from experiments.protocol.prepared import Measured

TOGETHER = "no labels: detectors together"


def without_labels(
    made: Measured, field: Field, seeds: Sequence[int], tell: Progress
) -> list[Entrant]:
    """Train the detectors of the config as `labels = "ignore"` does, then all others there are.

    Together are those of the config; alone, all.
    """
    served = made.config.ensemble.detectors
    others = tuple(name for name in DETECTORS if name not in served)
    about = f"the mean of {', '.join(served)}: what is served where there are no labels"
    blind = replace(made, parts={})
    told = [
        ours.train(_fitting(blind, names), field, seeds, TOGETHER, about, best_trial, tell)
        for names in (served, others)
        if names
    ]
    return [told[0].entrant, *(alone for each in told for alone in each.detectors)]


def _fitting(made: Measured, detectors: Sequence[str]) -> Measured:
    """Return the same without labels and with these detectors."""
    model = {**made.config.model, "detectors": list(detectors)}
    config = made.config.model_copy(update={"labels": "ignore", "model": model})
    return replace(made, config=config)
