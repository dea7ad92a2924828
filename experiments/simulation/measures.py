"""The columns that difficulty is measured on: those of the dataset, and a few simple ones more.

Rows are in the order of the dataset. The derived columns look back only: at row t they use rows
up to t, or before t where a row would see itself.
"""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pyarrow as pa

from experiments.simulation.rows import Floats, Ints

_DAY: Final = 86_400
_PLAIN: Final = (
    "sender", "receiver", "sender_bank", "receiver_bank", "currency", "received_currency",
    "channel", "channel_source", "sender_country", "receiver_country", "purpose", "memo",
    "batch_id",
)  # fmt: skip
_UNITS: Final = (100, 500, 1_000, 5_000, 10_000, 100_000)
_ACCOUNT: Final = ("kind", "country", "bank", "timezone")


def _codes(column: Any) -> Ints:
    """Return words as numbers; null is a word of its own."""
    words = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    words = words if isinstance(words, pa.DictionaryArray) else words.dictionary_encode()
    return np.asarray(words.indices.fill_null(-1).to_numpy(zero_copy_only=False), dtype=np.int64)


def numbers_of(column: Any) -> Floats:
    """Return a column of numbers, of whatever type."""
    return np.asarray(column.cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)


def seconds_of(transactions: pa.Table) -> Ints:
    """Return every row's time in seconds since the epoch."""
    return np.asarray(transactions["timestamp"].cast(pa.int64()).to_numpy()) // 1_000_000


def _sides(transactions: pa.Table) -> tuple[Ints, Ints]:
    """Return both sides as numbers of one list of accounts, -1 the world outside."""
    both = pa.chunked_array(
        [
            chunk.cast(pa.string())
            for side in ("sender", "receiver")
            for chunk in transactions[side].chunks
        ]
    )
    codes = _codes(both)
    return codes[: len(transactions)], codes[len(transactions) :]


