"""How much memory a row of history takes: measured on a sample, for the features asked for."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import numpy as np

from features.catalogue.feature import Feature
from features.dataset import Dataset
from features.history import History
from features.history.coding import CODED, Coder
from features.history.kept import Kept
from features.slices.suspicion import Suspicion
from features.workspace import Workspace

SAMPLE_ROWS = 20_000
_ASKED = 100


def bytes_a_row(
    dataset: Dataset,
    catalogue: Sequence[Feature],
    as_of: datetime,
    suspicion: Suspicion | None = None,
) -> int:
    """Return how many bytes features keep for a row of history, as in the dataset's first rows.

    Few rows have more accounts to each of them than many rows have: what is found is rather too
    much than too little.
    """
    history = sample(dataset, as_of, suspicion)
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


def sample(dataset: Dataset, as_of: datetime, suspicion: Suspicion | None = None) -> History:
    """Return the dataset's first rows as a history."""
    facts, coder = dataset.manifest, Coder()
    first = dataset.files()[0]
    table = dataset.table(first, list(CODED)).slice(0, SAMPLE_ROWS)
    if suspicion is not None:
        table = suspicion.beside(table, 0)
    return History.of(
        coder.rows(table),
        coder,
        coverage_from=facts.coverage_from,
        as_of=as_of,
        time_precision=facts.time_precision,
        minor_digits=facts.minor_digits,
    )


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
