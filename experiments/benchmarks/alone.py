"""Run one case here: ``python -m experiments.benchmarks.alone NAME SCALE PLACE FILE``."""

import json
import sys
from dataclasses import replace
from pathlib import Path

from experiments.benchmarks.cases import CASES
from experiments.benchmarks.cases.case import Case, Scale, WrongResultError
from experiments.benchmarks.outcome import Outcome


def run(case: Case, scale: Scale, place: Path) -> Outcome:
    """Run a case; a wrong result becomes its fault."""
    try:
        return case.run(scale, place)
    except WrongResultError as error:
        return replace(Outcome(), fault=f"wrong result: {error}")


def main(name: str, scale: str, place: str, out: str) -> None:
    """Write a case's outcome to a file, as JSON."""
    case = next(case for case in CASES if case.name == name)
    found = run(case, "quick" if scale == "quick" else "full", Path(place))
    Path(out).write_text(json.dumps(found.plain()), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
