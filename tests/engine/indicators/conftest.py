"""A small world of payments with all that indicators ask about, and its peers."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from engine.indicators import Horizon, Watch, load_indicators
from engine.peers import SIDES, Peers, Traits, activity_columns
from engine.settings import EnsembleConfig
from experiments.simulation import WorldConfig, build_world
from features.catalogue import CATALOGUE
from features.dataset import Dataset, DatasetFacts, write_dataset
from features.history import to_microseconds
from features.slices import compute_frame

NAMES = ["sender", "receiver", "sender_country", "receiver_country"]


@dataclass(frozen=True)
class Small:
    """The frame of a small world, its indicators and peers, and what they say."""

    frame: Any
    features: tuple
    indicators: Any
    peers: Peers
    groups: dict
    horizon: Horizon
    watch: Watch


@pytest.fixture(scope="session")
def small_world(tmp_path_factory):
    """Ninety days, so that the longest look back is covered for the last of them."""
    world = WorldConfig(
        transactions=5_000, days=110, seed=5, illicit_share=0.05, start=date(2025, 1, 6)
    )
    transactions, accounts, _ = build_world(world)
    facts = DatasetFacts(
        source={"simulator": "test"},
        reporting_currency="EUR",
        minor_digits=2,
        time_precision="second",
        labels="none",
    )
    place = tmp_path_factory.mktemp("small") / "data"
    write_dataset(place, transactions, facts, accounts=accounts)
    return Dataset.open(place)


@pytest.fixture(scope="session")
def small(small_world):
    indicators = load_indicators()
    features = indicators.measured(CATALOGUE)
    frame = compute_frame(small_world, features)
    begin = to_microseconds(small_world.manifest.coverage_from)
    end = to_microseconds(small_world.manifest.coverage_to)
    sides = Traits.of(small_world.accounts()).sides(
        small_world.read(NAMES), activity_columns(frame.values, features), frame.time, begin
    )
    both = pa.chunked_array([frame.sender.cast(pa.string()), frame.receiver.cast(pa.string())])
    codes = both.combine_chunks().dictionary_encode().indices.fill_null(-1).to_numpy()
    accounts = dict(zip(SIDES, np.split(codes.astype(np.int64), 2), strict=True))
    config = EnsembleConfig(peer_least_payments=50, peer_least_accounts=5)
    rows = np.arange(len(frame))
    peers = Peers.fit(frame.values, features, sides, accounts, rows, config)
    horizon = Horizon(begin, end, clock_known=True)
    watch = Watch(indicators, features, peers, 2, horizon)
    return Small(frame, features, indicators, peers, peers.groups(sides), horizon, watch)
