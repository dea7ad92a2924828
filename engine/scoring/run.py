"""One scoring, settled: a dataset, a model and its features, and the instants."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.bundle import Bundle
from features.catalogue import CATALOGUE, Feature, digest
from features.dataset import Dataset
from features.dataset.manifest import canonical_digest
from features.errors import BundleError, Fault, InputError
from features.frame import ROWS_AT_ONCE, Reach, settle


@dataclass(frozen=True)
class Request:
    """What to score: the rows in ``[start, stop)``, seen as of an instant, so many a week.

    None: the dataset's whole coverage, its last instant, the budget the model was judged at.
    """

    start: datetime | None = None
    stop: datetime | None = None
    as_of: datetime | None = None
    budget: int | None = None
    rows_at_once: int = ROWS_AT_ONCE


@dataclass(frozen=True)
class Run:
    """One scoring: a dataset, a model and its features, and the instants settled."""

    dataset: Dataset
    bundle: Bundle
    features: tuple[Feature, ...]
    start: datetime
    stop: datetime
    as_of: datetime
    budget: int
    rows_at_once: int

    @property
    def population(self) -> str:
        """Which rows can make a candidate: those the model was judged on."""
        return str(self.bundle.manifest["facts"]["config"]["population"]["evaluate"])

    @property
    def left_out_channels(self) -> tuple[str, ...]:
        """Channels whose rows can't make a candidate: the model was not judged on them."""
        return tuple(self.bundle.manifest["facts"]["config"]["evaluate"]["exclude_channels"])

    @property
    def key(self) -> str:
        """What names the run's candidates."""
        return canonical_digest(
            {
                "snapshot": self.dataset.manifest.snapshot_id,
                "model": self.bundle.digest,
                "as_of": self.as_of.isoformat(),
            }
        )


def features_of(bundle: Bundle) -> tuple[Feature, ...]:
    """Return the features a model was trained with, as the catalogue here defines them.

    Raises
    ------
    BundleError
        If the catalogue lacks one of them, or defines one in another way; names the first.
    """
    known = {feature.name: feature for feature in CATALOGUE}
    names = bundle.ensemble.names
    unknown = tuple(name for name in names if name not in known)
    if unknown:
        fault = Fault("model", "features", f"{len(unknown)} unknown here", "known ones", unknown)
        raise BundleError("the model was trained for another catalogue", (fault,))
    features = tuple(known[name] for name in names)
    if digest(features) != bundle.manifest["catalogue"]:
        raise BundleError("the model was trained for another catalogue: a definition differs")
    return features


def settled(dataset: Dataset, bundle: Bundle, request: Request) -> Run:
    """Settle what a request leaves open, and refuse what can't be scored."""
    start, stop, as_of = settle(dataset, request.start, request.stop, request.as_of)
    budget = request.budget
    if budget is None:
        budget = int(bundle.manifest["facts"]["config"]["evaluate"]["budget"])
    if budget < 1:
        raise InputError(f"a budget of {budget}; wanted at least 1 candidate a week")
    _same_money(bundle, dataset)
    features = features_of(bundle)
    return Run(dataset, bundle, features, start, stop, as_of, budget, request.rows_at_once)


def _same_money(bundle: Bundle, dataset: Dataset) -> None:
    """Refuse a dataset whose amounts the model would misread."""
    trained = bundle.manifest["facts"]["data"]
    here = {
        "reporting_currency": dataset.manifest.reporting_currency,
        "minor_digits": dataset.manifest.minor_digits,
    }
    faults = tuple(
        Fault(str(dataset.path), name, str(found), f"{trained[name]}, as the model was trained on")
        for name, found in here.items()
        if trained[name] != found
    )
    if faults:
        raise InputError("the dataset and the model speak of different money", faults)


def reach_with_past(features: Sequence[Feature]) -> Reach:
    """Return how far features and the measures of the own past beside them look."""
    earlier = (feature.statistic.earlier() for feature in features)
    past = max((statistic.lookback for statistic in earlier if statistic), default=0)
    reach = Reach.of(features)
    return Reach(max(reach.lookback, timedelta(microseconds=past)), reach.lookahead)
