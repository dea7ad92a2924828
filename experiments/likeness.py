"""Freeze which accounts are alike, and what is usual among them, on the rows of a training."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from engine.arrays import Integers
from engine.order import canonical_order, evenly_spaced
from engine.peers import ACTIVITY, SIDES, Peers, Sides, Traits, activity_columns
from experiments.preparation import PartRows, Preparation
from features.history import to_microseconds

_NAMES = ("sender", "receiver", "sender_country", "receiver_country")


def fit_peers(prepared: Preparation, train: PartRows) -> Peers:
    """Form peer groups of the training rows; a sample of them makes the distributions."""
    time, config = prepared.rows.time[train.at], prepared.config.ensemble
    sides = _sides(prepared, train, time)
    beside = np.column_stack((train.beside, _words(sides)))
    order = canonical_order(time, train.X, train.label, beside)
    sample = order[evenly_spaced(len(order), config.reference_rows)]
    accounts = {"sender": prepared.rows.sender, "receiver": prepared.rows.receiver}
    return Peers.fit(
        np.column_stack((train.X[sample], train.beside[sample])),
        prepared.measured,
        sides,
        {side: accounts[side][train.at] for side in SIDES},
        sample,
        config,
    )


def _sides(prepared: Preparation, train: PartRows, time: Integers) -> Sides:
    dataset, part = prepared.dataset, prepared.split["train"]
    first = prepared.rows.within(part).start
    table = dataset.read(_NAMES, part.start, part.stop).take(pa.array(train.at - first))
    own = len(prepared.catalogue)
    counted = {name for names in ACTIVITY.values() for name in names}
    few = [(c, f) for c, f in enumerate(prepared.measured) if f.name in counted]
    columns = [train.X[:, c] if c < own else train.beside[:, c - own] for c, _ in few]
    return Traits.of(dataset.accounts()).sides(
        table,
        activity_columns(np.column_stack(columns), [feature for _, feature in few]),
        time,
        to_microseconds(dataset.manifest.coverage_from),
    )


def _words(sides: Sides) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Return kinds and countries as numbers, in the order of the words.

    Without them rows alike in all else could change places in the sample.
    """
    columns = [words for side in sides.values() for words in (side.kind, side.country)]
    return np.column_stack([_places(words) for words in columns]).astype(np.float64)


def _places(words: pa.Array) -> Integers:
    listed = pa.array(sorted(set(words.unique().to_pylist()) - {None}), pa.string())
    return np.asarray(pc.index_in(words, value_set=listed).fill_null(-1), np.int64)
