"""Run cases one after another, each in a process of its own: memory and threads start clean."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from experiments.benchmarks.cases.case import Case, Scale
from experiments.benchmarks.outcome import Outcome

Found = tuple[Case, Outcome]


def run_all(
    cases: Iterable[Case], scale: Scale, tell: Callable[[Case, Outcome], None]
) -> list[Found]:
    """Run every case; ``tell`` hears of each as it ends. What they wrote is thrown away."""
    found = []
    with TemporaryDirectory(prefix="moneytrail-bench-") as folder:
        for case in cases:
            outcome = run_apart(case, scale, Path(folder))
            tell(case, outcome)
            found.append((case, outcome))
    return found


def run_apart(case: Case, scale: Scale, place: Path) -> Outcome:
    """Run a case in a fresh process; that it ended badly becomes its fault."""
    out = place / f"{case.name}.json"
    call = (sys.executable, "-m", f"{__package__}.alone", case.name, scale, str(place), str(out))
    ended = subprocess.run(  # noqa: S603 (our own module)
        call, env=environment(), capture_output=True, text=True, check=False
    )
    if ended.returncode:
        last = (ended.stderr.strip().splitlines() or ["nothing said"])[-1]
        return Outcome(fault=f"ended with code {ended.returncode}: {last}")
    return Outcome.from_plain(json.loads(out.read_text(encoding="utf-8")))


def environment() -> dict[str, str]:
    """Return the environment of a case: two threads for Polars, OpenMP as its library likes it."""
    kept = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
    return {**kept, "POLARS_MAX_THREADS": "2"}
