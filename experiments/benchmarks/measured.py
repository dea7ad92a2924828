"""A module run in a process of its own, with the time it took and the memory it needed."""

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
    """Seconds from call to end, seconds of work on all cores, and the most memory, in bytes."""

    seconds: float
    work: float
    peak: int


def run(module: str, arguments: Sequence[str]) -> Run:
    """Run a module with these arguments.

    Raises
    ------
    subprocess.CalledProcessError
        If it does not end with 0.
    """
    call = [sys.executable, "-m", module, *arguments]
    before = time.perf_counter()
    process = subprocess.Popen(call, stdout=subprocess.DEVNULL)  # noqa: S603 (our own module)
    _, status, used = os.wait4(process.pid, 0)
    taken = time.perf_counter() - before
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, call)
    return Run(taken, used.ru_utime + used.ru_stime, used.ru_maxrss * _KILOBYTE)
