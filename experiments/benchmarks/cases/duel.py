"""One of ours beside the Graph Feature Preprocessor on the same edges."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from experiments.benchmarks.data import Payments
from experiments.benchmarks.outcome import OURS, Outcome, over_the_fastest_peer
from experiments.benchmarks.peers import gfp, missing
from experiments.benchmarks.race import Contestant, race

_LONG = 100_000
Compare = Callable[[Any, Any], tuple[str, ...]]


def duel(
    payments: Payments,
    own: Sequence[Contestant],
    wanted: Mapping[str, Any],
    compare: Compare,
    data: str,
    notes: tuple[str, ...] = (),
    *,
    held: str = OURS,
) -> Outcome:
    """Race on the whole batch; ``compare`` gets both answers and says what it found equal.

    ``held`` is the name of the one of ours that is held against the bar.
    """
    why = missing("snapml")
    timings, answers = race([*own, *([] if why else _rivals(payments, wanted))])
    return Outcome(
        data,
        timings,
        over_the_fastest_peer(timings, (gfp.NAME,), held),
        () if why else compare(answers[OURS], answers[gfp.NAME]),
        notes,
        (f"{gfp.NAME}: {why}",) if why else (),
    )


def _rivals(payments: Payments, wanted: Mapping[str, Any]) -> list[Contestant]:
    """Run it with one thread and with two; where that takes long, the better of a first try."""
    if len(payments) < _LONG:
        return gfp.contestants(payments, wanted)
    tried, _ = race(gfp.contestants(payments.first(len(payments) // 10), wanted), rounds=2)
    return [one for one in gfp.contestants(payments, wanted) if one.how == tried[0].how]
