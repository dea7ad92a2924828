"""Scatter-gathers in a window, beside the Graph Feature Preprocessor."""

from pathlib import Path
from typing import Any

import numpy as np

from experiments.benchmarks.cases.case import Case, Scale, agree, described
from experiments.benchmarks.cases.duel import duel
from experiments.benchmarks.data import Payments, with_hubs, without_hubs
from experiments.benchmarks.our_patterns import scatter_gathers
from experiments.benchmarks.outcome import Bar, Outcome
from experiments.benchmarks.peers import gfp
from features.windows import DAY, HOUR

_WIDTH = 12 * HOUR
_DAYS = 10
_FEW = 400
_WHAT = (
    "12 hours back; how many scatter-gathers of each size every payment is a leg of, the legs in "
    "any order, no account left out, grouping included: the counts that GFP gives when it is fed "
    "one edge at a time. Its batch looks ahead, and gives others."
)


def _wanted(width: int) -> dict[str, Any]:
    return {
        "scatter-gather": True,
        "scatter-gather_tw": gfp.seconds(width),
        "scatter-gather_bins": list(gfp.BINS),
    }


def _plain(scale: Scale, _: Path) -> Outcome:
    rows = 100_000 if scale == "full" else 1_000
    return _run(without_hubs(rows, rows // 10, _DAYS), "without hubs")


def _hubs(scale: Scale, _: Path) -> Outcome:
    rows = 100_000 if scale == "full" else 1_000
    return _run(with_hubs(rows, rows // 10, _DAYS), "with hubs")


def _run(payments: Payments, kind: str) -> Outcome:
    few = with_hubs(_FEW, 30, 1, seed=1)
    small = {width: scatter_gathers(few, width).run() for width in (_WIDTH, DAY)}

    def compare(_: Any, __: Any) -> tuple[str, ...]:
        same = all(
            np.array_equal(counts, gfp.one_by_one(few, _wanted(width)))
            for width, counts in small.items()
        )
        return (agree(f"all counts of {_FEW} edges fed one by one, in 12 and in 24 hours", same),)

    return duel(
        payments,
        [scatter_gathers(payments, _WIDTH)],
        _wanted(_WIDTH),
        compare,
        described(payments, kind, _DAYS),
        (_WHAT,),
    )


CASES = (
    Case("scatter-gather", "Scatter-gather, without hubs", Bar(100, "x"), _plain),
    Case("scatter-gather-hubs", "Scatter-gather, with hubs", Bar(100, "x"), _hubs),
)
