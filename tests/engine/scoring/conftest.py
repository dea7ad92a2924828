"""Scored tables, read."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest


@pytest.fixture(scope="session")
def read():
    """The function that reads a table of a scores folder."""

    def read_table(folder: Path, name: str):
        return pq.ParquetFile(folder / f"{name}.parquet").read()

    return read_table


@pytest.fixture(scope="session")
def candidates(served, read):
    """The candidates of the shared scores, as plain values."""
    return read(served.scores, "candidates").to_pylist()


@pytest.fixture(scope="session")
def evidence(served, read):
    """The rows shown for each candidate of the shared scores, as plain values."""
    found = {}
    for row in read(served.scores, "evidence").to_pylist():
        found.setdefault(row["candidate_id"], []).append(row)
    return found
