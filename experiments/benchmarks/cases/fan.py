"""Fan and degree of both sides in a window, beside the Graph Feature Preprocessor."""

from functools import partial
from pathlib import Path

import numpy as np

from experiments.benchmarks import ours
from experiments.benchmarks.cases.case import Case, Scale, agree, described
from experiments.benchmarks.cases.duel import duel
from experiments.benchmarks.data import Codes, Integers, Payments, with_hubs, without_hubs
from experiments.benchmarks.outcome import Bar, Outcome
from experiments.benchmarks.peers import gfp
from features.windows import HOUR
from features.workspace import Floats

_WIDTH = 12 * HOUR
_DAYS = 10
_WANTED = {
    name: value
    for kind in ("fan", "degree")
    for name, value in (
        (kind, True),
        (f"{kind}_tw", gfp.seconds(_WIDTH)),
        (f"{kind}_bins", list(gfp.BINS)),
    )
}


def _small(scale: Scale, _: Path) -> Outcome:
    rows = 100_000 if scale == "full" else 1_000
    return _run(without_hubs(rows, rows // 10, _DAYS), "without hubs")


def _hubs(scale: Scale, _: Path) -> Outcome:
    rows = 500_000 if scale == "full" else 1_000
    return _run(with_hubs(rows, rows // 10, _DAYS), "with hubs")


def _run(payments: Payments, kind: str) -> Outcome:
    ours.fan_and_degree(with_hubs(1_000, 100, _DAYS), _WIDTH).run()
    return duel(
        payments,
        [ours.fan_and_degree(payments, _WIDTH)],
        _WANTED,
        partial(_compared, payments),
        described(payments, kind, _DAYS),
        ("12 hours back; both sides of every payment, fan and degree; grouping included.",),
    )


def _compared(payments: Payments, own: list[Floats], theirs: gfp.Matrix) -> tuple[str, ...]:
    fan_out, degree_out, fan_in, degree_in = own
    sides = (
        (payments.receiver, fan_in),
        (payments.sender, fan_out),
        (payments.receiver, degree_in),
        (payments.sender, degree_out),
    )
    parts = (looking_ahead(account, payments.time, size) for account, size in sides)
    same = np.array_equal(np.hstack(tuple(parts)), theirs)
    return (agree("GFP's whole histograms, made of our sizes by the rule of its look ahead", same),)


def looking_ahead(account: Codes, time: Integers, size: Floats) -> Floats:
    """Count, for each edge and bin, the fans of that size it is a member of in the end.

    A fan stands in the window of each edge of its account; an edge is told of all that hold it,
    the later ones' among them, as far as one batch goes.
    """
    since = time - time.min()
    place = account.astype(np.int64) * (int(since.max()) + _WIDTH + 1) + since
    order = np.argsort(place, kind="stable")
    ordered, sizes = place[order], size[order]
    first = np.searchsorted(ordered, ordered, "left")
    last = np.searchsorted(ordered, ordered + _WIDTH, "left")
    found = np.zeros((len(place), len(gfp.BINS)))
    for column, at_least in enumerate(gfp.BINS):
        held = sizes >= at_least if at_least == gfp.BINS[-1] else sizes == at_least
        running = np.concatenate(([0], np.cumsum(held)))
        found[order, column] = running[last] - running[first]
    return found


CASES = (
    Case("fan", "Fan and degree, without hubs", Bar(100, "x"), _small),
    Case("fan-hubs", "Fan and degree, with hubs", Bar(1000, "x"), _hubs),
)
