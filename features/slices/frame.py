"""The feature frame: features of some rows, a column each."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from features.catalogue.feature import Feature
from features.dataset import TRANSACTIONS
from features.history.coding import Integers
from features.statistics import Statistic
from features.workspace import Workspace

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class FeatureFrame:
    """Features of ``n`` rows, in (timestamp, id) order.

    ``columns`` is float64 of shape ``(features, n)``, each contiguous, NaN: not known. ``time`` is
    in microseconds since 1970; ``amount`` in minor units; accounts and countries are
    dictionary-coded.
    ``channel`` is an index into `CHANNELS`. ``internal``: both sides are known accounts.
    ``mature``: no leading value can change any more, given later data. ``left_out`` counts what
    the features' own bounds skipped, where they skipped any.
    """

    transaction_id: pa.Array
    sender: pa.Array
    receiver: pa.Array
    sender_country: pa.Array
    receiver_country: pa.Array
    time: Integers
    amount: Integers
    channel: NDArray[np.int8]
    internal: NDArray[np.bool_]
    mature: NDArray[np.bool_]
    names: tuple[str, ...]
    columns: Floats
    left_out: Mapping[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.time)

    @property
    def values(self) -> Floats:
        """The features, float64 of shape ``(n, features)``: the same memory, each contiguous."""
        return self.columns.T


def matrix(space: Workspace, catalogue: Sequence[Feature]) -> Floats:
    """Compute the features of the rows asked about: float64, ``(rows, features)``."""
    columns = np.empty((len(catalogue), len(space.rows)))
    fill(columns, space, catalogue)
    return columns.T


def fill(
    columns: Floats, space: Workspace, sought: Sequence[Feature | Statistic], turn: int = 0
) -> None:
    """Compute features of the rows asked about into ``columns``.

    Whoever computes others at the same time has another turn, and takes the features in another
    order, every second one backwards: they would all wait for the same ledger otherwise, and then
    go on side by side to wait for the next.
    """
    pair, backwards = divmod(turn, 2)
    order = np.roll(np.arange(len(sought)), -(pair * len(sought) // 3))
    for column in order[::-1] if backwards else order:
        columns[column] = sought[column].value(space)


def join(frames: Sequence[FeatureFrame], catalogue: Sequence[Feature]) -> FeatureFrame:
    """Put the frames of consecutive rows together."""

    def words(name: str) -> pa.Array:
        return whole_column(name, [getattr(frame, name) for frame in frames])

    def numbers(name: str, kind: type[np.generic]) -> NDArray[Any]:
        return np.concatenate([np.empty(0, kind), *(getattr(frame, name) for frame in frames)])

    columns = [np.empty((len(catalogue), 0)), *(frame.columns for frame in frames)]
    return FeatureFrame(
        transaction_id=words("transaction_id"),
        sender=words("sender"),
        receiver=words("receiver"),
        sender_country=words("sender_country"),
        receiver_country=words("receiver_country"),
        time=numbers("time", np.int64),
        amount=numbers("amount", np.int64),
        channel=numbers("channel", np.int8),
        internal=numbers("internal", np.bool_),
        mature=numbers("mature", np.bool_),
        names=tuple(feature.name for feature in catalogue),
        columns=np.concatenate(columns, axis=1),
        left_out=added(frame.left_out for frame in frames),
    )


def added(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Add up counts by name.

    >>> added([{"a": 1}, {"b": 2, "a": 3}])
    {'a': 4, 'b': 2}
    """
    total: Counter[str] = Counter()
    for each in counts:
        total.update(each)
    return dict(sorted(total.items()))


def whole_column(name: str, parts: Sequence[pa.Array | pa.ChunkedArray]) -> pa.Array:
    """Put pieces of a column together as one array with one dictionary, even where none is."""
    chunks = [
        chunk
        for part in parts
        for chunk in (part.chunks if isinstance(part, pa.ChunkedArray) else [part])
    ]
    if not chunks:
        return pa.array([], TRANSACTIONS.field(name).type)
    column = pa.chunked_array(chunks)
    if pa.types.is_dictionary(column.type):
        column = column.unify_dictionaries()
    whole = column.combine_chunks()
    return whole.chunk(0) if isinstance(whole, pa.ChunkedArray) else whole
