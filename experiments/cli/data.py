"""Commands that make, check and measure datasets."""

from pathlib import Path
from typing import Annotated

import typer

from experiments.cli.console import (
    AsOfOption,
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


def simulate(
    out: OutOption,
    transactions: Annotated[int, typer.Option(help="How many, about.")] = 200_000,
    days: Annotated[int, typer.Option(help="How long.")] = 90,
    seed: Annotated[int, typer.Option(help="Equal seeds make equal worlds.")] = 0,
) -> None:
    """Make a labelled, simulated world of payments."""
    from experiments.simulation import WorldConfig
    from experiments.simulation import simulate as make

    made = make(out, WorldConfig(transactions=transactions, days=days, seed=seed))
    tell(
        [
            f"{made.rows['transactions']:,} transactions over {days} days in {out}.",
            f"Next: moneytrail train default --data {out} --out model",
        ]
    )


def ingest(
    files: Annotated[list[Path], typer.Argument(help="CSV or Parquet files, or folders of them.")],
    profile: Annotated[str, typer.Option(help="A source profile: shipped name or TOML file.")],
    out: OutOption,
    rates: Annotated[
        str | None, typer.Option(help="Exchange rates: a CSV file, 'amlworld' or 'ecb'.")
    ] = None,
    accounts: Annotated[Path | None, typer.Option(help="The source's file of accounts.")] = None,
    patterns: Annotated[Path | None, typer.Option(help="AMLworld's *_Patterns.txt.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Turn files of transactions into a dataset; refused rows are kept, with the reason."""
    from features.sources import ingest as run

    made = run(files, profile, out, rates=rates, accounts=accounts, patterns=patterns)
    refused = sum(made.quarantined.values())
    facts = {
        "dataset": str(made.path),
        "read": made.read,
        "transactions": made.transactions,
        "not_payments": made.not_payments,
        "quarantined": made.quarantined,
        "labelled_illicit": made.positives,
        "columns_left_out": list(made.unmapped),
        "patterns_not_found": made.patterns_not_found,
    }
    lines = [
        (
            f"Read {made.read:,} rows: {made.transactions:,} transactions, {made.not_payments:,} "
            f"no payments, {refused:,} in quarantine."
        ),
        *(f"  {count:,} refused: {reason}" for reason, count in made.quarantined.items()),
        *([f"Refused rows: {made.quarantine}"] if made.quarantine else []),
        *([f"Columns left out: {', '.join(made.unmapped)}"] if made.unmapped else []),
        f"{made.positives:,} rows are labelled illicit.",
        f"Next: moneytrail train default --data {made.path} --out model",
    ]
    tell(lines, facts if as_json else None)


def validate(dataset: DatasetPath) -> None:
    """Check a dataset in full: digests, schema, order, ids, labels."""
    from features.dataset import validate as check

    found = check(dataset)
    if found.ok:
        tell([f"{dataset}: as its manifest says, {found.manifest.rows['transactions']:,} rows."])
        return
    tell([f"{dataset}: {len(found.faults)} faults", *(f"  {fault}" for fault in found.faults)])
    raise typer.Exit(1)


def features(
    dataset: DatasetPath,
    out: OutOption,
    start: FromOption = None,
    stop: ToOption = None,
    as_of: AsOfOption = None,
    memory: MemoryOption = None,
    threads: ThreadsOption = None,
) -> None:
    """Write the features of every transaction as Parquet, some files in the order of time."""
    from features.dataset import Dataset
    from features.export import write_features

    asked, use = (instant(start), instant(stop), instant(as_of)), means(memory, threads)
    made = write_features(Dataset.open(dataset), out, *asked, means=use, progress=progress)
    tell([f"Features of {made.rows:,} transactions in {out}.", *skipped(made.left_out)])


def catalogue(as_json: JsonOption = False) -> None:
    """List the features: name, family, unit, direction, meaning, red flags."""
    from features.catalogue import CATALOGUE, digest

    rows = [
        {
            "name": feature.name,
            "family": feature.family,
            "unit": feature.unit,
            "direction": feature.direction,
            "meaning": feature.sentence,
            "red_flags": list(feature.red_flags),
        }
        for feature in CATALOGUE
    ]
    if as_json:
        tell([], {"digest": digest(CATALOGUE), "features": rows})
        return
    columns = ("name", "unit", "direction", "meaning")
    tell(["\t".join(columns), *("\t".join(str(row[c]) for c in columns) for row in rows)])


def indicators(
    config: Annotated[
        str, typer.Argument(help="Indicators: shipped name or TOML file.")
    ] = "indicators",
    as_json: JsonOption = False,
) -> None:
    """Check and list the indicators: red flag, published by whom, when each fires."""
    from engine.indicators import load_indicators

    found = load_indicators(config)
    rows = [
        {
            **each.plain(),
            "name": each.name,
            "typology": each.typology,
            "source": each.source,
            "goaml": list(each.goaml),
        }
        for each in found
    ]
    if as_json:
        facts = {"version": found.version, "digest": found.digest, "indicators": rows}
        tell([], facts)
        return
    columns = ("id", "name", "typology", "source")
    tell(["\t".join(columns), *("\t".join(str(row[c]) for c in columns) for row in rows)])
