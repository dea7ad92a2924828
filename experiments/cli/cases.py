"""Commands that make candidates, show them, and check them."""

import json
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from experiments.cli.console import (
    AsOfOption,
    DataOption,
    DatasetPath,
    FromOption,
    JsonOption,
    MemoryOption,
    OutOption,
    ThreadsOption,
    ToOption,
    instant,
    means,
    progress,
    skipped,
    tell,
)

ScoresPath = Annotated[Path, typer.Argument(metavar="OUT", help="A folder that score wrote.")]


def score(
    dataset: DatasetPath,
    model: Annotated[str, typer.Option(help="A bundle folder or an MLflow URI.")],
    out: OutOption,
    start: FromOption = None,
    stop: ToOption = None,
    as_of: AsOfOption = None,
    budget: Annotated[
        int | None, typer.Option(help="Candidates a week; as the model was judged by default.")
    ] = None,
    fdr: Annotated[
        float | None,
        typer.Option(metavar="SHARE", help="Of the list, the share expected to be false at most."),
    ] = None,
    memory: MemoryOption = None,
    threads: ThreadsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Score transactions and write the most suspicious accounts of each week, explained."""
    from engine.scoring import Request
    from engine.scoring import score as run
    from engine.wording.promise import promised
    from experiments.tracking import resolve_model
    from features.dataset import Dataset, refuse_existing

    refuse_existing(out)
    asked = (instant(start), instant(stop), instant(as_of))
    request = Request(*asked, budget, means(memory, threads), fdr)
    with tempfile.TemporaryDirectory(prefix="moneytrail-model-") as place:
        found = resolve_model(model, Path(place) / "model")
        origin = {"version": found.version, "run_id": found.run_id} if found.version else {}
        name = {"uri": found.uri} if found.version else {}
        made = run(
            Dataset.open(dataset),
            found.folder,
            out,
            request,
            origin={**name, **origin},
            progress=progress,
        )
    rows = made.manifest["rows"]
    lines = [
        f"Scored {rows['in_range']:,} transactions; {made.candidates:,} candidates in {out}.",
        *promised(made.manifest),
        *skipped(made.manifest.get("left_out", {})),
        f"Next: moneytrail report {out}",
    ]
    tell(lines, dict(made.manifest) if as_json else None)


def flags(
    dataset: DatasetPath,
    model: Annotated[str, typer.Option(help="A bundle folder or an MLflow URI.")],
    out: OutOption,
    start: FromOption = None,
    stop: ToOption = None,
    as_of: AsOfOption = None,
    memory: MemoryOption = None,
    threads: ThreadsOption = None,
) -> None:
    """Write every payment on which a red flag fired, as Parquet: the rules alone, no model."""
    from engine.scoring import Request
    from engine.scoring.flagged import write_flagged
    from experiments.tracking import resolve_model
    from features.dataset import Dataset

    asked = (instant(start), instant(stop), instant(as_of))
    request = Request(*asked, means=means(memory, threads))
    with tempfile.TemporaryDirectory(prefix="moneytrail-model-") as place:
        found = resolve_model(model, Path(place) / "model")
        data = Dataset.open(dataset)
        seen, written = write_flagged(data, found.folder, out, request, progress=progress)
    tell([f"{written:,} accounts' sides of {seen:,} transactions flagged in {out}."])


def report(out: ScoresPath) -> None:
    """Write the pages an analyst reads, as a folder that needs no network."""
    from engine.report import write_report

    tell([f"Open {write_report(out)} in a browser."])


def verify(out: ScoresPath, data: DataOption, as_json: JsonOption = False) -> None:
    """Rebuild every candidate from the dataset and compare, byte for byte."""
    from engine.verification import verify as check
    from features.dataset import Dataset

    found = check(out, Dataset.open(data))
    lines = (
        [f"{out}: {found.candidates:,} candidates and {found.rows:,} scores rebuilt; all the same."]
        if found.ok
        else [f"{out}: not as it was scored. First difference:", *_indented(found.differences)]
    )
    facts = {"ok": found.ok, "differences": list(found.differences)}
    tell(lines, facts if as_json else None)
    if not found.ok:
        raise typer.Exit(1)


def _indented(differences: tuple[str, ...]) -> list[str]:
    return [f"  {difference}" for difference in differences]


def explain(
    out: ScoresPath,
    candidate: Annotated[str, typer.Argument(help="A candidate's id, or its beginning.")],
    as_json: JsonOption = False,
) -> None:
    """Print one candidate: score, reasons, what speaks against it, receipt."""
    from engine.candidates.reading import find_candidate, lines

    found = find_candidate(out, candidate)
    tell(lines(found), json.loads(json.dumps(found, default=str)) if as_json else None)
