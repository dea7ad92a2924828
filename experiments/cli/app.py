"""The one console script and its exit codes: 0 done, 1 the answer is no, 2 wrong input or call."""

import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import typer

from experiments.cli import cases, data, demonstration, models, patterns, protocol
from features.errors import MoneytrailError

WRONG_CALL = 2
STOPPED = 130  # what typer makes of an interrupt

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
app.command()(patterns.patterns)
app.command()(data.indicators)
app.command()(models.train)
app.command()(models.evaluate)
app.command()(protocol.protocol)
app.command()(models.compare)
app.command()(models.promote)
app.command()(cases.score)
app.command()(cases.flags)
app.command()(cases.explain)
app.command()(cases.report)
app.command()(cases.verify)
app.command()(demonstration.demo)


def run(arguments: Sequence[str]) -> int:
    """Run the command and return its exit code; a user's mistake gets a message, no traceback."""
    try:
        with _tidied_when_stopped():
            code = app(args=list(arguments), standalone_mode=False)
    except typer.TyperException as error:
        message = error.format_message()
        sys.stderr.write(f"moneytrail: {message}\n" if arguments else f"{message}\n")
        return WRONG_CALL
    except MoneytrailError as error:
        sys.stderr.write(f"moneytrail: {error}\n")
        return WRONG_CALL
    except BrokenPipeError:
        return 0
    except OSError as error:
        sys.stderr.write(f"moneytrail: the system refused: {error}\n")
        return WRONG_CALL
    if code == STOPPED:
        sys.stderr.write("moneytrail: stopped; nothing half-written was left\n")
    return int(code or 0)


@contextmanager
def _tidied_when_stopped() -> Iterator[None]:
    """Take a polite kill or a closed terminal like Ctrl-C, so that nothing half-written is left.

    What the caller chose to ignore (``nohup``) stays ignored.
    """
    taken = []
    for name in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(name) is signal.SIG_DFL:
            signal.signal(name, signal.default_int_handler)
            taken.append(name)
    try:
        yield
    finally:
        for name in taken:
            signal.signal(name, signal.SIG_DFL)
