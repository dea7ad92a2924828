"""DuckDB: range windows over a table of its own, read back as Arrow."""

from importlib import import_module
from typing import Any

import pyarrow as pa

from experiments.benchmarks.data import Payments
from experiments.benchmarks.peers.windows import Windowed
from experiments.benchmarks.race import Contestant

NAME = "DuckDB"
_QUERY = """
    SELECT {account}, time, count(*) OVER w AS count, (sum(amount) OVER w)::BIGINT AS money,
           count(DISTINCT {other}) OVER w AS distinct_others
    FROM payments
    WINDOW w AS (PARTITION BY {account} ORDER BY time
                 RANGE BETWEEN {before} PRECEDING AND CURRENT ROW)
"""


def windows(payments: Payments, width: int, threads: int) -> Contestant:
    """Answer from a table in memory; ``width`` in microseconds, whole ones: ``(t - width, t]``."""
    columns = ("time", "sender", "receiver", "amount")
    arrow = pa.table({name: getattr(payments, name) for name in columns})
    base = import_module("duckdb").connect()
    base.execute(f"SET threads = {threads}")
    base.register("given", arrow)
    base.execute("CREATE TABLE payments AS SELECT * FROM given")

    def run() -> list[Any]:
        sides = (("sender", "receiver"), ("receiver", "sender"))
        return [
            base.sql(_QUERY.format(account=account, other=other, before=width - 1)).to_arrow_table()
            for account, other in sides
        ]

    def read(answer: list[Any]) -> list[Windowed]:
        return [Windowed.sorted(*(column.to_numpy() for column in part)) for part in answer]

    return Contestant(NAME, f"{threads} threads", len(payments), run, read)
