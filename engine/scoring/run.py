"""One scoring, settled: a dataset, a model and its features, and the instants."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

from engine.bundle import Bundle, check_definitions
from engine.candidates.explaining import Judge
from engine.conformal import least_block
from engine.indicators import Horizon, Indicators, Watch, load_indicators, parse_indicators
from engine.peers import Traits
from engine.scoring.counted import Counted
from engine.scoring.first_look import FirstLook, first_look
from features.catalogue import ALL, Feature, company_of, definition
from features.dataset import Dataset
from features.dataset.manifest import canonical_digest
from features.errors import BundleError, ConfigError, Fault, InputError
from features.history import to_microseconds
from features.slices import Means, Reach, Suspicion, settle


@dataclass(frozen=True)
class Request:
    """What to score: the rows in ``[start, stop)``, seen as of an instant.

    Candidates are so many a week (``budget``), or those of which at most a share ``fdr`` is
    expected to be false. None: the dataset's whole coverage, its last instant, the budget the model
    was judged at.
    """

    start: datetime | None = None
    stop: datetime | None = None
    as_of: datetime | None = None
    budget: int | None = None
    means: Means = field(default_factory=Means)
    fdr: float | None = None


@dataclass(frozen=True)
class Run:
    """One scoring: a dataset, a model and its features, and the instants settled.

    ``indicators`` are the model's own. ``budget`` is None where ``fdr`` selects, and the other way
    round. ``tell`` is told how the first look goes on.
    """

    dataset: Dataset
    bundle: Bundle
    features: tuple[Feature, ...]
    indicators: Indicators
    start: datetime
    stop: datetime
    as_of: datetime
    budget: int | None
    means: Means
    fdr: float | None = None
    tell: Callable[[str], None] = field(default=lambda _: None, repr=False, compare=False)

    @property
    def counted(self) -> Counted:
        """Which rows can make a candidate."""
        return Counted.of(self.bundle)

    @cached_property
    def first_look(self) -> FirstLook | None:
        """The first look, taken when it is first asked for; None where the model takes none."""
        if self.bundle.scout is None:
            return None
        asked = (self.start, self.stop, self.as_of, self.means, self.tell)
        scout, reach = self.bundle.scout, self._company
        return first_look(self.dataset, scout, self.counted, *asked, reach=reach)

    @property
    def suspicion(self) -> Suspicion | None:
        """What the first look found."""
        return None if self.first_look is None else self.first_look.suspicion

    @property
    def reach(self) -> Reach:
        """How far all that is said of a row looks: the first look at its company as well."""
        own = reach_with_past(self.measured)
        if self.bundle.scout is None:
            return own
        back = self._company.lookback + Reach.of(self.bundle.scout.features()).lookback
        return own.joined(Reach(back, self._company.lookahead))

    @property
    def _company(self) -> Reach:
        """How far the features look that ask what the first look found of other payments."""
        return Reach.of(company_of(self.features))

    @property
    def measured(self) -> tuple[Feature, ...]:
        """The model's features, then what indicators and peer groups need beside them."""
        return self.indicators.measured(self.features)

    @cached_property
    def judge(self) -> Judge:
        """The model and its indicators, ready for this dataset's accounts and money."""
        peers = self.bundle.peers
        if peers is None:
            raise BundleError("the model has no peer groups: it was not made by `moneytrail train`")
        facts = self.dataset.manifest
        horizon = Horizon(
            to_microseconds(facts.coverage_from),
            to_microseconds(self.as_of),
            facts.time_precision != "day",
        )
        watch = Watch(self.indicators, self.measured, peers, facts.minor_digits, horizon)
        traits = Traits.of(self.dataset.accounts())
        return Judge(self.bundle.ensemble, self.measured, peers, watch, traits)

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
        If the catalogue lacks one of them, or one of the scout's, or defines one in another way;
        names which.
    """
    here = {feature.name: definition(feature) for feature in ALL}
    first = () if bundle.scout is None else bundle.scout.names
    own = dict.fromkeys((*bundle.ensemble.names, *first), "") | bundle.manifest["definitions"]
    check_definitions("model", own, here)
    known = {feature.name: feature for feature in ALL}
    return tuple(known[name] for name in bundle.ensemble.names)


def indicators_of(bundle: Bundle) -> Indicators:
    """Return the indicators a model carries; a model that never looks ahead gets none that do."""
    found = parse_indicators(bundle.indicators, Path("model") / "indicators.toml")
    leads = bundle.manifest["facts"]["config"]["features"]["leading"]
    return found if leads else found.known_at_once()


def other_indicators(run: Run) -> str | None:
    """Say where the model's own indicators differ from those that ship; None: nowhere."""
    try:
        here = load_indicators()
    except ConfigError as error:
        return f"the model's own indicators are used; those here cannot be: {error}"
    found = run.indicators.differing(here if run.indicators.leads else here.known_at_once())
    if not found:
        return None
    own, named = run.indicators.version, ", ".join(found)
    return f"the model's own indicators are used ({own}); here ({here.version}) differ: {named}"


def wording(features: Sequence[Feature]) -> dict[str, str]:
    """Return the SHA-256 of which features are put into words, and how: no model depends on it."""
    said = {
        "features": "\n".join(feature.name for feature in features),
        "sentences": "\n".join(feature.sentence for feature in features),
    }
    return {name: hashlib.sha256(text.encode()).hexdigest() for name, text in said.items()}


def settled(
    dataset: Dataset,
    bundle: Bundle,
    request: Request,
    tell: Callable[[str], None] = lambda _: None,
) -> Run:
    """Settle what a request leaves open, and refuse what can't be scored."""
    start, stop, as_of = settle(dataset, request.start, request.stop, request.as_of)
    budget = _budget(bundle, request)
    _same_money(bundle, dataset)
    features, indicators = features_of(bundle), indicators_of(bundle)
    means = request.means
    asked = (budget, means, request.fdr, tell)
    return Run(dataset, bundle, features, indicators, start, stop, as_of, *asked)


def _budget(bundle: Bundle, request: Request) -> int | None:
    """Return the candidates a week; None where a share of false ones is asked for instead."""
    if request.fdr is not None:
        _refuse_rate(bundle, request)
        return None
    budget = request.budget
    if budget is None:
        budget = int(bundle.manifest["facts"]["config"]["evaluate"]["budget"])
    if budget < 1:
        raise InputError(f"a budget of {budget}; wanted at least 1 candidate a week")
    return budget


def _refuse_rate(bundle: Bundle, request: Request) -> None:
    """Refuse a share of false candidates that nothing can keep."""
    rate, block = request.fdr, bundle.honest
    if request.budget is not None:
        raise InputError("a budget and a share of false candidates: wanted one of them")
    if rate is None or not 0 < rate < 1:
        raise InputError(f"a share of false candidates of {rate}; wanted more than 0, less than 1")
    if block is None:
        raise InputError(
            "the model does not know what honest accounts score in a week, so no share of false "
            "candidates can be kept: no weeks were set aside for it in training ([split] conformal;"
            " the validation part must be two weeks or more). Train on more time, or use a budget"
        )
    if block.smallest > rate:
        raise InputError(
            f"{len(block.scores):,} honest account-weeks were set aside in training; a share of "
            f"{rate:g} needs {least_block(rate):,} at the very least. Train on more data"
        )


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
