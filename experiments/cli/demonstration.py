"""The main job from end to end, on a simulated world."""

import os
import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from experiments.cli.console import progress, tell

_SHOWN = 5


def demo(
    out: Annotated[Path, typer.Option(help="Where; the next free name where it exists.")] = Path(
        "demo"
    ),
    transactions: Annotated[int, typer.Option(help="The size of the world.")] = 200_000,
    seed: Annotated[int, typer.Option(help="Equal seeds make equal worlds.")] = 0,
) -> None:
    """Simulate a world, train a model, score the held-back weeks, and write the report."""
    from experiments.demonstration import demonstrate

    place = _free(out)
    made = demonstrate(place, transactions=transactions, seed=seed, progress=progress)
    tell(made.lines(_SHOWN, _commands()))


def _commands() -> str:
    """Return the folder to put before our commands; empty where the shell finds them."""
    called = sys.argv[0]
    if shutil.which("moneytrail") == called or os.sep not in called:
        return ""
    return f"{Path(called).parent}{os.sep}"


def _free(wanted: Path) -> Path:
    """Return the first of NAME, NAME-2, NAME-3 … that doesn't exist."""
    place, number = wanted, 1
    while place.exists():
        number += 1
        place = wanted.with_name(f"{wanted.name}-{number}")
    return place
