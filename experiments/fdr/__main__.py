"""The command: ``python -m experiments.fdr [--seeds N] [--out FILE]``."""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from experiments.fdr.report import page, table
from experiments.fdr.trial import Listed, trial

FIRST_SEED = 100


def main(arguments: list[str]) -> int:
    """Run the trials, tell of each, and write the page."""
    asked = _parser().parse_args(arguments)
    found: list[Listed] = []
    for seed in range(asked.first, asked.first + asked.seeds):
        found += trial(seed)
        _tell(found[-1].seed, found)
        if asked.raw:
            asked.raw.write_text(json.dumps([asdict(one) for one in found]), encoding="utf-8")
    sys.stdout.write("\n".join(table(found)) + "\n")
    if asked.out:
        asked.out.write_text(page(found), encoding="utf-8")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("experiments.fdr", description=__doc__)
    parser.add_argument("--seeds", type=int, default=20, help="how many worlds")
    parser.add_argument("--first", type=int, default=FIRST_SEED, help="the first world's seed")
    parser.add_argument("--out", type=Path, help="write the page to this file")
    parser.add_argument("--raw", type=Path, help="write every list's counts to this JSON file")
    return parser


def _tell(seed: int, found: list[Listed]) -> None:
    own = [one for one in found if one.seed == seed]
    counts = ", ".join(f"{one.false} of {one.listed}" for one in own)
    sys.stdout.write(f"seed {seed}: false {counts}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
