"""From a dataset to the feature frame, one slice of time at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from features.catalogue.feature import Feature
from features.dataset import TRANSACTIONS, Dataset
from features.errors import InputError
from features.history import COLUMNS, History, Integers, to_microseconds
from features.workspace import Workspace

TICK = timedelta(microseconds=1)
ROWS_AT_ONCE = 1_000_000


@dataclass(frozen=True)
class FeatureFrame:
    """Features of ``n`` rows, in (timestamp, id) order.

    ``values`` is float64 of shape ``(n, features)``, NaN: not known. ``time`` is in microseconds
    since 1970; ``amount`` in minor units; ``sender`` and ``receiver`` are dictionary-coded.
    ``channel`` is an index into `CHANNELS`. ``internal``: both sides are known accounts.
    ``mature``: no leading value can change any more, given later data.
    """

    transaction_id: pa.Array
    sender: pa.Array
    receiver: pa.Array
    time: Integers
    amount: Integers
    channel: NDArray[np.int8]
    internal: NDArray[np.bool_]
    mature: NDArray[np.bool_]
    names: tuple[str, ...]
    values: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.time)


@dataclass(frozen=True)
class Reach:
    """How far the widest of some features looks, in each direction."""

    lookback: timedelta
    lookahead: timedelta

    @classmethod
    def of(cls, catalogue: Sequence[Feature]) -> "Reach":
        """Take the longest of all."""
        return cls(
            timedelta(microseconds=max((f.statistic.lookback for f in catalogue), default=0)),
            timedelta(microseconds=max((f.statistic.lookahead for f in catalogue), default=0)),
        )


def frame_from_table(
    table: pa.Table,
    catalogue: Sequence[Feature],
    *,
    coverage_from: datetime,
    as_of: datetime,
    time_precision: str,
    minor_digits: int,
    start: datetime | None = None,
    stop: datetime | None = None,
) -> FeatureFrame:
    """Compute features of the rows of ``table`` in ``[start, stop)`` from all of its rows.

    ``table`` has the dataset's columns, in time order, and no row after ``as_of``.
    """
    history = History.from_table(
        table,
        coverage_from=coverage_from,
        as_of=as_of,
        time_precision=time_precision,
        minor_digits=minor_digits,
    )
    first = 0 if start is None else int(np.searchsorted(history.time, to_microseconds(start)))
    last = len(history)
    if stop is not None:
        last = int(np.searchsorted(history.time, to_microseconds(stop)))
    rows = np.arange(first, last)
    lookahead = max((f.statistic.lookahead for f in catalogue), default=0)
    instants = history.time[first:last]
    return FeatureFrame(
        transaction_id=_whole(
            "transaction_id", [table["transaction_id"].slice(first, last - first)]
        ),
        sender=_whole("sender", [table["sender"].slice(first, last - first)]),
        receiver=_whole("receiver", [table["receiver"].slice(first, last - first)]),
        time=instants,
        amount=history.amount[first:last],
        channel=history.channel[first:last],
        internal=history.internal[first:last],
        mature=instants + lookahead <= history.as_of,
        names=tuple(feature.name for feature in catalogue),
        values=matrix(Workspace(history, rows), catalogue),
    )


def matrix(space: Workspace, catalogue: Sequence[Feature]) -> NDArray[np.float64]:
    """Compute the features of the rows asked about: float64, ``(rows, features)``."""
    values = np.empty((len(space.rows), len(catalogue)))
    for column, feature in enumerate(catalogue):
        values[:, column] = feature.value(space)
    return values


def slice_table(
    dataset: Dataset,
    reach: Reach,
    start: datetime,
    stop: datetime,
    as_of: datetime,
    *,
    whole: bool = False,
) -> pa.Table:
    """Read the rows that features of ``[start, stop)`` can depend on, and no others.

    ``whole``: with all of their columns.
    """
    end = min(stop + reach.lookahead, as_of + TICK)
    return dataset.read(None if whole else COLUMNS, start - reach.lookback, end)


def settle(
    dataset: Dataset,
    start: datetime | None = None,
    stop: datetime | None = None,
    as_of: datetime | None = None,
) -> tuple[datetime, datetime, datetime]:
    """Settle what a range leaves open: from the coverage's begin, to and as of its last instant.

    Raises
    ------
    InputError
        If as-of lies outside the coverage, or nothing lies between start and stop.
    """
    first, last = dataset.manifest.coverage_from, dataset.manifest.coverage_to
    as_of = last if as_of is None else as_of
    if not first <= as_of <= last:
        span = f"{first.isoformat()} to {last.isoformat()}"
        raise InputError(f"as-of {as_of.isoformat()} is outside the dataset's coverage, {span}")
    start = first if start is None else start
    stop = as_of + TICK if stop is None else min(stop, as_of + TICK)
    if start >= stop:
        raise InputError(f"nothing lies between {start.isoformat()} and {stop.isoformat()}")
    return start, stop, as_of


def slices(
    dataset: Dataset,
    catalogue: Sequence[Feature],
    start: datetime | None = None,
    stop: datetime | None = None,
    as_of: datetime | None = None,
    *,
    rows_at_once: int = ROWS_AT_ONCE,
) -> Iterator[FeatureFrame]:
    """Yield the frames of consecutive slices of ``[start, stop)``, cut at midnight.

    A slice holds about ``rows_at_once`` rows; the answer doesn't depend on where it is cut.
    """
    facts = dataset.manifest
    as_of = facts.coverage_to if as_of is None else as_of
    begin = facts.coverage_from if start is None else start
    end = as_of + TICK if stop is None else min(stop, as_of + TICK)
    reach = Reach.of(catalogue)
    for cut_from, cut_to in cuts(dataset, begin, end, rows_at_once):
        yield frame_from_table(
            slice_table(dataset, reach, cut_from, cut_to, as_of),
            catalogue,
            coverage_from=facts.coverage_from,
            as_of=as_of,
            time_precision=facts.time_precision,
            minor_digits=facts.minor_digits,
            start=cut_from,
            stop=cut_to,
        )


def cuts(
    dataset: Dataset, begin: datetime, end: datetime, rows_at_once: int = ROWS_AT_ONCE
) -> Iterator[tuple[datetime, datetime]]:
    """Cut a stretch of time at the midnights after which enough rows have come together."""
    rows, cut_from = 0, begin
    for entry in dataset.files(begin, end):
        midnight = datetime.combine(entry.day or begin.date(), time.min, UTC)
        if rows and rows + entry.rows > rows_at_once and midnight > cut_from:
            yield cut_from, midnight
            rows, cut_from = 0, midnight
        rows += entry.rows
    if cut_from < end:
        yield cut_from, end


def compute_frame(
    dataset: Dataset,
    catalogue: Sequence[Feature],
    start: datetime | None = None,
    stop: datetime | None = None,
    as_of: datetime | None = None,
) -> FeatureFrame:
    """Compute the whole frame of ``[start, stop)`` as of an instant (the dataset's last)."""
    return join(list(slices(dataset, catalogue, start, stop, as_of)), catalogue)


def join(frames: Sequence[FeatureFrame], catalogue: Sequence[Feature]) -> FeatureFrame:
    """Put the frames of consecutive slices together."""
    width = len(catalogue)
    return FeatureFrame(
        _whole("transaction_id", [frame.transaction_id for frame in frames]),
        _whole("sender", [frame.sender for frame in frames]),
        _whole("receiver", [frame.receiver for frame in frames]),
        np.concatenate([np.empty(0, np.int64), *(frame.time for frame in frames)]),
        np.concatenate([np.empty(0, np.int64), *(frame.amount for frame in frames)]),
        np.concatenate([np.empty(0, np.int8), *(frame.channel for frame in frames)]),
        np.concatenate([np.empty(0, np.bool_), *(frame.internal for frame in frames)]),
        np.concatenate([np.empty(0, np.bool_), *(frame.mature for frame in frames)]),
        tuple(feature.name for feature in catalogue),
        np.concatenate([np.empty((0, width)), *(frame.values for frame in frames)]),
    )


def _whole(name: str, parts: Sequence[pa.Array | pa.ChunkedArray]) -> pa.Array:
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
