"""The model itself, trained with several seeds, and the features or rows taken from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from time import perf_counter

from engine.trials import Choose
from experiments.evaluation.means import Ranked
from experiments.learning import Learned, learn
from experiments.protocol.entrant import Entrant, Field, ranked
from experiments.protocol.frame import Progress
from experiments.protocol.prepared import Measured
from experiments.protocol.rivals import told
from experiments.protocol.search import again


@dataclass(frozen=True)
class Trained:
    """What trainings came to: the entrant, each detector of it alone, and the first seed's model.

    A detector sees what its model sees: only without labels does it owe nothing to them.
    """

    entrant: Entrant
    detectors: tuple[Entrant, ...]
    first: Learned


def train(
    made: Measured,
    field: Field,
    seeds: Sequence[int],
    name: str,
    about: str,
    choose: Choose,
    progress: Progress,
) -> Trained:
    """Train with each seed and score the rows that are judged.

    ``choose`` finds the trees of the first seed; the others grow the same setting.
    """
    found: dict[str, list[Ranked]] = {}
    seconds, learned = list[float](), list[Learned]()
    for seed in seeds:
        begun = perf_counter()
        one = learn(made.seeded(seed), choose)
        both = replace(field, prepared=Measured.taken(one.prepared)).features(
            one.prepared.catalogue
        )
        who = (one.earlier, one.ensemble)
        said = [ensemble.score(X) for ensemble, X in zip(who, both, strict=True)]
        found.setdefault("", []).append(ranked(field, said[0].score, said[1].score))
        for detector in said[0].components:
            scores = [each.components[detector].percentile for each in said]
            found.setdefault(detector, []).append(ranked(field, *scores))
        learned += [one][: not learned]
        choose = fixed(one) or choose
        seconds.append(perf_counter() - begun)
        progress(f"{name}, seed {seed}: {seconds[-1]:.0f} s")
    rankings, first = found.pop(""), learned[0]
    sure = first.ensemble.score_kind == "probability"
    chosen = first.ensemble.facts.get("chosen")
    notes = (*first.notes, *([told(chosen)] if isinstance(chosen, Mapping) else []))
    entrant = Entrant(name, about, True, tuple(rankings), tuple(seconds), notes, sure)
    detectors = tuple(
        Entrant(f"{detector} alone", "a detector, no labels used", True, tuple(each))
        for detector, each in found.items()
    )
    return Trained(entrant, detectors, first)


def fixed(learned: Learned) -> Choose | None:
    """Return what grows a model's setting anew; None where it has no trees."""
    chosen = learned.ensemble.facts.get("chosen")
    return again(chosen) if isinstance(chosen, Mapping) else None
