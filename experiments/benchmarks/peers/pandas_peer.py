"""pandas: a rolling group-by. It gives a row only what stands before it, simultaneous or not."""

from typing import Any

import pandas as pd

from experiments.benchmarks.data import Payments
from experiments.benchmarks.peers.windows import Windowed
from experiments.benchmarks.race import Contestant

NAME = "pandas"


def windows(payments: Payments, width: int) -> Contestant:
    """Answer from a data frame in memory; ``width`` in microseconds.

    Of simultaneous rows of an account only the last one's answer is the window's.
    """
    frame = pd.DataFrame(
        {
            "sender": payments.sender,
            "receiver": payments.receiver,
            "amount": payments.amount,
            "time": pd.to_datetime(payments.time, unit="us"),
        }
    ).set_index("time")

    def side(account: str, other: str) -> pd.DataFrame:
        rolling = frame.groupby(account).rolling(pd.Timedelta(microseconds=width))
        found = rolling["amount"].agg(["count", "sum"])
        found["distinct"] = rolling[other].nunique()
        return found

    def run() -> list[pd.DataFrame]:
        return [side("sender", "receiver"), side("receiver", "sender")]

    def read(answer: list[Any]) -> list[Windowed]:
        return [_columns(part.reset_index()) for part in answer]

    return Contestant(NAME, "1 thread", len(payments), run, read)


def _columns(part: pd.DataFrame) -> Windowed:
    time = part["time"].astype("datetime64[us]").astype("int64")
    values = (part[name].to_numpy() for name in ("count", "sum", "distinct"))
    return Windowed.sorted(part.iloc[:, 0].to_numpy(), time.to_numpy(), *values)
