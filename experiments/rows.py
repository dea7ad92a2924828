"""All rows of a dataset as training sees them: when, how much, between whom, and the labels.

Identifiers become numbers of no meaning; they serve to group rows for evaluation only.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from engine.arrays import Flags, Integers
from experiments.config import ExperimentConfig
from experiments.evaluation.truth import Truth
from experiments.split import Part
from features.dataset import Dataset

UNKNOWN = -1
_COLUMNS = ("transaction_id", "timestamp", "sender", "receiver", "amount", "channel")


@dataclass(frozen=True)
class Labels:
    """What is known of every row, whenever it became known.

    ``label`` is 0, 1 or -1 (unknown); ``known_at`` microseconds since 1970. ``assumed`` says
    that unknown rows count as honest, because only the illicit ones are labelled. ``names`` are
    those of the patterns, by number; a row of no pattern has a number beyond them.
    """

    label: NDArray[np.int8]
    known_at: Integers
    pattern: Integers
    kind: NDArray[np.str_]
    names: tuple[str, ...]
    assumed: bool

    def known(self, as_of: int | None = None) -> NDArray[np.int8]:
        """Return the labels known by an instant; None means by now."""
        label = self.label
        if as_of is not None:
            label = np.where(self.known_at <= as_of, label, np.int8(UNKNOWN))
        return np.where(label < 0, np.int8(0), label) if self.assumed else label


@dataclass(frozen=True)
class Rows:
    """The rows of a dataset, in the order of (timestamp, id); ``labels`` is None without any.

    ``accounts`` are the names of ``sender`` and ``receiver``, by number; -1 is the world outside.
    """

    transaction_id: pa.ChunkedArray
    time: Integers
    amount: Integers
    sender: Integers
    receiver: Integers
    accounts: pa.Array
    evaluated: Flags
    labels: Labels | None

    def within(self, part: Part) -> slice:
        """Return where a part's rows lie."""
        start, stop = (micros(moment) for moment in (part.start, part.stop))
        return slice(*(int(place) for place in np.searchsorted(self.time, [start, stop])))


def read_rows(dataset: Dataset, config: ExperimentConfig) -> Rows:
    """Read what training needs beside the features."""
    table = dataset.read(_COLUMNS)
    sender, receiver, accounts = _account_numbers(table)
    evaluated = ~np.isin(_words(table["channel"]), config.evaluate.exclude_channels)
    if config.population.evaluate == "internal":
        evaluated &= (sender >= 0) & (receiver >= 0)
    time = table["timestamp"].cast(pa.int64()).to_numpy()
    ids = table["transaction_id"]
    return Rows(
        ids,
        time,
        table["amount"].to_numpy(),
        sender,
        receiver,
        accounts,
        evaluated,
        _labels(dataset, ids, time),
    )


def truth_of(rows: Rows, labels: Labels, chosen: Integers) -> Truth:
    """Return what is known today of the chosen rows; unknown labels count as honest."""
    illicit = labels.known()[chosen] == 1
    return Truth(
        illicit=illicit,
        amount=rows.amount[chosen],
        time=rows.time[chosen],
        sender=rows.sender[chosen],
        receiver=rows.receiver[chosen],
        pattern=np.where(illicit, labels.pattern[chosen], -1),
        kind=np.where(illicit, labels.kind[chosen], ""),
    )


def micros(moment: object) -> int:
    """Return microseconds since 1970 of an aware datetime."""
    return int(pa.scalar(moment, pa.timestamp("us", tz="UTC")).value)


def _account_numbers(table: pa.Table) -> tuple[Integers, Integers, pa.Array]:
    sides = [table[side].cast(pa.string()).combine_chunks() for side in ("sender", "receiver")]
    coded = pa.chunked_array(sides).combine_chunks().dictionary_encode()
    numbers = coded.indices.fill_null(-1).to_numpy().astype(np.int64)
    return numbers[: table.num_rows], numbers[table.num_rows :], coded.dictionary


def _words(column: pa.ChunkedArray) -> NDArray[np.str_]:
    words: NDArray[np.str_] = column.cast(pa.string()).to_numpy().astype(str)
    return words


def _labels(dataset: Dataset, ids: pa.ChunkedArray, time: Integers) -> Labels | None:
    table = dataset.labels()
    if table is None or not table.num_rows:
        return None
    table = table.combine_chunks()
    place = pc.index_in(ids, value_set=table["transaction_id"].combine_chunks())
    found = pc.is_valid(place).to_numpy()
    at = place.fill_null(0).to_numpy()
    label = np.where(found, table["label"].to_numpy()[at], UNKNOWN).astype(np.int8)
    known_at = table["known_at"].cast(pa.int64()).fill_null(np.iinfo(np.int64).min).to_numpy()
    kinds = pc.fill_null(table["pattern_type"], "none").to_numpy().astype(str)
    numbers, names = _patterns(table)
    return Labels(
        label=label,
        known_at=np.maximum(time, np.where(found, known_at[at], time)),
        pattern=np.where(found, numbers[at], -1),
        kind=np.where(found, kinds[at], ""),
        names=names,
        assumed=dataset.manifest.labels == "positive-only",
    )


def _patterns(table: pa.Table) -> tuple[Integers, tuple[str, ...]]:
    """Number the patterns and name them; a row of no pattern gets a number of its own."""
    coded = table["pattern_id"].combine_chunks().dictionary_encode()
    named = coded.indices.fill_null(-1).to_numpy().astype(np.int64)
    own = len(table) + np.arange(len(table))
    names = tuple(str(name) for name in coded.dictionary.to_pylist())
    return np.where(named >= 0, named, own), names
