"""What commands share: options, times, progress on stderr, results on stdout."""

import json
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from features.slices import Means

DatasetPath = Annotated[Path, typer.Argument(metavar="DATASET", help="A dataset folder.")]
DataOption = Annotated[Path, typer.Option("--data", metavar="DATASET", help="A dataset folder.")]
OutOption = Annotated[Path, typer.Option("--out", help="A folder that does not exist yet.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
_FIRST_YEAR, _LAST_YEAR = 1900, 2200
_TIME = "An instant, ISO 8601, UTC unless it says otherwise."
FromOption = Annotated[str | None, typer.Option("--from", metavar="TIME", help=f"First. {_TIME}")]
ToOption = Annotated[str | None, typer.Option("--to", metavar="TIME", help=f"End, not in. {_TIME}")]
AsOfOption = Annotated[
    str | None,
    typer.Option("--as-of", metavar="TIME", help=f"Nothing later is seen. {_TIME}"),
]
MemoryOption = Annotated[
    str | None,
    typer.Option(metavar="SIZE", help="Memory to use, such as 4GB; half of what is left if not."),
]
ThreadsOption = Annotated[
    int | None, typer.Option(min=1, help="Threads that compute features; every core if not given.")
]


def instant(text: str | None) -> datetime | None:
    """Read an instant; a time without a zone is UTC.

    >>> instant("2025-03-01").isoformat()
    '2025-03-01T00:00:00+00:00'
    """
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is no ISO 8601 time, such as 2025-03-01") from error
    if not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        raise typer.BadParameter(f"{text!r} is not in the years {_FIRST_YEAR} to {_LAST_YEAR}")
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def means(memory: str | None, threads: int | None) -> "Means":
    """Read how much memory and how many threads may be used."""
    from features.slices import Means, parse_size

    try:
        return Means.of(None if memory is None else parse_size(memory), threads)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def progress(message: str) -> None:
    """Say what is going on, on stderr."""
    sys.stderr.write(f"… {message}\n")
    sys.stderr.flush()


def skipped(left_out: Mapping[str, int]) -> list[str]:
    """Say what the features' own bounds left out.

    >>> skipped({"chains: accounts with more than 100 payments": 1200})
    ['Left out by a bound, chains: accounts with more than 100 payments: 1,200']
    """
    return [f"Left out by a bound, {what}: {count:,}" for what, count in left_out.items() if count]


def tell(lines: Iterable[str], result: Mapping[str, object] | None = None) -> None:
    """Print a result for people, or for machines where ``result`` is given."""
    if result is not None:
        lines = [json.dumps(result, indent=1, ensure_ascii=False, default=str)]
    for line in lines:
        sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
