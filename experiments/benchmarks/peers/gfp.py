"""The Graph Feature Preprocessor of IBM Snap ML, proprietary: run as a black box, never shipped.

It looks ahead inside a batch: all edges of a ``transform`` are put into its graph first. Times are
taken with one batch; results are compared edge by edge, or with the same look ahead.
"""

import warnings
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.benchmarks.data import BASE, Payments
from experiments.benchmarks.race import Contestant
from features.windows import SECOND

NAME = "GFP"
COLUMNS = 5
BINS = tuple(range(2, 31))
AMOUNT = 4
STATISTICS = 11
_OFFSET = 10_000_000
_FEATURES = ("vertex_stats", "fan", "degree", "scatter-gather", "temp-cycle", "lc-cycle")
Matrix = NDArray[np.float64]


def edges(payments: Payments) -> Matrix:
    """Return the payments as it wants them: number, source, target, seconds, amount.

    Seconds count from long before the first: near 0 it loses cycles.
    """
    seconds = (payments.time - BASE) // SECOND + _OFFSET
    columns = (np.arange(len(payments)), payments.sender, payments.receiver, seconds)
    return np.ascontiguousarray(np.column_stack((*columns, payments.amount)), np.float64)


def _snapml() -> Any:
    """Import it; a warning about numpy's old names, made an error, would cost it AVX2."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return import_module("snapml")


def preprocessor(wanted: Mapping[str, Any], threads: int) -> Any:
    """Make one that computes ``wanted`` and nothing else; its graph holds the longest window."""
    longest = max(value for name, value in wanted.items() if name.endswith("_tw"))
    made = _snapml().GraphFeaturePreprocessor()
    off = dict.fromkeys(_FEATURES, False)
    made.set_params({**off, "time_window": longest, **wanted, "num_threads": threads})
    return made


def vertex_statistics(width: int) -> dict[str, Any]:
    """Ask for all eleven statistics, of the amounts; ``width`` in microseconds."""
    return {
        "vertex_stats": True,
        "vertex_stats_tw": seconds(width),
        "vertex_stats_cols": [AMOUNT],
        "vertex_stats_feats": list(range(STATISTICS)),
    }


def contestants(
    payments: Payments, wanted: Mapping[str, Any], threads: Sequence[int] = (1, 2)
) -> list[Contestant]:
    """Answer for all edges in one batch, with each number of threads."""
    table = edges(payments)
    _snapml()  # importing takes seconds, which are not its work

    def runner(count: int) -> Contestant:
        return Contestant(
            NAME,
            "1 thread" if count == 1 else f"{count} threads",
            len(payments),
            lambda: preprocessor(wanted, count).transform(table),
            lambda answer: answer[:, COLUMNS:],
        )

    return [runner(count) for count in threads]


def one_by_one(payments: Payments, wanted: Mapping[str, Any]) -> Matrix:
    """Feed one edge a batch: what it says when it can't look ahead."""
    made = preprocessor(wanted, 1)
    rows = [made.transform(edge[None, :])[0, COLUMNS:] for edge in edges(payments)]
    return np.array(rows)


def seconds(width: int) -> int:
    """Return a width in its unit of time."""
    return width // SECOND
