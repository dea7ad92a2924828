"""What a model has to beat beside its detectors: published rules, and trees without a history."""

import pyarrow as pa

from engine.arrays import Floats, Integers
from engine.indicators import Horizon, Watch
from engine.peers import Peers, Traits, activity_columns
from experiments.evaluation.truth import RAW, RULES
from experiments.judging.rivals import trained_before
from experiments.preparation import PartRows, Preparation
from experiments.rows import micros
from features.history import to_microseconds

_NAMES = ("sender", "receiver", "sender_country", "receiver_country")


def baselines(prepared: Preparation, peers: Peers, name: str, part: PartRows) -> dict[str, Floats]:
    """Rank the rows of a part, in their order: by rules, and by trees that see the payment alone.

    Nothing is ranked where no row of the part has a label. The trees are not there where the rows
    they could learn from lack illicit or honest ones.
    """
    known = prepared.truth(part)
    if known is None or not known[0].any():
        return {}
    measured = prepared.seeing(prepared.measured)
    watched = measured.widened(part, name)
    found = {RULES: rules(measured, peers, part.at, watched.X, micros(prepared.split[name].as_of))}
    raw = raw_scores(prepared, name, part.at)
    return found if raw is None else {**found, RAW: raw}


def rules(measured: Preparation, peers: Peers, at: Integers, X: Floats, as_of: int) -> Floats:
    """Return how many indicators fire on each of the rows ``at``, weighted.

    ``X`` are the features that are seen, all that indicators and peer groups need among them;
    ``as_of`` is in microseconds since 1970.
    """
    manifest = measured.dataset.manifest
    begun, time = to_microseconds(manifest.coverage_from), measured.rows.time[at]
    horizon = Horizon(begun, as_of, manifest.time_precision != "day")
    features = measured.catalogue
    watch = Watch(measured.indicators, features, peers, manifest.minor_digits, horizon)
    names = measured.dataset.read(_NAMES).take(pa.array(at))
    activity = activity_columns(X, features)
    sides = Traits.of(measured.dataset.accounts()).sides(names, activity, time, begun)
    return watch.flags(X, time, peers.groups(sides)).rule_score()


def raw_scores(prepared: Preparation, name: str, at: Integers) -> Floats | None:
    """Train XGBoost on facts of the payments before a part, and let it score rows of the part.

    As an evaluation does (`trained_before`), even where the model ignores labels.
    """
    part = prepared.split[name]
    span = (part.start, part.stop, part.as_of)
    return trained_before(span, prepared.dataset, prepared.rows, at, prepared.config)
