"""An output folder that appears whole or not at all."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from features.errors import OutputError


@contextmanager
def staged_folder(out: Path) -> Iterator[Path]:
    """Give a hidden sibling folder to write into; it takes the name ``out`` when all went well.

    Raises
    ------
    OutputError
        If ``out`` exists already or its parent cannot be written.
    """
    refuse_existing(out)
    staging = out.parent / f".{out.name}.partial-{secrets.token_hex(4)}"
    try:
        staging.mkdir(parents=True)
    except OSError as error:
        raise OutputError(f"{out}: cannot be written: {error.strerror}") from error
    try:
        yield staging
        refuse_existing(out)
        staging.replace(out)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def refuse_existing(out: Path) -> None:
    """Refuse an output that exists already, before any work is done for it."""
    if os.path.lexists(out):
        raise OutputError(f"{out}: exists already; choose another folder or remove it")
