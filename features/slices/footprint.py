"""How much memory a row of history takes: measured on a sample, for the features asked for.

The sample is the first rows of the day that has most. A few rows have hardly two of one account,
and what is made of a history depends on that: so their accounts are merged until each has as many
rows as it seems to have over the whole of the dataset.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from features.catalogue.feature import Feature
from features.dataset import Dataset
from features.history import History
from features.history.coding import CODED, Coder
from features.history.kept import Kept
from features.slices.suspicion import Suspicion, first_rows
from features.workspace import Workspace

SAMPLE_ROWS = 20_000
_ASKED = 100
_LEAST = 100  # accounts: among fewer, too many would pay themselves


def bytes_a_row(
    dataset: Dataset,
    catalogue: Sequence[Feature],
    as_of: datetime,
    suspicion: Suspicion | None = None,
) -> int:
    """Return how many bytes features keep for a row of history, as in a sample."""
    history, _ = sample(dataset, as_of, suspicion)
    rows = len(history)
    space = Workspace(history, np.linspace(0, rows - 1, min(rows, _ASKED)).astype(np.int64))
    for feature in catalogue:
        feature.value(space)
    return held(history) // max(rows, 1)


def held(thing: object) -> int:
    """Return the bytes of all arrays that a thing holds, each counted once.

    >>> numbers = np.zeros(10)
    >>> held({"all": numbers, "some": (numbers[:5], [numbers])})
    80
    """
    return sum(array.nbytes for array in arrays(thing, {}))


@dataclass(frozen=True)
class Census:
    """How many accounts some rows have, and the bytes of an id of theirs."""

    rows: int
    accounts: int
    id_bytes: float = 0.0

    def among(self, rows: int) -> int:
        """Guess how many accounts so many rows have: of the same ones, more rows know more."""
        return round(self.accounts * math.sqrt(max(rows / max(self.rows, 1), 1.0)))


def sample(
    dataset: Dataset, as_of: datetime, suspicion: Suspicion | None = None
) -> tuple[History, Census]:
    """Return some rows of the dataset's largest day as a history, and how many accounts it has."""
    facts, coder = dataset.manifest, Coder()
    day = max(dataset.files(), key=lambda entry: entry.rows)
    table = dataset.table(day, ["transaction_id", *CODED])
    if suspicion is not None:
        table = suspicion.beside(table, first_rows(dataset)[day.path])
    coder.accounts.codes(table["sender"], table["receiver"])
    ids = table["transaction_id"].nbytes / max(len(table), 1)
    census = Census(len(table), len(coder.accounts.words), ids)
    history = History.of(
        coder.rows(table.slice(0, SAMPLE_ROWS)),
        coder,
        coverage_from=facts.coverage_from,
        as_of=as_of,
        time_precision=facts.time_precision,
        minor_digits=facts.minor_digits,
    )
    total = facts.rows["transactions"]
    many = max(round(len(history) * census.among(total) / max(total, 1)), _LEAST)
    return _merged(history, min(many, history.accounts)), census


def _merged(history: History, accounts: int) -> History:
    """Return a history of no more than so many accounts, each standing for some."""
    sender, receiver = (
        np.where(side < 0, side, side % np.int32(accounts))
        for side in (history.sender, history.receiver)
    )
    return replace(history, sender=sender, receiver=receiver, accounts=accounts)


def arrays(thing: object, seen: dict[int, object]) -> Iterator[np.ndarray]:
    """Yield the arrays inside a thing; of a view, what it is a view of."""
    while isinstance(thing, np.ndarray) and isinstance(thing.base, np.ndarray):
        thing = thing.base
    if id(thing) in seen:
        return
    seen[id(thing)] = thing
    if isinstance(thing, np.ndarray):
        yield thing
    for each in _inside(thing):
        yield from arrays(each, seen)


def _inside(thing: object) -> Sequence[object]:
    if isinstance(thing, list | tuple):
        return thing
    if isinstance(thing, Mapping | Kept):
        return list(thing.values())
    return [] if isinstance(thing, type) else list(getattr(thing, "__dict__", {}).values())
