"""Who takes part: a way to rank rows, trained with several seeds, and what each training says."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from engine.arrays import Flags, Floats, Integers
from experiments.evaluation.means import Ranked
from experiments.evaluation.threshold import best_threshold
from experiments.evaluation.truth import Truth
from experiments.preparation import PartRows
from experiments.protocol.prepared import Measured, known_rows
from experiments.split import Part
from features.catalogue import Feature


@dataclass(frozen=True)
class Field:
    """The rows of one split that all who take part are judged on, in the dataset's order.

    ``validation`` sets thresholds, ``test`` is looked at once: of each, ``parts`` of the split,
    and ``at``, where its rows stand in the dataset.
    """

    prepared: Measured
    parts: tuple[tuple[Part, ...], tuple[Part, ...]]
    validation: Truth
    validation_at: Integers
    test: Truth
    test_at: Integers

    @classmethod
    def of(cls, made: Measured) -> "Field":
        """Take the labelled, evaluated rows of the parts that a model does not learn from.

        Trees may be grown anew on the tuning part; it validates only where nothing illicit is
        known between it and the test part.
        """
        _, tuning, *between, test = made.split.parts
        at, truth = known_rows(made, between)
        if not truth.illicit.any():
            between = [tuning, *between]
            at, truth = known_rows(made, between)
        test_at, tested = known_rows(made, [test])
        return cls(made, (tuple(between), (test,)), truth, at, tested, test_at)

    def features(self, features: Sequence[Feature]) -> tuple[Floats, Floats]:
        """Return features of the validation rows and of the test rows, as of their parts' ends."""
        both = zip(self.parts, (self.validation_at, self.test_at), strict=True)
        found = [self._features(parts, at, features) for parts, at in both]
        return found[0], found[1]

    def _features(self, parts: Sequence[Part], at: Integers, features: Sequence[Feature]) -> Floats:
        found = [np.empty((0, len(features)))]
        for part in parts:
            own, X = self.prepared.of_part(part, features)
            chosen = np.isin(own, at, assume_unique=True)
            found.append(X if chosen.all() else X[chosen])
        return found[1] if len(parts) == 1 else np.concatenate(found)


@dataclass(frozen=True)
class Lesson:
    """What a rival learns from: rows with a label, of each part that the model learns from.

    Those of training, those that tune, and those that are learned from last (`engine.fitting`).
    """

    train: PartRows
    tuning: PartRows
    calibration: PartRows

    @classmethod
    def of(cls, made: Measured) -> "Lesson":
        """Take the rows that the model's own trees learn from and are tuned on."""
        parts = made.training(), made.judged("tuning"), made.judged("calibration")
        return cls(*(part[part.label >= 0] for part in parts))

    @property
    def parts(self) -> tuple[tuple[str, PartRows], ...]:
        """Their rows by the part's name, in order."""
        return tuple((each.name, getattr(self, each.name)) for each in fields(self))


@dataclass(frozen=True)
class Entrant:
    """One way to rank, with the scores of each of its trainings; higher is more suspicious.

    ``thresholds`` are chosen on validation rows. ``trained`` says whether seeds matter.
    """

    name: str
    about: str
    trained: bool
    rankings: tuple[Ranked, ...]
    seconds: tuple[float, ...] = ()
    notes: tuple[str, ...] = ()
    probability: bool = False

    def within(self, rows: Flags) -> tuple[Ranked, ...]:
        """Return what is said of some of the test rows."""
        return tuple(Ranked(one.score[rows], one.threshold) for one in self.rankings)


def ranked(field: Field, validation: Floats, test: Floats) -> Ranked:
    """Choose the threshold on validation rows; what is not known ranks lowest."""
    known = [np.where(np.isnan(score), -np.inf, score) for score in (validation, test)]
    return Ranked(known[1], best_threshold(known[0], field.validation.illicit))
