"""Commands that train models."""

from pathlib import Path
from typing import Annotated

import typer

from experiments.cli.console import DataOption, JsonOption, progress, tell


def train(
    config: Annotated[str, typer.Argument(help="An experiment: shipped name or TOML file.")],
    data: DataOption,
    out: Annotated[Path | None, typer.Option(help="Keep the bundle here as well.")] = None,
    title: Annotated[str | None, typer.Option(help="A name for the run in MLflow.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Train, judge on held-back data, track in MLflow and register a model."""
    from experiments.config import load_config
    from experiments.tracking import Tracker
    from experiments.training import train as run
    from features.dataset import Dataset

    plan, dataset = load_config(config), Dataset.open(data)
    made = run(plan, dataset, out, Tracker(), title=title, progress=progress)
    tell(made.lines(), made.plain() if as_json else None)
