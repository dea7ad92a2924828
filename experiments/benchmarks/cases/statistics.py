"""All eleven statistics of both accounts in a window, beside the Graph Feature Preprocessor."""

from pathlib import Path

import numpy as np

from experiments.benchmarks import ours
from experiments.benchmarks.cases.case import Case, Scale, agree, described
from experiments.benchmarks.cases.duel import duel
from experiments.benchmarks.data import with_hubs
from experiments.benchmarks.outcome import Bar, Outcome
from experiments.benchmarks.peers import gfp
from features.windows import DAY
from features.workspace import Floats

_WIDTH = DAY
_DAYS = 10
_FEW = 400
_CLOSE = 1e-9
_WHAT = (
    "24 hours back: accounts, payments, payments an account, mean, sum, smallest, largest, median, "
    "variance, skewness and kurtosis of the amounts that each of the two accounts sent and "
    "received: 44 values a payment; grouping included."
)
_ROUNDED = (
    "GFP keeps float sums, and says a variance of 0 where amounts differ by less than a hundredth "
    "of their mean: there, variance, skewness and kurtosis are not compared."
)
_COLUMNS = 1, 3, 8  # payments, mean, variance
_VARIANCE = 8


def _run(scale: Scale, _: Path) -> Outcome:
    rows = 1_000_000 if scale == "full" else 1_000
    payments = with_hubs(rows, rows // 10, _DAYS)
    few = with_hubs(_FEW, 100, 1)
    small = ours.vertex_statistics(few, _WIDTH).run()
    return duel(
        payments,
        [ours.vertex_statistics(payments, _WIDTH)],
        gfp.vertex_statistics(_WIDTH),
        lambda _, __: (_compared(small, gfp.one_by_one(few, gfp.vertex_statistics(_WIDTH))),),
        described(payments, "with hubs", _DAYS),
        (_WHAT, _ROUNDED),
    )


def _compared(own: list[Floats], theirs: gfp.Matrix) -> str:
    """Compare one edge a batch: GFP looks ahead in a larger one. It has 0 for what is not known."""
    shape = (_FEW, -1, gfp.STATISTICS)
    mine = np.nan_to_num(np.stack(own, axis=1), nan=0.0).reshape(shape)
    told = np.ones(mine.shape, np.bool_)
    payments, mean, variance = (mine[:, :, column] for column in _COLUMNS)
    told[:, :, _VARIANCE:] = ((payments <= 1) | (variance > (mean / 100) ** 2))[:, :, None]
    close = np.isclose(mine, theirs.reshape(shape), rtol=_CLOSE, atol=_CLOSE)
    what = f"all 44 values of {_FEW} edges fed one by one, to 9 digits ({told.mean():.1%} of them)"
    return agree(what, bool(close[told].all()))


CASES = (Case("statistics", "Eleven statistics of each account", Bar(5, "x"), _run),)
