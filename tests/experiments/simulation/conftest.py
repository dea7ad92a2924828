"""One small world for all tests of the simulator."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from experiments.simulation import WorldConfig, build_world


@dataclass(frozen=True)
class Built:
    config: WorldConfig
    transactions: pa.Table
    accounts: pa.Table
    labels: pa.Table

    @property
    def rows(self) -> pd.DataFrame:
        """Transactions with their labels and whole seconds."""
        rows = self.transactions.to_pandas().merge(self.labels.to_pandas(), on="transaction_id")
        rows["seconds"] = self.transactions["timestamp"].cast(pa.int64()).to_numpy() // 10**6
        for side in ("sender", "receiver"):
            rows[side] = rows[side].astype(object).where(rows[side].notna(), None)
        return rows

    @property
    def planted(self) -> pd.DataFrame:
        return self.rows[lambda rows: rows.label == 1]


@pytest.fixture(scope="session")
def world() -> Built:
    config = WorldConfig(transactions=60_000, days=60, seed=3)
    return Built(config, *build_world(config))


@pytest.fixture(scope="session")
def first_seen(world: Built) -> np.ndarray:
    """Whether each payment between two accounts is the first of its pair."""
    rows = world.rows
    both = rows.sender.notna() & rows.receiver.notna()
    return (both & ~rows.duplicated(["sender", "receiver"])).to_numpy()
