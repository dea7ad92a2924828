"""The cases, each with the bar it is held against, in the order of the page."""

from experiments.benchmarks.cases import (
    cycles,
    fan,
    scatter_gather,
    startup,
    statistics,
    whole,
    windows,
)
from experiments.benchmarks.cases.case import Case

CASES: tuple[Case, ...] = (
    *windows.CASES,
    *fan.CASES,
    *statistics.CASES,
    *scatter_gather.CASES,
    *cycles.CASES,
    *whole.CASES,
    *startup.CASES,
)
