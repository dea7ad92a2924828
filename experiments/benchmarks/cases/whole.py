"""The whole catalogue: how fast, how evenly with more rows, and in how much memory."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from experiments.benchmarks import measured
from experiments.benchmarks.cases.case import Case, Scale
from experiments.benchmarks.dataset import DAYS, ROWS_AN_ACCOUNT, provide
from experiments.benchmarks.ours import HOW, THREADS
from experiments.benchmarks.outcome import OURS, Bar, Outcome, Timing
from experiments.benchmarks.race import Contestant, race
from features.catalogue import CATALOGUE, Feature
from features.dataset import Dataset
from features.slices import Means, slices

_MILLION = 1_000_000
_BUDGET = "4GB"
_PATTERNS = "patterns"
_HANDFUL = 300
_PATH = "from Parquet on disk to values in memory."


def _computed(dataset: Dataset, features: Sequence[Feature]) -> Callable[[], int]:
    means = Means.of(None, THREADS)
    return lambda: sum(len(frame) for frame in slices(dataset, features, means=means))


def _speed(scale: Scale, place: Path, features: Sequence[Feature]) -> tuple[Timing, str]:
    rows, rounds = (5 * _MILLION, 2) if scale == "full" else (2_000, 1)
    _computed(provide(place, 2_000), features)()
    dataset = provide(place, rows)
    run = Contestant(OURS, HOW, rows, _computed(dataset, features))
    timings, _ = race([run], rounds=rounds)
    return timings[0], _drawn(rows)


def _drawn(rows: int) -> str:
    return (
        f"{rows:,} payments between {rows // ROWS_AN_ACCOUNT:,} accounts in {DAYS} days, with "
        "hubs, the busiest account on 4 % of them"
    )


def _without_patterns(scale: Scale, place: Path) -> Outcome:
    features = [feature for feature in CATALOGUE if feature.family != _PATTERNS]
    timing, data = _speed(scale, place, features)
    note = f"{len(features)} features of each payment; {_PATH}"
    return Outcome(data, (timing,), timing.rate * len(features) / _MILLION, notes=(note,))


def _with_patterns(scale: Scale, place: Path) -> Outcome:
    timing, data = _speed(scale, place, CATALOGUE)
    patterns = sum(feature.family == _PATTERNS for feature in CATALOGUE)
    note = f"{len(CATALOGUE)} features of each payment, {patterns} of them of patterns; {_PATH}"
    return Outcome(data, (timing,), timing.rate / 1000, notes=(note,))


def _consumed(place: Path, rows: int) -> measured.Run:
    """Compute all features in a fresh process, once for all cases, and keep none of them."""
    kept = place / f"consumed-{rows}.json"
    if not kept.exists():
        call = (str(provide(place, rows).path), _BUDGET, str(THREADS))
        found = measured.run("experiments.benchmarks.consumed", call)
        kept.write_text(json.dumps(asdict(found)), encoding="utf-8")
    return measured.Run(**json.loads(kept.read_text(encoding="utf-8")))


def _many(scale: Scale) -> int:
    return 20 * _MILLION if scale == "full" else 4_000


def _memory(scale: Scale, place: Path) -> Outcome:
    rows = _many(scale)
    run = _consumed(place, rows)
    return Outcome(
        _given(rows),
        (Timing(OURS, HOW, rows, (run.seconds,)),),
        run.peak / measured.GIGABYTE,
        notes=("The most memory the process held at once; what it computes is dropped.",),
    )


def _evenness(scale: Scale, place: Path) -> Outcome:
    many, few = _many(scale), _MILLION if scale == "full" else 2_000
    none = _consumed(place, _HANDFUL).work
    timings = tuple(
        Timing(OURS, HOW, rows, (_consumed(place, rows).work - none,)) for rows in (many, few)
    )
    note = (
        "Seconds of work of all cores, from the start of the process to its end. The "
        f"{none:.1f} s that {_HANDFUL} payments take are taken off both."
    )
    data = f"{_given(many)}; and {few:,} of the same kind"
    return Outcome(data, timings, timings[1].rate / timings[0].rate, notes=(note,))


def _given(rows: int) -> str:
    return f"All features with {_BUDGET} to use, {_drawn(rows)}"


CASES = (
    Case(
        "catalogue",
        "The whole catalogue without patterns",
        Bar(60, "million values/s"),
        _without_patterns,
    ),
    Case("patterns", "The whole catalogue with patterns", Bar(200, "k rows/s"), _with_patterns),
    Case("memory", "Memory with a budget of 4 GB", Bar(4, "GB", at_least=False), _memory),
    Case(
        "evenness",
        "Cost of a row among 20 million over its cost among 1 million",
        Bar(1.2, "x", at_least=False),
        _evenness,
    ),
)
