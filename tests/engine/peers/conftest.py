"""Accounts of two kinds in three countries, as sides of rows."""

import numpy as np
import pyarrow as pa
import pytest

from engine.peers.traits import Side

COUNTRIES = ["DE", "FR", "LT"]


@pytest.fixture(scope="session")
def make_side():
    """The function that makes the accounts on one side of some rows."""

    def make(rows, seed=0, *, kinds=("person", "business"), countries=COUNTRIES):
        draw = np.random.default_rng(seed)
        kind = draw.choice([*kinds, None], rows) if kinds else [None] * rows
        country = draw.choice(countries, rows, p=[0.6, 0.38, 0.02]) if countries else [None] * rows
        activity = np.floor(draw.pareto(1.0, rows) * 5) + 1
        activity[draw.random(rows) < 0.1] = np.nan
        return Side(
            draw.random(rows) < 0.9,
            activity,
            pa.array(list(kind), pa.string()),
            pa.array(list(country), pa.string()),
        )

    return make
