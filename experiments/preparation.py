"""From a dataset to the rows a model is fitted to, tuned, calibrated and judged on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from engine.arrays import Flags, Floats, Integers
from engine.indicators import Indicators
from engine.order import canonical_order
from engine.scoring.counted import Counted
from engine.scoring.first_look import first_look
from engine.scout import Scout
from experiments.config import ExperimentConfig
from experiments.evaluation.truth import Truth
from experiments.rows import UNKNOWN, Rows, micros, truth_of
from experiments.split import Part, Split
from features.catalogue import CATALOGUE, Feature
from features.dataset import Dataset
from features.errors import ConfigError, Fault, InputError
from features.slices import TICK, Reach, Suspicion, compute_frame


@dataclass(frozen=True)
class PartRows:
    """Rows of one part: where they stand in the dataset, their features, and their labels.

    ``label`` holds what was known at the end of the part: 0, 1 or -1 (unknown); ``beside`` what
    indicators and peer groups measure and the model does not.
    """

    at: Integers
    X: Floats
    label: NDArray[np.int8]
    beside: Floats

    def __getitem__(self, chosen: Flags | Integers) -> "PartRows":
        return PartRows(self.at[chosen], self.X[chosen], self.label[chosen], self.beside[chosen])

    def columns(self, chosen: Sequence[int]) -> Floats:
        """Return some columns of the features, then of what is measured beside them."""
        own, found = self.X.shape[1], np.empty((len(self.at), len(chosen)))
        for place, column in enumerate(chosen):
            found[:, place] = self.X[:, column] if column < own else self.beside[:, column - own]
        return found


@dataclass(frozen=True)
class Preparation:
    """What every step of a training shares: the data, the split, the features it may see.

    ``suspicion`` is what the scout that is kept says of all rows. ``looks`` is what the rows of
    some parts see in its place, by the part's name: what a scout says that did not learn from them.
    """

    dataset: Dataset
    config: ExperimentConfig
    catalogue: tuple[Feature, ...]
    indicators: Indicators
    rows: Rows
    split: Split
    suspicion: Suspicion | None = None
    looks: Mapping[str, Suspicion] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """The features' names, in the order of the columns."""
        return tuple(feature.name for feature in self.catalogue)

    @property
    def measured(self) -> tuple[Feature, ...]:
        """The features, then what indicators and peer groups need beside them."""
        return self.indicators.measured(self.catalogue)

    @property
    def learns(self) -> bool:
        """Whether there are labels to learn from."""
        return self.rows.labels is not None and self.config.labels == "use"

    def seeing(self, features: tuple[Feature, ...]) -> Self:
        """Return the same with other features."""
        return replace(self, catalogue=features)

    def first_look(self, scout: Scout) -> Suspicion:
        """Return what a scout says of all rows; those that are not evaluated have no suspicion."""
        config, facts = self.config, self.dataset.manifest
        counted = Counted(config.population.evaluate, config.evaluate.exclude_channels)
        asked = (facts.coverage_from, facts.coverage_to + TICK, facts.coverage_to)
        return first_look(self.dataset, scout, counted, *asked, reach=Reach.of(())).suspicion

    def accompanied(
        self, company: tuple[Feature, ...], suspicion: Suspicion, cross_fitted: Suspicion
    ) -> Self:
        """Return the same with company features beside the others."""
        catalogue = (*self.catalogue, *company)
        looks = {"train": cross_fitted}
        return replace(self, catalogue=catalogue, suspicion=suspicion, looks=looks)

    def looking_anew(self, name: str, suspicion: Suspicion) -> Self:
        """Return the same with another look, of a scout that has learned from a part as well."""
        if self.suspicion is None:
            raise ValueError("there was no look before this one")
        return replace(self, suspicion=suspicion, looks={**self.looks, name: self.suspicion})

    def knows_both(self, name: str) -> bool:
        """Say whether illicit and honest rows are known among the evaluated ones of a part."""
        span = self.rows.within(self.split[name])
        labels = self._labels(self.split[name], np.arange(span.start, span.stop))
        return set(labels[self.rows.evaluated[span]].tolist()) >= {0, 1}

    def widened(self, part: PartRows, name: str) -> PartRows:
        """Return the rows of a part with the features that are seen beside those they have."""
        at, values = self._values(name, self.catalogue[part.X.shape[1] :])
        return replace(part, X=np.hstack([part.X, values[np.searchsorted(at, part.at)]]))

    def narrowed(self, part: PartRows, wide: "Preparation", *, beside: bool) -> PartRows:
        """Return a part of a preparation that sees more, as this one would have computed it.

        ``beside`` says whether to keep what indicators and peer groups measure.
        """
        place = {feature.name: column for column, feature in enumerate(wide.measured)}
        columns = [place[feature.name] for feature in self.measured]
        own = len(self.catalogue)
        further = columns[own:] if beside else []
        return replace(part, X=part.columns(columns[:own]), beside=part.columns(further))

    def training(self) -> PartRows:
        """Compute the rows to learn from, in canonical order.

        Detectors and reference take all of them; trees take those with a label, and only rows
        of the fitted population keep theirs.
        """
        part = self._part("train", self.measured)
        internal = self._internal(part.at)
        if self.config.population.fit == "internal":
            part.label[~internal] = UNKNOWN
        kept = internal | (self.config.population.reference == "all")
        if not kept.any():
            fault = Fault("transactions", None, "no internal rows", "rows with both sides known")
            raise InputError("the train part has no rows to learn from", (fault,))
        return self._in_order(part, kept)

    def judged(self, name: str) -> PartRows:
        """Compute the evaluated rows of a part, in canonical order."""
        part = self._part(name, self.catalogue)
        return self._in_order(part, self.rows.evaluated[part.at])

    def truth(self, part: PartRows) -> tuple[Flags, Truth] | None:
        """Return which rows of a part have a label by now, and the truth about these."""
        labels = self.rows.labels
        if labels is None:
            return None
        known = labels.known()[part.at] != UNKNOWN
        return known, truth_of(self.rows, labels, part.at[known])

    def _in_order(self, part: PartRows, kept: Flags) -> PartRows:
        """Take the kept rows in canonical order, copying the features once."""
        order = canonical_order(self.rows.time[part.at], part.X, part.label)
        return part[order[kept[order]]]

    def _part(self, name: str, features: tuple[Feature, ...]) -> PartRows:
        at, values = self._values(name, features)
        own, beside = np.split(values, [len(self.catalogue)], axis=1)
        return PartRows(at, own, self._labels(self.split[name], at), beside)

    def _values(self, name: str, features: tuple[Feature, ...]) -> tuple[Integers, Floats]:
        """Compute features of a part: where its rows stand in the dataset, and their values."""
        part, span = self.split[name], self.rows.within(self.split[name])
        edges, suspicion = (part.start, part.stop, part.as_of), self.looks.get(name, self.suspicion)
        frame = compute_frame(self.dataset, features, *edges, suspicion=suspicion)
        if not frame.transaction_id.equals(_ids(self.rows, span)):
            raise RuntimeError(f"the features of the {name} part are not those of its rows")
        return np.arange(span.start, span.stop), frame.values

    def _labels(self, part: Part, at: Integers) -> NDArray[np.int8]:
        labels = self.rows.labels
        if labels is None or self.config.labels == "ignore":
            return np.full(len(at), UNKNOWN, np.int8)
        return labels.known(micros(part.as_of))[at]

    def _internal(self, at: Integers) -> Flags:
        return (self.rows.sender[at] >= 0) & (self.rows.receiver[at] >= 0)


def chosen_features(config: ExperimentConfig) -> tuple[Feature, ...]:
    """Return the features a config asks for, in the catalogue's order.

    Raises
    ------
    ConfigError
        If a family does not exist, or nothing is left.
    """
    families = {feature.family for feature in CATALOGUE}
    wanted = set(config.features.families) or families
    if not wanted <= families:
        found, known = ", ".join(sorted(wanted - families)), ", ".join(sorted(families))
        fault = Fault("features", "families", found, f"some of {known}")
        raise ConfigError("features that do not exist", (fault,))
    chosen = tuple(
        feature
        for feature in CATALOGUE
        if feature.family in wanted and (config.features.leading or feature.direction != "leading")
    )
    if not chosen:
        raise ConfigError("these families have leading features only, and leading is false")
    return chosen


def _ids(rows: Rows, span: slice) -> object:
    return rows.transaction_id.slice(span.start, span.stop - span.start).combine_chunks()
