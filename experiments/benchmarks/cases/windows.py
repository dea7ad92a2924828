"""Counts, sums and distinct counterparties in a trailing window, beside tools for tables."""

from pathlib import Path

from experiments.benchmarks import ours
from experiments.benchmarks.cases.case import Case, Scale, agree, described
from experiments.benchmarks.data import with_hubs
from experiments.benchmarks.outcome import OURS, Bar, Outcome, over_the_fastest_peer
from experiments.benchmarks.peers import duckdb_peer, missing, pandas_peer, polars_peer
from experiments.benchmarks.peers.windows import Windowed
from experiments.benchmarks.race import race
from features.windows import HOUR

_WIDTH = 12 * HOUR
_DAYS = 10
_RIVALS = (polars_peer.NAME, duckdb_peer.NAME)


def _run(scale: Scale, _: Path) -> Outcome:
    rows, fewer = (5_000_000, 500_000) if scale == "full" else (2_000, 500)
    payments = with_hubs(rows, rows // 10, _DAYS)
    first = payments.first(fewer)
    own_of_first = ours.windows(first, _WIDTH)
    own = {fewer: own_of_first.read(own_of_first.run())}
    contestants, skipped = [ours.windows(payments, _WIDTH)], []
    for package, peer in (("polars", polars_peer), ("duckdb", duckdb_peer)):
        if why := missing(package):
            skipped.append(f"{peer.NAME}: {why}")
        else:
            contestants.append(peer.windows(payments, _WIDTH, ours.THREADS))
    contestants.append(pandas_peer.windows(first, _WIDTH))
    timings, answers = race(contestants)
    own[rows] = answers.pop(OURS)
    return Outcome(
        described(payments, "with hubs", _DAYS),
        timings,
        over_the_fastest_peer(timings, _RIVALS),
        tuple(_compared(name, own, answer) for name, answer in answers.items()),
        notes=(
            "The sender's payments and the receiver's receipts, 12 hours back, grouping included.",
            f"pandas has the first {fewer:,} payments.",
        ),
        skipped=tuple(skipped),
    )


def _compared(name: str, own: dict[int, list[Windowed]], answer: list[Windowed]) -> str:
    wanted = own[len(answer[0].time)]
    same = all(one.equals(other) for one, other in zip(wanted, answer, strict=True))
    return agree(f"{name}: count, sum and number of counterparties of every instant", same)


CASES = (Case("windows", "Windowed count, sum and distinct counterparties", Bar(10, "x"), _run),)
