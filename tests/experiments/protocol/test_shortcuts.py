"""What a feature gives away is told from what it is made of, and is what its values do."""

from typing import Any

import numpy as np
import pyarrow as pa

from experiments.protocol.shortcuts import (
    says_channel,
    says_first_pair,
    without_channel,
    without_first_pairs,
)
from features.catalogue import CATALOGUE
from features.dataset import Dataset
from features.slices import compute_frame


def test_what_a_pair_or_a_new_counterparty_gives_away_is_left_out() -> None:
    said = {feature.name for feature in CATALOGUE if says_first_pair(feature)}
    assert any("pair_out_gap" in name for name in said)
    assert any("_new_" in name for name in said)
    assert not {"amount", "hour", "sender_out_gap_28d"} & said
    assert not any("_new_" in f.name or "pair_" in f.name for f in without_first_pairs(CATALOGUE))


def test_without_the_payment_format_nothing_depends_on_it(world: Any, tmp_path: Any) -> None:
    table = world.transactions
    same = pa.DictionaryArray.from_arrays(
        pa.array(np.zeros(table.num_rows, np.int32)), pa.array(["other"])
    )
    place = table.column_names.index("channel")
    bare = table.set_column(place, table.schema.field("channel"), same.cast(table["channel"].type))
    datasets = (world.write(tmp_path / "with"), world.write(tmp_path / "without", bare))
    first, second = (values(dataset) for dataset in datasets)
    changed = {
        f.name
        for f, a, b in zip(CATALOGUE, first, second, strict=True)
        if not np.array_equal(a, b, equal_nan=True)
    }
    assert changed
    kept = {feature.name for feature in without_channel(CATALOGUE)}
    # First in, first out: of simultaneous payments the channel may say which goes first.
    assert not {name for name in changed & kept if "left" not in name and "stayed" not in name}
    assert all(says_channel(f) for f in CATALOGUE if f.name.startswith("channel_"))


def values(dataset: Dataset) -> np.ndarray:
    return compute_frame(dataset, CATALOGUE).columns
