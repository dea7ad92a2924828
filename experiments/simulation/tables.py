"""The numbers of a world as the dataset's three tables.

Ids are random words, drawn after everything else and in no relation to it. Rows stand in the
order of time and id, labels in the order of id.
"""

from typing import Any, Final

import numpy as np
import pyarrow as pa

from experiments.simulation import places
from experiments.simulation.clock import DAY
from experiments.simulation.population import Kind
from experiments.simulation.rows import Ints, Mask, Rows
from experiments.simulation.settlement import CHANNELS, NOWHERE, SOURCES, settle
from experiments.simulation.wording import MEMOS, PURPOSES, memos, purposes
from experiments.simulation.world import World
from features.dataset.schema import ACCOUNTS, LABELS, TRANSACTIONS

_HEX: Final = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)
_ID_BYTES: Final = 8
_MICRO: Final = 1_000_000
# A hundredth of a currency in units of the column's eighth decimal.
_HUNDREDTH: Final = 1_000_000
_BATCH_HOUR: Final = 3


def transactions_table(world: World, rows: Rows, ids: Ints) -> pa.Table:
    """Return the transactions of a world, settled and put into words."""
    rng = world.config.rng("settlement")
    settled = settle(rng, world.people, rows)
    names = account_names(world)
    banks, countries = list(places.BANKS), list(places.COUNTRIES)
    currencies = list(places.CURRENCIES)
    days = np.arange(world.config.days)
    day = (rows.time - world.clock.start) // DAY
    received = settled.received_currency == NOWHERE
    columns = {
        "transaction_id": words(ids),
        "timestamp": pa.array(rows.time * _MICRO, TRANSACTIONS.field("timestamp").type),
        "sender": _coded(rows.sender, names),
        "receiver": _coded(rows.receiver, names),
        "sender_bank": _coded(settled.sender_bank, banks),
        "receiver_bank": _coded(settled.receiver_bank, banks),
        "amount": pa.array(settled.cents),
        "currency": _coded(settled.currency, currencies),
        "original_amount": _decimal(settled.paid, None),
        "received_currency": _coded(settled.received_currency, currencies),
        "received_amount": _decimal(settled.received, received),
        "channel": _coded(settled.channel, list(CHANNELS)),
        "channel_source": _coded(settled.source, list(SOURCES)),
        "sender_country": _coded(settled.sender_country, countries),
        "receiver_country": _coded(settled.receiver_country, countries),
        "purpose": _coded(purposes(rng, rows.topic), list(PURPOSES)).cast(pa.string()),
        "memo": _coded(memos(rng, rows.topic), list(MEMOS)).cast(pa.string()),
        "ingested_at": pa.array(
            (world.clock.start + (day + 1) * DAY + _BATCH_HOUR * 3600) * _MICRO,
            TRANSACTIONS.field("ingested_at").type,
        ),
        "batch_id": _coded(day, [f"day-{number:04d}" for number in days]),
    }
    return pa.table(columns, schema=TRANSACTIONS)


def accounts_table(world: World) -> pa.Table:
    """Return the accounts of a world, in the order of their ids."""
    people = world.people
    names = account_names(world)
    owners = words(random_ids(world.config.rng("owners"), len(people))).to_pylist()
    kinds = [kind.name.lower() for kind in Kind]
    columns = {
        "account": pa.array(names),
        "owner_id": pa.array([owners[owner] for owner in people.owner]),
        "bank": pa.array([places.BANKS[bank] for bank in people.bank]),
        "country": pa.array([places.COUNTRIES[country] for country in people.country]),
        "kind": pa.array([kinds[kind] for kind in people.kind]),
        "opened": pa.array(people.opened * _MICRO, ACCOUNTS.field("opened").type),
        "timezone": pa.array([places.ZONES[country] for country in people.country]),
    }
    return pa.table(columns, schema=ACCOUNTS).sort_by("account")


def labels_table(rows: Rows, ids: Ints, names: list[str], kinds: list[str]) -> pa.Table:
    """Return every row's label; ``names`` and ``kinds`` are the patterns' ids and types."""
    order = np.argsort(ids.view(np.uint64))
    pattern = rows.pattern[order]
    columns = {
        "transaction_id": words(ids[order]),
        "label": pa.array((pattern >= 0).astype(np.int8)),
        "pattern_id": _coded(pattern, names).cast(pa.string()),
        "pattern_type": _coded(pattern, kinds).cast(pa.string()),
        "known_at": pa.nulls(len(order), LABELS.field("known_at").type),
    }
    return pa.table(columns, schema=LABELS)


def account_names(world: World) -> list[str]:
    """Return the id of every account."""
    ids = random_ids(world.config.rng("accounts"), len(world.people))
    return [str(word) for word in words(ids).to_pylist()]


def random_ids(rng: np.random.Generator, count: int) -> Ints:
    """Return different random numbers of 64 bits, in no order."""
    ids = rng.integers(-(2**63), 2**63, count, dtype=np.int64)
    while len(np.unique(ids)) < count:
        ids = rng.integers(-(2**63), 2**63, count, dtype=np.int64)
    return ids


def words(ids: Ints) -> Any:
    """Return numbers as words of sixteen hexadecimal digits; their order is that of the bits."""
    digits = np.ascontiguousarray(ids.astype(">i8")).view(np.uint8).reshape(len(ids), _ID_BYTES)
    text = np.empty((len(ids), 2 * _ID_BYTES), dtype=np.uint8)
    text[:, 0::2], text[:, 1::2] = _HEX[digits >> 4], _HEX[digits & 15]
    offsets = np.arange(len(ids) + 1, dtype=np.int64) * 2 * _ID_BYTES
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(text)]
    return pa.Array.from_buffers(pa.large_string(), len(ids), buffers).cast(pa.string())


def _coded(index: Ints, dictionary: list[str]) -> Any:
    nothing: Mask = index < 0
    codes = pa.array(index.astype(np.int32), pa.int32(), mask=nothing)
    return pa.DictionaryArray.from_arrays(codes, pa.array(dictionary, pa.string()))


def _decimal(hundredths: Ints, missing: Mask | None) -> Any:
    """Return hundredths as decimals of eight places, built from their bytes."""
    parts = np.zeros((len(hundredths), 2), dtype="<i8")
    parts[:, 0] = hundredths * _HUNDREDTH
    parts[:, 1] = parts[:, 0] >> 63
    valid = None
    if missing is not None:
        valid = pa.py_buffer(np.packbits(~missing, bitorder="little"))
    kind = TRANSACTIONS.field("original_amount").type
    return pa.Array.from_buffers(kind, len(hundredths), [valid, pa.py_buffer(parts)])
