"""Which rows models are judged on: by default none that they were trained on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from experiments.judging.model import Model
from features.dataset import Dataset
from features.errors import InputError
from features.slices import settle

SplitChoice = Literal["test", "all"]
_TESTED = "only the test part of the training data: training saw nothing of it"


@dataclass(frozen=True)
class Asked:
    """What to judge on; None leaves it to what the models were trained on."""

    split: SplitChoice | None = None
    start: datetime | None = None
    stop: datetime | None = None
    as_of: datetime | None = None
    budget: int | None = None


@dataclass(frozen=True)
class Judged:
    """The rows in ``[start, stop)`` as of an instant.

    ``looks`` are the digests of the splits at whose test part this looks; ``notes`` say in words
    what a reader must know about the rows.
    """

    part: str
    start: datetime
    stop: datetime
    as_of: datetime
    looks: tuple[str, ...]
    notes: tuple[str, ...]

    def plain(self) -> dict[str, Any]:
        """Return the range as plain values."""
        return {
            "part": self.part,
            "from": self.start.isoformat(),
            "to": self.stop.isoformat(),
            "as_of": self.as_of.isoformat(),
            "notes": list(self.notes),
        }


def judged_rows(dataset: Dataset, models: Sequence[Model], asked: Asked) -> Judged:
    """Settle which rows are judged.

    Where a model was trained on this very dataset, the test part that all such models share.

    Raises
    ------
    InputError
        If the test part is asked for and no model was trained on this dataset, or nothing is
        left to judge.
    """
    trained = [model for model in models if model.snapshot_id == dataset.manifest.snapshot_id]
    if asked.split == "test" and not trained:
        raise InputError(
            f"{dataset.path}: no test part: the model was trained on other data "
            f"(snapshot {models[0].snapshot_id[:12]}); leave out --split, or say --split all"
        )
    start, stop, as_of = asked.start, asked.stop, asked.as_of
    tests = [model.part("test") for model in trained] if asked.split != "all" else []
    if tests:
        first, end = max(test[0] for test in tests), min(test[1] for test in tests)
        start = first if start is None else max(start, first)
        stop = end if stop is None else min(stop, end)
        as_of = max(test[2] for test in tests) if as_of is None else as_of
    start, stop, as_of = settle(dataset, start, stop, as_of)
    looks = {model.split_digest for model in trained if _overlaps(model, start, stop)}
    part, notes = ("test", (_TESTED,)) if tests else ("judged", ())
    return Judged(part, start, stop, as_of, tuple(sorted(looks)), notes)


def cautioned(judged: Judged, models: Sequence[Model], snapshot_id: str, first: datetime) -> Judged:
    """Add a note for each model that was trained on rows of the time of those judged.

    ``first`` is the time of the first row judged.
    """
    notes = [
        _caution(model, own=model.snapshot_id == snapshot_id)
        for model in models
        if first < model.part("test")[0]
    ]
    return replace(judged, notes=(*judged.notes, *notes))


def _overlaps(model: Model, start: datetime, stop: datetime) -> bool:
    first, end, _ = model.part("test")
    return start < end and first < stop


def _caution(model: Model, *, own: bool) -> str:
    before = f"{model.asked} was trained, tuned and calibrated on"
    until = f"before {model.part('test')[0]:%Y-%m-%d %H:%M:%S}"
    if own:
        return f"{before} the rows {until}: the numbers flatter it"
    return (
        f"{before} other data, of the time {until}, where these rows begin too: what both hold "
        "flatters it"
    )
