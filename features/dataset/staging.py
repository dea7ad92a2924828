"""An output folder that appears whole or not at all.

It is written under a hidden name beside its own. A process that is killed cannot take that away;
the next one that writes the same output on the same machine does. Whoever writes holds a lock on
its hidden folder, which the system lets go when the process ends, so what is still being written
is told from what was left.
"""

import fcntl
import hashlib
import os
import platform
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from features.errors import OutputError


@contextmanager
def staged_folder(out: Path) -> Iterator[Path]:
    """Give a hidden sibling folder to write into; it takes the name ``out`` when all went well.

    What processes that were killed left of the same output is removed first.

    Raises
    ------
    OutputError
        If ``out`` exists already or its parent cannot be written.
    """
    refuse_existing(out)
    _clear(out)
    staging, lock = _begin(out)
    try:
        yield staging
        refuse_existing(out)
        staging.replace(out)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
        os.close(lock)


def refuse_existing(out: Path) -> None:
    """Refuse an output that exists already, before any work is done for it."""
    if os.path.lexists(out):
        raise OutputError(f"{out}: exists already; choose another folder or remove it")


def _begin(out: Path) -> tuple[Path, int]:
    """Make a hidden folder and lock it; it has its lock before it has its name."""
    token = secrets.token_hex(4)
    begun, staging = out.parent / f".{out.name}.begun-{token}", out.parent / (_hidden(out) + token)
    try:
        begun.mkdir(parents=True)
        lock = os.open(begun, os.O_RDONLY)
        with suppress(OSError):  # a file system without locks: then nothing is ever cleared
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return begun.rename(staging), lock
    except OSError as error:
        raise OutputError(f"{out}: cannot be written: {error.strerror}") from error


def _clear(out: Path) -> None:
    """Remove hidden folders of this output and machine that nobody holds any more."""
    if not out.parent.is_dir():
        return
    for left in [each for each in out.parent.iterdir() if each.name.startswith(_hidden(out))]:
        with suppress(OSError):
            lock = os.open(left, os.O_RDONLY)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(left, ignore_errors=True)
            finally:
                os.close(lock)


def _hidden(out: Path) -> str:
    """Return how the hidden names of an output begin: locks are those of one machine."""
    machine = hashlib.sha256(platform.node().encode()).hexdigest()[:6]
    return f".{out.name}.partial-{machine}-"
