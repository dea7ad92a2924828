from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest

from features.dataset import TIME, DatasetFacts

START = datetime(2024, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def facts():
    return DatasetFacts({"profile": "test"}, "EUR", 2, "second", "none")


@pytest.fixture
def payments():
    """Ten payments, two a day, ids in the order of time."""
    count = 10
    times = [START + timedelta(hours=12 * place) for place in range(count)]
    return pa.table(
        {
            "transaction_id": [f"t{place}" for place in range(count)],
            "timestamp": pa.array(times, TIME),
            "sender": pa.array([f"a{place % 3}" for place in range(count)]),
            "receiver": pa.array([None if place == 4 else "b" for place in range(count)]),
            "amount": pa.array(range(count), pa.int64()),
            "currency": ["EUR"] * count,
            "original_amount": pa.array(np.arange(count)).cast(pa.decimal128(38, 8)),
            "channel": ["wire"] * count,
        }
    )


@pytest.fixture
def labels():
    return pa.table({"transaction_id": ["t7", "t2"], "label": pa.array([1, 0], pa.int8())})
