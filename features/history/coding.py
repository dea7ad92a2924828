"""Words to codes: rows of transactions as arrays of numbers, with one set of codes for a run."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from features.dataset.schema import CHANNELS

Integers = NDArray[np.int64]
Codes = NDArray[np.int32]
CODED = (
    "timestamp",
    "sender",
    "receiver",
    "sender_bank",
    "receiver_bank",
    "amount",
    "currency",
    "received_currency",
    "channel",
    "sender_country",
    "receiver_country",
)
SUSPICION = "suspicion"


@dataclass(frozen=True)
class CodedRows:
    """Rows in time order, a contiguous array a column; -1 codes null.

    ``suspicion`` is that of a first look, in millionths; empty where none was taken.
    """

    time: Integers
    sender: Codes
    receiver: Codes
    sender_bank: Codes
    receiver_bank: Codes
    sender_country: Codes
    receiver_country: Codes
    amount: Integers
    channel: NDArray[np.int8]
    exchanged: NDArray[np.bool_]
    currency: Codes
    suspicion: Codes = field(default_factory=lambda: np.empty(0, np.int32))

    def __len__(self) -> int:
        return len(self.time)

    def between(self, start: int, stop: int) -> "CodedRows":
        """Return the rows with ``start <= time < stop``, without a copy."""
        low, high = np.searchsorted(self.time, [start, stop])
        return CodedRows(*(getattr(self, each.name)[low : max(low, high)] for each in fields(self)))

    @classmethod
    def joined(cls, parts: Sequence["CodedRows"]) -> "CodedRows":
        """Put rows together, in memory of their own."""
        return cls(
            *(np.concatenate([getattr(rows, each.name) for rows in parts]) for each in fields(cls))
        )


@dataclass
class Vocabulary:
    """Words and their codes. New words come after all known ones, so that no code ever changes."""

    words: pa.Array = field(default_factory=lambda: pa.array([], pa.string()))

    def codes(self, *columns: pa.ChunkedArray) -> list[Codes]:
        """Code columns of words with codes they share; null is -1.

        >>> Vocabulary().codes(pa.chunked_array([["b", None]]), pa.chunked_array([["a", "b"]]))
        [array([ 0, -1], dtype=int32), array([1, 0], dtype=int32)]
        """
        chunks = [[_encoded(chunk) for chunk in column.chunks] for column in columns]
        texts = [chunk.dictionary.cast(pa.string()) for column in chunks for chunk in column]
        joined = pa.chunked_array([self.words, *texts], pa.string()).combine_chunks()
        encoded = joined.dictionary_encode()
        known = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False)
        parts = iter(np.split(known, np.cumsum([len(self.words), *map(len, texts)])[:-1])[1:])
        self.words = encoded.dictionary
        return [_joined([_coded(chunk, next(parts)) for chunk in column]) for column in chunks]


@dataclass
class Coder:
    """Codes one table after the other: equal words have equal codes in all of them."""

    accounts: Vocabulary = field(default_factory=Vocabulary)
    banks: Vocabulary = field(default_factory=Vocabulary)
    countries: Vocabulary = field(default_factory=Vocabulary)
    currencies: Vocabulary = field(default_factory=Vocabulary)

    def rows(self, table: pa.Table) -> CodedRows:
        """Code a table of transactions in time order; it has the columns ``CODED``.

        And ``SUSPICION``, where a first look was taken.
        """
        sender, receiver = self.accounts.codes(table["sender"], table["receiver"])
        banks = self.banks.codes(table["sender_bank"], table["receiver_bank"])
        countries = self.countries.codes(table["sender_country"], table["receiver_country"])
        paid, received = self.currencies.codes(table["currency"], table["received_currency"])
        return CodedRows(
            time=_whole(table["timestamp"].cast(pa.timestamp("us")).cast(pa.int64())),
            sender=sender,
            receiver=receiver,
            sender_bank=banks[0],
            receiver_bank=banks[1],
            sender_country=countries[0],
            receiver_country=countries[1],
            amount=_whole(table["amount"]),
            channel=_channels(table["channel"]),
            exchanged=(received >= 0) & (paid != received),
            currency=paid,
            suspicion=_suspicion(table),
        )


def _encoded(chunk: pa.Array) -> pa.DictionaryArray:
    return chunk if pa.types.is_dictionary(chunk.type) else chunk.dictionary_encode()


def _coded(chunk: pa.DictionaryArray, known: Codes) -> Codes:
    """Return a chunk's codes, given those of its words."""
    if not len(known):
        return np.full(len(chunk), -1, np.int32)
    places = pc.fill_null(chunk.indices, 0).to_numpy(zero_copy_only=False)
    found: Codes = known.astype(np.int32)[places]
    if chunk.indices.null_count:
        found[chunk.indices.is_null().to_numpy(zero_copy_only=False)] = -1
    return found


def _joined(parts: list[Codes]) -> Codes:
    return parts[0] if len(parts) == 1 else np.concatenate([np.empty(0, np.int32), *parts])


def _whole(column: pa.ChunkedArray) -> Integers:
    """Return an owned, contiguous, writable copy: kernels compile once for that layout."""
    return np.array(column.to_numpy(), np.int64)


def _suspicion(table: pa.Table) -> Codes:
    if SUSPICION not in table.column_names:
        return np.empty(0, np.int32)
    return np.array(table[SUSPICION].to_numpy(), np.int32)


def _channels(column: pa.ChunkedArray) -> NDArray[np.int8]:
    """Code channels as indices into ``CHANNELS``."""
    names = pa.array(CHANNELS)
    parts = [
        _coded(chunk, pc.fill_null(pc.index_in(chunk.dictionary, names), -1).to_numpy(False))
        for chunk in map(_encoded, column.chunks)
    ]
    return _joined(parts).astype(np.int8)
