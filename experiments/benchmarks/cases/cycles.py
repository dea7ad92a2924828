"""Cycles in time order, beside the Graph Feature Preprocessor."""

from pathlib import Path
from typing import Any

import numpy as np

from experiments.benchmarks.cases.case import Case, Scale, agree, described
from experiments.benchmarks.cases.duel import duel
from experiments.benchmarks.data import Payments, like_a_bank, with_hubs, without_hubs
from experiments.benchmarks.our_patterns import BOUNDED, catalogue_cycles, cycles
from experiments.benchmarks.outcome import Bar, Outcome
from experiments.benchmarks.peers import gfp
from features.windows import DAY, HOUR

_HALF_A_DAY, _WEEK = 12 * HOUR, 7 * DAY
_HOPS, _MORE_HOPS = 15, 30  # no cycle of these graphs is longer: the comparison would fail
_WHAT = "how many cycles of each length every payment is part of; grouping included."
_BOUNDED = (
    f"Held against the bar is *{BOUNDED}*: all features of cycles, back and ahead, with the "
    "catalogue's windows, hops and bound on busy accounts. The line above it follows every cycle "
    "to its end, as GFP does."
)


def _wanted(width: int, longest: int) -> dict[str, Any]:
    return {
        "temp-cycle": True,
        "temp-cycle_tw": gfp.seconds(width),
        "temp-cycle_bins": list(range(2, longest + 1)),
    }


def _plain(scale: Scale, _: Path) -> Outcome:
    rows = 100_000 if scale == "full" else 1_000
    return _alike(without_hubs(rows, rows // 10, 10), "without hubs")


def _hubs(scale: Scale, _: Path) -> Outcome:
    rows = 100_000 if scale == "full" else 1_000
    return _alike(with_hubs(rows, rows // 10, 10), "with hubs")


def _alike(payments: Payments, kind: str) -> Outcome:
    cycles(with_hubs(1_000, 100, 10), _HALF_A_DAY, _HOPS).run()
    return duel(
        payments,
        [cycles(payments, _HALF_A_DAY, _HOPS)],
        _wanted(_HALF_A_DAY, _HOPS),
        _compared,
        described(payments, kind, 10),
        (f"12 hours back; {_WHAT}",),
    )


def _week(scale: Scale, _: Path) -> Outcome:
    rows = 40_000 if scale == "full" else 1_000
    payments = like_a_bank(rows, rows // 10, 30)
    few = payments.first(500)
    for own in (cycles(few, _WEEK, _MORE_HOPS), catalogue_cycles(few)):
        own.run()
    return duel(
        payments,
        [cycles(payments, _WEEK, _MORE_HOPS), catalogue_cycles(payments)],
        _wanted(_WEEK, _MORE_HOPS),
        _compared,
        described(payments, "as in a bank", 30),
        (f"7 days back; {_WHAT}", _BOUNDED),
        held=BOUNDED,
    )


def _compared(own: Any, theirs: gfp.Matrix) -> tuple[str, ...]:
    """GFP tells of every cycle in the batch: so do ours, once all closing payments are asked."""
    return (agree("all counts of all payments of the batch", np.array_equal(own, theirs)),)


CASES = (
    Case("cycles", "Cycles in 12 hours, without hubs", Bar(5, "x"), _plain),
    Case("cycles-hubs", "Cycles in 12 hours, with hubs", Bar(5, "x"), _hubs),
    Case("cycles-week", "Cycles in a week, as in a bank", Bar(100, "x"), _week),
)
