"""Commands that train models, judge them and compare them."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from experiments.cli.console import (
    AsOfOption,
    DataOption,
    FromOption,
    JsonOption,
    MemoryOption,
    OutOption,
    ThreadsOption,
    ToOption,
    instant,
    means,
    progress,
    tell,
)

BudgetOption = Annotated[
    int | None, typer.Option(min=1, help="Candidates a week; as the model says by default.")
]
SplitOption = Annotated[
    Literal["test", "all"] | None,
    typer.Option(help="The test part of the training data (its default), or all rows."),
]
RecordAccountsOption = Annotated[
    bool,
    typer.Option(help="Let the run in MLflow name accounts too; else only the folder does."),
]


def train(
    config: Annotated[str, typer.Argument(help="An experiment: shipped name or TOML file.")],
    data: DataOption,
    out: Annotated[Path | None, typer.Option(help="Keep the bundle here as well.")] = None,
    title: Annotated[str | None, typer.Option(help="A name for the run in MLflow.")] = None,
    trials: Annotated[
        int | None, typer.Option(min=0, help="Settings to try; 0: a small grid. As configured.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Train, judge on held-back data, track in MLflow and register a model."""
    from experiments.config import load_config
    from experiments.tracking import Tracker
    from experiments.training import train as run
    from features.dataset import Dataset

    plan, dataset = load_config(config).tried(trials), Dataset.open(data)
    made = run(plan, dataset, out, Tracker(), title=title, progress=progress)
    tell(made.lines(), made.plain() if as_json else None)


def evaluate(
    model: Annotated[str, typer.Argument(help="A bundle folder, an MLflow URI or a run's id.")],
    data: DataOption,
    out: OutOption,
    split: SplitOption = None,
    start: FromOption = None,
    stop: ToOption = None,
    as_of: AsOfOption = None,
    budget: BudgetOption = None,
    memory: MemoryOption = None,
    threads: ThreadsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Judge a model on a labelled dataset, with the measures of training."""
    from experiments.judging.evaluate import evaluate as run
    from experiments.judging.span import Asked
    from experiments.tracking import Tracker
    from features.dataset import Dataset

    asked = Asked(split, instant(start), instant(stop), instant(as_of), budget)
    use = means(memory, threads)
    made = run(model, Dataset.open(data), out, Tracker(), asked, means=use, progress=progress)
    tell(made.lines(), made.plain() if as_json else None)


def compare(
    a: Annotated[str, typer.Argument(help="What is: a folder, an MLflow URI or a run's id.")],
    b: Annotated[str, typer.Argument(help="What would take its place: the same.")],
    data: Annotated[
        Path | None, typer.Option(metavar="DATASET", help="Measure both on these rows.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="A folder that does not exist yet.")] = None,
    split: SplitOption = None,
    start: FromOption = None,
    stop: ToOption = None,
    as_of: AsOfOption = None,
    budget: BudgetOption = None,
    memory: MemoryOption = None,
    threads: ThreadsOption = None,
    record_accounts: RecordAccountsOption = False,
    as_json: JsonOption = False,
) -> None:
    """Say what differs between two models, and on data what that changes."""
    from experiments.comparing.compare import compare as run
    from experiments.judging.span import Asked
    from experiments.tracking import Tracker
    from features.dataset import Dataset

    asked = Asked(split, instant(start), instant(stop), instant(as_of), budget)
    dataset, use = None if data is None else Dataset.open(data), means(memory, threads)
    made = run(
        *(a, b, dataset, out, Tracker(), asked),
        means=use,
        record_accounts=record_accounts,
        progress=progress,
    )
    tell(made.lines(), made.plain() if as_json else None)


def promote(
    model: Annotated[str, typer.Argument(help="A registered version: models:/NAME/VERSION.")],
    comparison: Annotated[
        Path, typer.Option(metavar="DIR", help="What compare wrote: the champion, and this model.")
    ],
    record_accounts: RecordAccountsOption = False,
    as_json: JsonOption = False,
) -> None:
    """Make a registered model the champion, with the comparison that speaks for it attached."""
    from experiments.promotion import promote as run
    from experiments.tracking import Tracker

    made = run(model, comparison, Tracker(), record_accounts=record_accounts)
    tell(made.lines(), made.plain() if as_json else None)
