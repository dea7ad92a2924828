"""The machine and the versions that figures were taken with."""

import os
import platform
from collections.abc import Sequence
from pathlib import Path

from experiments.benchmarks.peers import version_of

_GB = 10**9
PACKAGES = ("numba", "numpy", "pyarrow", "pandas", "polars", "duckdb", "snapml")


def described() -> str:
    """Say cores, model and memory in a line."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / _GB
    cores = os.cpu_count()
    return f"{cores} cores of {_model()}, {memory:.0f} GB of memory, {platform.system()}"


def versions(packages: Sequence[str] = PACKAGES) -> str:
    """Say what is installed, in a line."""
    own = f"moneytrail {version_of('moneytrail')}, Python {platform.python_version()}"
    return ", ".join((own, *(f"{name} {version_of(name)}" for name in packages)))


def _model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())
