"""A training's preparation whose features were computed before: the same rows, nothing new read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from engine.arrays import Flags, Floats, Integers
from engine.indicators import Indicators, load_indicators
from engine.scout import Scout
from experiments.config import ExperimentConfig
from experiments.evaluation.truth import Truth
from experiments.judging.rivals import raw_features
from experiments.preparation import PartRows, Preparation, chosen_features
from experiments.protocol.frame import MeasuredRows, measure_company
from experiments.rows import UNKNOWN, Rows, micros, truth_of
from experiments.split import Part, Split
from features.catalogue import CATALOGUE, Feature, company_of
from features.dataset import Dataset
from features.slices import Suspicion

MOST_ROWS = 1_000_000
"""Rows of training that are kept: more than the trees and detectors of one model look at."""


@dataclass(frozen=True)
class Measured(Preparation):
    """A preparation that takes its features from a frame; some parts, if given, from theirs."""

    frame: MeasuredRows = field(kw_only=True)
    own_frames: Mapping[str, MeasuredRows] = field(default_factory=dict, kw_only=True)
    parts: dict[str, PartRows] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def taken(cls, prepared: Preparation) -> "Measured":
        """Return what a model of a protocol was learned from: no other preparation will do."""
        if not isinstance(prepared, cls):
            raise TypeError("the features of this preparation were not measured before")
        return prepared

    def seeded(self, seed: int) -> "Measured":
        """Return the same with another seed."""
        return replace(self, config=self.config.model_copy(update={"seed": seed}))

    def seeing(self, features: tuple[Feature, ...]) -> "Measured":
        """Return the same with other features."""
        return replace(self, catalogue=features, parts={})

    def training(self) -> PartRows:
        """Return the rows to learn from: made once, whatever the seed."""
        if "training" not in self.parts:
            self.parts["training"] = super().training()
        return self.parts["training"]

    def judged(self, name: str) -> PartRows:
        """Return the evaluated rows of a part: made once, whatever the seed."""
        if name not in self.parts:
            self.parts[name] = super().judged(name)
        return self.parts[name]

    def first_look(self, scout: Scout) -> Suspicion:
        """Return what a scout says of all rows: of those not kept, that there is no suspicion."""
        found = np.zeros(len(self.rows.time), np.int32)
        for at, X in self.frame.pieces(scout.features()):
            found[at] = scout.suspicion(X)
        return Suspicion(0, np.where(self.rows.evaluated, found, np.int32(0)))

    def accompanied(
        self, company: tuple[Feature, ...], suspicion: Suspicion, cross_fitted: Suspicion
    ) -> "Measured":
        """Return the same with company features beside the others, computed here for all rows."""
        found = super().accompanied(company, suspicion, cross_fitted)
        frames = [
            measure_company(self.dataset, self.rows, company, each, self.frame)
            for each in (suspicion, cross_fitted)
        ]
        return replace(found, frame=frames[0], own_frames={"train": frames[1]}, parts={})

    def looking_anew(self, name: str, suspicion: Suspicion) -> "Measured":
        """Return the same with company measured anew, but for the parts that a scout knows."""
        found, company = super().looking_anew(name, suspicion), company_of(self.catalogue)
        anew = measure_company(self.dataset, self.rows, company, suspicion, self.frame)
        own = {**self.own_frames, name: self.frame}
        return replace(found, frame=anew, own_frames=own, parts={})

    def of_part(self, part: Part, features: Sequence[Feature]) -> tuple[Integers, Floats]:
        """Return where the kept rows of a part stand, and features of them as of its end."""
        return self.own_frames.get(part.name, self.frame).of(part, features, micros(part.as_of))

    def _values(self, name: str, features: tuple[Feature, ...]) -> tuple[Integers, Floats]:
        return self.of_part(self.split[name], features)


def measured_features(config: ExperimentConfig) -> tuple[Feature, ...]:
    """Return every feature that a protocol's models and rules ask for, in the catalogue's order."""
    asked = {feature.name for feature in indicators_of(config).measured(chosen_features(config))}
    raw = {feature.name for feature in raw_features()}
    return tuple(feature for feature in CATALOGUE if feature.name in asked | raw)


def prepared(
    dataset: Dataset, config: ExperimentConfig, rows: Rows, split: Split, frame: MeasuredRows
) -> Measured:
    """Prepare the trainings of a config on a split."""
    indicators = indicators_of(config)
    return Measured(dataset, config, chosen_features(config), indicators, rows, split, frame=frame)


def indicators_of(config: ExperimentConfig) -> Indicators:
    """Return the indicators that ship; without those that look ahead if the model does not."""
    found = load_indicators()
    return found if config.features.leading else found.known_at_once()


def kept_rows(config: ExperimentConfig, rows: Rows, train_ends: int) -> Flags:
    """Return which rows are needed: those evaluated, and those of training that are learned from.

    ``train_ends`` is when training ends. Of more than a million rows before, all illicit ones are
    kept, and of the others as many as are then missing, evenly spaced.
    """
    kept = rows.evaluated.copy()
    before = rows.time < train_ends
    if config.population.reference == "all":
        kept |= before
    else:
        kept |= before & (rows.sender >= 0) & (rows.receiver >= 0)
    learned = np.flatnonzero(kept & before)
    if len(learned) > MOST_ROWS and rows.labels is not None:
        illicit = rows.labels.label[learned] == 1
        others = learned[~illicit]
        room = max(0, MOST_ROWS - int(illicit.sum()))
        kept[others] = False
        kept[others[np.arange(room) * len(others) // max(1, room)]] = True
    return kept


def until(rows: Rows, stop: int) -> Rows:
    """Return the rows before an instant, as if there had never been others."""
    count = int(np.searchsorted(rows.time, stop))
    labels = rows.labels
    if labels is not None:
        known = ("label", "known_at", "pattern", "kind")
        labels = replace(labels, **{name: getattr(labels, name)[:count] for name in known})
    columns = ("time", "amount", "sender", "receiver", "evaluated")
    own = {name: getattr(rows, name)[:count] for name in columns}
    return replace(rows, transaction_id=rows.transaction_id.slice(0, count), labels=labels, **own)


def known_rows(made: Measured, parts: Sequence[Part]) -> tuple[Integers, Truth]:
    """Return the evaluated, labelled rows of consecutive parts, in order, and their truth."""
    rows, labels = made.rows, made.rows.labels
    if labels is None:
        raise ValueError("rows without labels cannot be judged")
    first, last = rows.within(parts[0]).start, rows.within(parts[-1]).stop
    chosen = rows.evaluated[first:last] & (labels.known()[first:last] != UNKNOWN)
    at = first + np.flatnonzero(chosen)
    return at, truth_of(rows, labels, at)
