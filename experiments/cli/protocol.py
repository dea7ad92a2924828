"""The command that gives numbers a model owner can believe."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from experiments.cli.console import (
    JsonOption,
    MemoryOption,
    OutOption,
    ThreadsOption,
    means,
    progress,
    tell,
)

if TYPE_CHECKING:
    from experiments.protocol.cuts import Cut

_MOST_DAYS = 100_000


def protocol(
    config: Annotated[str, typer.Argument(help="An experiment: shipped name or TOML file.")],
    out: OutOption,
    data: Annotated[Path | None, typer.Option(metavar="DATASET", help="A dataset folder.")] = None,
    files: Annotated[
        tuple[Path, Path] | None,
        typer.Option(metavar="TRANS PATTERNS", help="AMLworld's two files, in place of a dataset."),
    ] = None,
    dataset_out: Annotated[
        Path | None, typer.Option(help="Where to keep the dataset made of --files; else in --out.")
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, help="How many trainings.")] = 5,
    mode: Annotated[
        Literal["trailing", "as-of", "both"],
        typer.Option(help="With what is known at a payment, at the end of the part, or both."),
    ] = "both",
    cut: Annotated[
        str | None,
        typer.Option(help="time, index or day, or several: index,day (so with --files)."),
    ] = None,
    embargo: Annotated[
        str,
        typer.Option(help="Days dropped between the parts; 'windows': as the features' windows."),
    ] = "windows",
    variants: Annotated[
        bool, typer.Option(help="Also train without what a data set may give away.")
    ] = True,
    beside: Annotated[
        Literal["gfp"] | None, typer.Option(help="Run a peer too; needs the extra 'bench'.")
    ] = None,
    gfp_days: Annotated[int, typer.Option(min=1, help="Its windows, in days.")] = 28,
    gfp_batch: Annotated[int, typer.Option(min=1, help="Its batches; 1: row by row.")] = 128,
    trials: Annotated[int, typer.Option(min=1, help="That tune the model and each rival.")] = 20,
    rehearse: Annotated[
        bool, typer.Option("--rehearse", help="Leave the test part alone: judge on what is before.")
    ] = False,
    memory: MemoryOption = None,
    threads: ThreadsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Train with several seeds, look once, and report with intervals and without shortcuts."""
    from experiments.config import load_config
    from experiments.protocol.amlworld import dataset_of
    from experiments.protocol.gfp import Gfp
    from experiments.protocol.plan import MODES, Plan
    from experiments.protocol.run import protocol as run
    from experiments.tracking import Tracker
    from features.dataset import Dataset
    from features.windows import DAY

    if (data is None) == (files is None):
        raise typer.BadParameter("either --data or --files")
    plan = Plan(
        config=load_config(config),
        seeds=seeds,
        modes=MODES if mode == "both" else (mode,),
        cuts=cuts(cut or ("time" if files is None else "index,day")),
        embargo=None if embargo == "windows" else round(days(embargo) * DAY),
        gfp=Gfp(gfp_days, gfp_batch) if beside else None,
        trials=trials,
        variants=variants,
        rehearse=rehearse,
    )
    use = means(memory, threads)
    if files is None and data is not None:
        made = run(plan, Dataset.open(data), out, Tracker(), limits=use, progress=progress)
    elif files is not None:
        with dataset_of(*files, dataset_out, out, progress) as dataset:
            made = run(plan, dataset, out, Tracker(), limits=use, progress=progress)
    tell(made.lines(), made.plain() if as_json else None)


def cuts(text: str) -> "tuple[Cut, ...]":
    """Read which cuts are asked for.

    >>> cuts("day,index")
    ('day', 'index')
    """
    from experiments.protocol.cuts import CUTS

    asked = dict.fromkeys(word.strip() for word in text.split(","))
    if not set(asked) <= set(CUTS):
        raise typer.BadParameter(f"{text!r}: some of {', '.join(CUTS)}")
    return tuple(cut for cut in asked if cut in CUTS)


def days(text: str) -> float:
    """Read a number of days.

    >>> days("28")
    28.0
    """
    try:
        found = float(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r}: a number of days, or 'windows'") from error
    if not 0 <= found < _MOST_DAYS:
        raise typer.BadParameter(f"{text!r}: days from 0 on")
    return found
