"""The command: ``python -m experiments.benchmarks``; exit code 1 where a result was wrong."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from experiments.benchmarks.cases import CASES
from experiments.benchmarks.cases.case import Case, Scale
from experiments.benchmarks.outcome import Outcome
from experiments.benchmarks.report import QUICK, lines, page
from experiments.benchmarks.runner import run_all


def main(arguments: list[str]) -> int:
    """Run the cases, tell of each, and write the page."""
    asked = _parser().parse_args(arguments)
    cases = [case for case in CASES if not asked.only or case.name in asked.only]
    scale: Scale = "quick" if asked.quick else "full"
    if asked.quick:
        sys.stdout.write(f"{QUICK}\n\n")
    found = run_all(cases, scale, _tell)
    if asked.out:
        asked.out.write_text(page(found, datetime.now(UTC).date(), scale), encoding="utf-8")
    return int(any(outcome.fault for _, outcome in found))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("experiments.benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few rows: ratios mean nothing")
    names = [case.name for case in CASES]
    parser.add_argument("--only", action="append", choices=names, help="a case; may be repeated")
    parser.add_argument("--out", type=Path, help="write the page to this file")
    return parser


def _tell(case: Case, found: Outcome) -> None:
    sys.stdout.write("\n".join(lines(case, found)) + "\n\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
