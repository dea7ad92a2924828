"""All who take part on one split, in one mode: the model, itself with less, what it must beat."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.trials import Choose, best_trial
from experiments.protocol import gfp, ours, rivals
from experiments.protocol.cuts import embargoed
from experiments.protocol.entrant import Entrant, Field, Lesson
from experiments.protocol.frame import Progress
from experiments.protocol.ours import Trained
from experiments.protocol.plan import Plan
from experiments.protocol.prepared import Measured
from experiments.protocol.search import Searching
from experiments.protocol.shortcuts import without_channel, without_first_pairs
from experiments.protocol.unlabelled import without_labels
from features.catalogue import Feature, digest
from features.windows import DAY

OURS = "moneytrail"
NO_PAIRS, NO_CHANNEL = "without first-pair features", "without payment-format features"
EMBARGO = "with an embargo"


@dataclass(frozen=True)
class Contest:
    """Everybody who ranks the test rows of a field; ``missing`` says who could not, and why."""

    field: Field
    model: Trained
    entrants: tuple[Entrant, ...]
    missing: tuple[str, ...]


def rivals_of(plan: Plan, made: Measured, seek: Searching) -> list[Entrant]:
    """Train who learns from other columns: the same in every mode."""
    field, lesson = Field.of(made), Lesson.of(made)
    found = [rivals.raw(field, lesson, plan.numbers, seek)]
    if plan.gfp is not None:
        found.append(gfp.beside(field, lesson, made.rows, plan.gfp, plan.numbers, seek))
    return found


def contest(plan: Plan, made: Measured, others: Sequence[Entrant], seek: Searching) -> Contest:
    """Train the model and its variants, and put the others beside them.

    The variants grow the setting that was found for the model.
    """
    field, tell = Field.of(made), seek.tell
    count = f"{len(made.catalogue)} features"
    search = seek.of(digest(made.catalogue))
    model = ours.train(made, field, plan.numbers, OURS, count, search, tell)
    same = ours.fixed(model.first) or best_trial
    found, missing = [model.entrant], list[str]()
    if plan.variants:
        for name, features in fewer(made):
            about = f"{len(features)} of {count}"
            less = made.seeing(features)
            found.append(ours.train(less, field, plan.numbers, name, about, same, tell).entrant)
        apart = _embargo(plan, made, same, tell)
        found += [apart] if isinstance(apart, Entrant) else []
        missing += [apart] if isinstance(apart, str) else []
    found += without_labels(made, field, plan.numbers, tell)
    found += [*rivals.untrained(field, model.first), *others]
    missing += [f"{one.name}: {note}" for one in found if not one.rankings for note in one.notes]
    return Contest(field, model, tuple(one for one in found if one.rankings), tuple(missing))


def fewer(made: Measured) -> list[tuple[str, tuple[Feature, ...]]]:
    """Return the features that are left without a shortcut, where that is less and not nothing."""
    left = ((NO_PAIRS, without_first_pairs), (NO_CHANNEL, without_channel))
    sets = [(name, chosen(made.catalogue)) for name, chosen in left]
    return [(name, own) for name, own in sets if 0 < len(own) < len(made.catalogue)]


def _embargo(plan: Plan, made: Measured, choose: Choose, tell: Progress) -> Entrant | str | None:
    """Train with gaps between the parts; say so where the data are too short for any."""
    lengths = windows(made.catalogue) if plan.embargo is None else [plan.embargo]
    if plan.embargo == 0 or not lengths:
        return None
    snapshot = made.dataset.manifest.snapshot_id
    found = embargoed(made.config, snapshot, made.rows, made.split, lengths)
    if found is None:
        days = min(lengths) / DAY
        return f"{EMBARGO}: even {days:g} days would leave too little to train on or to validate"
    longest, own = max(lengths) / DAY, found.length / DAY
    about = f"{own:g} days dropped before validation and before the test part"
    if own < longest:
        about += f"; the longest window is {longest:g} days, for which the data are too short"
    apart = replace(made, rows=found.rows, split=found.split, parts={})
    return ours.train(apart, Field.of(apart), plan.numbers, EMBARGO, about, choose, tell).entrant


def windows(features: Sequence[Feature]) -> list[int]:
    """Return how far features reach, back and ahead together, in whole days and longer."""
    reach = {each.statistic.lookback + each.statistic.lookahead for each in features}
    return sorted(length for length in reach if length >= DAY)
