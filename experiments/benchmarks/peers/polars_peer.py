"""Polars: a rolling group-by over sorted rows. Its pool of threads is set before it is imported."""

from importlib import import_module
from typing import Any

from experiments.benchmarks.data import Payments
from experiments.benchmarks.peers.windows import Windowed
from experiments.benchmarks.race import Contestant

NAME = "Polars"


def windows(payments: Payments, width: int, threads: int) -> Contestant:
    """Answer from a data frame in memory; ``width`` in microseconds."""
    pl = import_module("polars")
    columns = ("time", "sender", "receiver", "amount")
    frame = pl.DataFrame({name: getattr(payments, name) for name in columns})

    def side(account: str, other: str) -> Any:
        rolling = frame.sort(account, "time").rolling(
            "time", period=f"{width}i", group_by=account, closed="right"
        )
        return rolling.agg(
            pl.len().alias("count"),
            pl.col("amount").sum().alias("money"),
            pl.col(other).n_unique().alias("distinct"),
        )

    def run() -> list[Any]:
        return [side("sender", "receiver"), side("receiver", "sender")]

    def read(answer: list[Any]) -> list[Windowed]:
        return [
            Windowed.sorted(*(part[name].to_numpy() for name in part.columns)) for part in answer
        ]

    return Contestant(NAME, f"{threads} threads", len(payments), run, read)
