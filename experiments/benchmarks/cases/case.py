"""A case: what is measured, on what, and the bar it is held against."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from experiments.benchmarks.data import Payments
from experiments.benchmarks.outcome import Bar, Outcome

Scale = Literal["full", "quick"]


@dataclass(frozen=True)
class Case:
    """``run`` measures at a scale; ``quick`` is for tests, and its ratios mean nothing."""

    name: str
    title: str
    bar: Bar
    run: Callable[[Scale, Path], Outcome]


class WrongResultError(Exception):
    """Two contestants answered differently where their definitions coincide."""


def agree(what: str, same: bool) -> str:
    """Return ``what`` as something compared and found equal.

    Raises
    ------
    WrongResultError
        If it is not.
    """
    if not same:
        raise WrongResultError(what)
    return what


def described(payments: Payments, kind: str, days: int) -> str:
    """Say what data a case ran on."""
    return (
        f"{len(payments):,} payments between {payments.accounts:,} accounts in {days} days, "
        f"{kind}, the busiest account on {payments.heaviest:.2%}"
    )
