"""A command run in a process of its own, with the time it took and the memory it needed."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

_KILOBYTE = 1024
GIGABYTE = 10**9


@dataclass(frozen=True)
class Run:
    """Seconds from call to end, and the most memory it held at once, in bytes."""

    seconds: float
    peak: int


def run(arguments: Sequence[str]) -> Run:
    """Run our command line with these arguments.

    Raises
    ------
    subprocess.CalledProcessError
        If it does not end with 0.
    """
    call = [sys.executable, "-m", "experiments", *arguments]
    before = time.perf_counter()
    process = subprocess.Popen(call, stdout=subprocess.DEVNULL)  # noqa: S603 (our own module)
    _, status, used = os.wait4(process.pid, 0)
    taken = time.perf_counter() - before
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, call)
    return Run(taken, used.ru_maxrss * _KILOBYTE)
