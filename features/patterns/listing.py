"""List the instances of patterns in a dataset as a table: every payment with the role it plays."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from features.catalogue.settings import patterns_version
from features.dataset import TRANSACTIONS, Dataset, staged_folder
from features.history import COLUMNS, History, to_microseconds
from features.patterns.instance import Instance
from features.patterns.search import find
from features.slices import TICK, settle

FILE = "patterns.parquet"
_SHOWN = ("transaction_id", "timestamp", "sender", "receiver", "amount", "channel")
LISTED = pa.schema(
    [
        pa.field("pattern", pa.string(), nullable=False),
        pa.field("rank", pa.int32(), nullable=False),
        pa.field("strength", pa.float64(), nullable=False),
        pa.field("role", pa.string(), nullable=False),
        *(TRANSACTIONS.field(name) for name in _SHOWN),
    ]
)


@dataclass(frozen=True)
class Listing:
    """The instances of each pattern, the strongest first; ``ids`` names the rows they hold.

    ``left_out`` counts what the bounds of the search passed over.
    """

    instances: dict[str, list[Instance]]
    ids: pa.Array
    left_out: dict[str, int]


def list_patterns(
    dataset: Dataset,
    out: Path,
    patterns: Sequence[str],
    start: datetime | None = None,
    stop: datetime | None = None,
    as_of: datetime | None = None,
    *,
    progress: Callable[[str], None] = lambda _: None,
) -> Listing:
    """Write the instances that have a payment in ``[start, stop)`` to ``out/patterns.parquet``.

    All rows up to as-of are looked at, and held in memory (about 0.2 kB a row). ``rank`` counts
    from the strongest instance of a pattern. The file's metadata names the dataset's snapshot,
    as-of and the version of the settings.

    Raises
    ------
    InputError, OutputError
        If the range holds nothing or lies outside the coverage; if ``out`` exists.
    """
    start, stop, as_of = settle(dataset, start, stop, as_of)
    with staged_folder(out) as staging:
        table = dataset.read(COLUMNS, None, as_of + TICK)
        facts = dataset.manifest
        history = History.from_table(
            table,
            coverage_from=facts.coverage_from,
            as_of=as_of,
            time_precision=facts.time_precision,
            minor_digits=facts.minor_digits,
        )
        first, last = np.searchsorted(history.time, [*map(to_microseconds, (start, stop))])
        found, left_out = {}, Counter[str]()
        for pattern in patterns:
            progress(f"looking for {pattern}")
            found[pattern] = [
                one
                for one in find(history, pattern, left_out)
                if any(first <= row < last for row in one.rows)
            ]
        about = {
            "snapshot": facts.snapshot_id,
            "as_of": as_of.isoformat(),
            "settings": patterns_version(),
        }
        rows = [_told(instances, table) for instances in found.values()]
        listed = pa.concat_tables([LISTED.empty_table(), *rows]).unify_dictionaries()
        pq.write_table(listed.replace_schema_metadata(about), staging / FILE)
    return Listing(found, table["transaction_id"].combine_chunks(), dict(left_out))


def _told(instances: Iterable[Instance], table: pa.Table) -> pa.Table:
    """Return one row for each payment of each instance."""
    told = [
        (one.pattern, rank, one.strength, role, row)
        for rank, one in enumerate(instances, 1)
        for row, role in zip(one.rows, one.roles, strict=True)
    ]
    pattern, rank, strength, role, row = zip(*told, strict=True) if told else ([],) * 5
    shown = table.select(_SHOWN).take(pa.array(row, pa.int64()))
    columns = {"pattern": pattern, "rank": rank, "strength": strength, "role": role}
    return pa.table(
        {**columns, **{name: shown[name] for name in _SHOWN}}, LISTED.with_metadata(None)
    )
