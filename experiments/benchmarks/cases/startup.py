"""The first start ever, when everything is compiled, and a start after that."""

import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from experiments.benchmarks.cases.case import Case, Scale
from experiments.benchmarks.outcome import OURS, Bar, Outcome, Timing
from features.catalogue import CATALOGUE

_REPEATS = 5


def _started(wanted: str, **environment: str) -> float:
    """Return how long a fresh process takes, from its call to its end."""
    before = time.perf_counter()
    subprocess.run(  # noqa: S603 (our own module)
        (sys.executable, "-m", "experiments.benchmarks.startup", wanted),
        env={**os.environ, **environment},
        check=True,
    )
    return time.perf_counter() - before


def _first_ever(scale: Scale, place: Path) -> Outcome:
    if scale == "quick":
        seconds = _started("all")
    else:
        seconds = _started("all", NUMBA_CACHE_DIR=str(place / "numba"))
    return _outcome((seconds,), f"value and evidence of all {len(CATALOGUE)} features")


def _warm(scale: Scale, _: Path) -> Outcome:
    _started("first")
    seconds = tuple(_started("first") for _ in range(_REPEATS if scale == "full" else 1))
    return _outcome(seconds, "the first feature")


def _outcome(seconds: tuple[float, ...], what: str) -> Outcome:
    return Outcome(
        f"{what} of 300 payments, in a fresh process, from its call to its end",
        (Timing(OURS, "fresh process", 0, seconds),),
        median(seconds),
    )


CASES = (
    Case(
        "first-start",
        "First start ever: everything is compiled",
        Bar(90, "s", at_least=False),
        _first_ever,
    ),
    Case(
        "warm-start",
        "Start after that, to the first feature",
        Bar(3, "s", at_least=False),
        _warm,
    ),
)
