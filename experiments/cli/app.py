"""The one console script and its exit codes: 0 done, 1 the answer is no, 2 wrong input or call."""

import sys
from collections.abc import Sequence

import click
import typer

from experiments.cli import cases, data, demonstration, models
from features.errors import MoneytrailError

WRONG_CALL = 2

app = typer.Typer(
    name="moneytrail",
    help="Find explained suspicious-activity candidates in batches of transactions.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(data.simulate)
app.command()(data.ingest)
app.command()(data.validate)
app.command()(data.features)
app.command()(data.catalogue)
app.command()(models.train)
app.command()(cases.score)
app.command()(cases.explain)
app.command()(cases.report)
app.command()(cases.verify)
app.command()(demonstration.demo)


def run(arguments: Sequence[str]) -> int:
    """Run the command and return its exit code; a user's mistake gets a message, no traceback."""
    try:
        code = app(args=list(arguments), standalone_mode=False)
    except MoneytrailError as error:
        sys.stderr.write(f"moneytrail: {error}\n")
        return WRONG_CALL
    except click.ClickException as error:
        error.show()
        return WRONG_CALL
    except click.Abort:
        sys.stderr.write("moneytrail: stopped; nothing half-written was left\n")
        return 130
    except BrokenPipeError:
        return 0
    return int(code or 0)
