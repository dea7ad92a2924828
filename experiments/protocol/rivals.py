"""What a model has to beat: chance, the amount, published rules, and XGBoost without a history."""

from collections.abc import Mapping, Sequence
from time import perf_counter

import numpy as np

from engine.arrays import Floats
from experiments.baselines import rules
from experiments.evaluation.means import Ranked
from experiments.evaluation.truth import AMOUNT, CHANCE, RAW, RULES
from experiments.judging.rivals import Columns, raw_features, scored
from experiments.learning import Learned
from experiments.protocol.entrant import Entrant, Field, Lesson, ranked
from experiments.protocol.prepared import Measured
from experiments.protocol.search import Searching, again
from experiments.rows import micros


def untrained(field: Field, learned: Learned) -> list[Entrant]:
    """Return the rankings that learn nothing from labels."""
    amounts = [truth.amount.astype(np.float64) for truth in (field.validation, field.test)]
    nothing = [np.zeros(len(truth)) for truth in (field.validation, field.test)]
    fired = rule_scores(field, learned)
    told = (
        (CHANCE, "all rows tied", nothing),
        (AMOUNT, "the higher, the more suspicious", amounts),
        (RULES, "how many published red flags fire on a payment", fired),
    )
    return [Entrant(name, about, False, (ranked(field, *scores),)) for name, about, scores in told]


def raw(field: Field, lesson: Lesson, seeds: Sequence[int], seek: Searching) -> Entrant:
    """Train XGBoost on facts of the payment itself."""
    features = raw_features()
    made = field.prepared.seeing(features)
    columns = Columns.of(
        *((_at(made, part.at, name), part.label == 1) for name, part in lesson.parts)
    )
    about = f"{len(features)} facts of the payment itself, no history"
    return boosted(RAW, about, field, columns, field.features(features), seeds, seek)


def boosted(
    name: str,
    about: str,
    field: Field,
    columns: Columns,
    judged: tuple[Floats, Floats],
    seeds: Sequence[int],
    seek: Searching,
) -> Entrant:
    """Tune XGBoost on some columns and train it with each seed, in the way the model's own is."""
    if not (columns.train.both and columns.tuning.both):
        note = "training or tuning rows lack illicit or honest ones: not trained"
        return Entrant(name, about, True, (), (), (note,))
    config, choose, chosen = seek.config.ensemble, seek.of(name), ""
    rankings, seconds = list[Ranked](), list[float]()
    for seed in seeds:
        begun = perf_counter()
        trials = columns.trained(choose, config, seed)
        said = (scored(trial, X) for trial, X in zip(trials, judged, strict=True))
        rankings.append(ranked(field, *said))
        seconds.append(perf_counter() - begun)
        seek.tell(f"{name}, seed {seed}: {seconds[-1]:.0f} s")
        facts = trials[0].facts()
        chosen, choose = chosen or told(facts), again(facts)
    return Entrant(name, about, True, tuple(rankings), tuple(seconds), (chosen,))


def told(facts: Mapping[str, object]) -> str:
    """Say which setting was chosen.

    >>> told({"depth": 4, "l2": 0.12345, "trials": ()})
    'chosen: depth 4, l2 0.123'
    """
    plain = {name: value for name, value in facts.items() if isinstance(value, int | float)}
    return "chosen: " + ", ".join(f"{name} {value:.3g}" for name, value in plain.items())


def rule_scores(field: Field, learned: Learned) -> list[Floats]:
    """Return how many indicators fire on each validation and test row, weighted.

    ``learned`` has the groups of peers, and the columns these were made of.
    """
    made, peers = Measured.taken(learned.prepared), learned.peers
    wide, watched = made.seeing(made.measured), []
    for parts, at in zip(field.parts, (field.validation_at, field.test_at), strict=True):
        found = [np.empty(0)]
        for part in parts:
            own, X = made.of_part(part, wide.catalogue)
            chosen = np.isin(own, at, assume_unique=True)
            if chosen.any():
                found.append(rules(wide, peers, own[chosen], X[chosen], micros(part.as_of)))
        watched.append(np.concatenate(found))
    return watched


def _at(made: Measured, at: np.ndarray, name: str) -> Floats:
    """Return a preparation's features of rows of a part, in the order they are asked for."""
    own, X = made.of_part(made.split[name], made.catalogue)
    return X[np.searchsorted(own, at)]