def categories(transactions: pa.Table, accounts: pa.Table) -> Mapping[str, Ints]:
    """Return every column of words, with the attributes of both sides' accounts and the clock."""
    seconds = seconds_of(transactions)
    columns = {name: _codes(transactions[name]) for name in _PLAIN}
    names = accounts["account"].to_pylist()
    place = {name: index for index, name in enumerate(names)}
    for side in ("sender", "receiver"):
        words = transactions[side].combine_chunks()
        index = np.array([place[name] for name in words.dictionary.to_pylist()])
        codes = _codes(words)
        row = np.where(codes >= 0, index[codes], len(names))
        for name in _ACCOUNT:
            columns[f"{side}'s {name}"] = np.append(_codes(accounts[name]), -1)[row]
    columns["hour of day"] = seconds // 3600 % 24
    columns["day of week"] = (seconds // _DAY + 3) % 7
    columns["minute"] = seconds // 60 % 60
    columns["second"] = seconds % 60
    return columns


def numbers(transactions: pa.Table, accounts: pa.Table) -> Mapping[str, Floats]:
    """Return every column of numbers, roundness, and the order of ids, hashes and rows."""
    amount = numbers_of(transactions["amount"])
    original = np.rint(numbers_of(transactions["original_amount"]) * 100)
    received = np.nan_to_num(numbers_of(transactions["received_amount"]), nan=-1)
    rank = np.empty(len(amount))
    order = np.argsort(transactions["transaction_id"].to_numpy(zero_copy_only=False))
    rank[order] = np.arange(len(amount))
    opened = np.asarray(accounts["opened"].cast(pa.int64()).to_numpy()) / 1e6
    place = {name: index for index, name in enumerate(accounts["account"].to_pylist())}
    columns = {
        "amount": amount,
        "original_amount": original,
        "received_amount": received,
        "roundness of original_amount": sum((original % unit == 0) * 1.0 for unit in _UNITS),
        "time": seconds_of(transactions).astype(np.float64),
        "row order": np.arange(len(amount), dtype=np.float64),
        "transaction_id order": rank,
        "transaction_id hash": rank * 2_654_435_761 % 2**32,
    }
    for side in ("sender", "receiver"):
        words = transactions[side].combine_chunks()
        index = np.array([place[name] for name in words.dictionary.to_pylist()])
        codes = _codes(words)
        columns[f"{side} order"] = np.where(codes >= 0, index[codes], -1).astype(np.float64)
        columns[f"{side}'s opened"] = np.where(codes >= 0, opened[index[codes]], 0)
    return columns


def derived(transactions: pa.Table) -> Mapping[str, Floats]:
    """Return simple columns of behaviour: pairs, degrees, and money passed on."""
    sender, receiver = _sides(transactions)
    seconds, amount = seconds_of(transactions), numbers_of(transactions["amount"])
    both = (sender >= 0) & (receiver >= 0)
    pair = np.where(both, sender * (int(receiver.max(initial=0)) + 1) + receiver, -1)
    earlier = np.where(both, _occurrence(pair), -1)
    first = both & (earlier == 0)
    last_in, in_day = _inflow(receiver, sender, seconds, amount)
    back = _seen(pair, np.where(both, receiver * (int(receiver.max(initial=0)) + 1) + sender, -2))
    share = np.where(in_day > 0, amount / np.maximum(in_day, 1), 9)
    return {
        "both sides known": both.astype(np.float64),
        "first-ever pair": first.astype(np.float64),
        "earlier payments of the pair": earlier.astype(np.float64),
        "pair ever reversed": (back & both).astype(np.float64),
        "sender's receivers so far": _running(sender, first),
        "receiver's senders so far": _running(receiver, first),
        "sender's payments so far": np.where(sender >= 0, _occurrence(sender), -1.0),
        "receiver's payments so far": np.where(receiver >= 0, _occurrence(receiver), -1.0),
        "seconds since the sender was paid": last_in,
        "sender's inflow of a day": in_day,
        "amount over the sender's inflow of a day": share,
        "distance of that from 1": np.abs(share - 1),
    }


def _occurrence(group: Ints) -> Ints:
    """Return how many rows of the same group come earlier."""
    order = np.argsort(group, kind="stable")
    ordered = group[order]
    starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
    within = np.arange(len(group)) - np.repeat(starts, np.diff(np.append(starts, len(group))))
    result = np.empty(len(group), dtype=np.int64)
    result[order] = within
    return result


def _running(group: Ints, flag: Any) -> Floats:
    """Return how many flagged rows of the same group there are up to each row; -1 outside."""
    order = np.argsort(group, kind="stable")
    total = np.cumsum(flag[order])
    ordered = group[order]
    starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
    before = np.repeat((total - flag[order])[starts], np.diff(np.append(starts, len(group))))
    result = np.empty(len(group))
    result[order] = total - before
    return np.where(group >= 0, result, -1)


def _seen(keys: Ints, wanted: Ints) -> Any:
    """Return whether each wanted key occurs among the keys of all rows."""
    return np.isin(wanted, keys)


def _inflow(receiver: Ints, sender: Ints, seconds: Ints, amount: Floats) -> tuple[Floats, Floats]:
    """Return how long ago each row's sender was last paid, and what it got in the day before."""
    paid = np.flatnonzero(receiver >= 0)
    width = int(seconds.max(initial=0)) + 2 * _DAY
    key = receiver[paid] * width + seconds[paid]
    order = np.argsort(key, kind="stable")
    key, total = key[order], np.append(0, np.cumsum(amount[paid][order]))
    now = sender * width + seconds
    upto, since = np.searchsorted(key, now), np.searchsorted(key, now - _DAY)
    last = np.where(upto > 0, key[np.maximum(upto, 1) - 1], -1)
    known = (sender >= 0) & (last >= sender * width)
    return np.where(known, now - last, 1e9), np.where(sender >= 0, total[upto] - total[since], -1.0)
