"""Gather what the batches of all files became, with every transaction once."""

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.errors import Fault, InputError
from features.sources.columns import Binding
from features.sources.duplicates import OTHER, SAME, find_duplicates
from features.sources.mapping import Mapped, Mapper, quarantine, values


@dataclass(frozen=True)
class Gathered:
    """All rows of a source: what they became, and how many there were in each file."""

    transactions: pa.Table
    labels: pa.Table | None
    quarantine: pa.Table
    not_payments: int
    rows: dict[str, int]

    @property
    def quarantined(self) -> dict[str, int]:
        """Count the refused rows by reason, most frequent first."""
        return dict(Counter(self.quarantine["reason"].to_pylist()).most_common())


def gather(mapper: Mapper, bindings: list[Binding]) -> Gathered:
    """Map every batch of every file, then refuse duplicates.

    Raises
    ------
    InputError
        If there are no rows, none can be used, or complete labels have gaps.
    """
    parts = [
        (binding, mapper.map(batch, binding))
        for binding in bindings
        for batch in binding.file.batches()
    ]
    if not sum(part.read for _, part in parts):
        names = ", ".join(binding.file.name for binding in bindings)
        raise InputError(f"{names}: no rows")
    rows = {binding.file.name: 0 for binding in bindings}
    for binding, part in parts:
        rows[binding.file.name] += part.read
    _check_labels(mapper, sum(part.unlabelled for _, part in parts))
    joined = _joined([part for _, part in parts], rows)
    found = _once(joined, pa.concat_tables([part.origin for _, part in parts]), bindings)
    if not found.transactions.num_rows:
        _nothing_left(found)
    return found


def _joined(parts: list[Mapped], rows: dict[str, int]) -> Gathered:
    labels = [part.labels for part in parts if part.labels is not None]
    return Gathered(
        transactions=pa.concat_tables([part.transactions for part in parts]).unify_dictionaries(),
        labels=pa.concat_tables(labels) if labels else None,
        quarantine=pa.concat_tables([part.quarantine for part in parts]),
        not_payments=sum(part.not_payments for part in parts),
        rows=rows,
    )


def _once(found: Gathered, origin: pa.Table, bindings: list[Binding]) -> Gathered:
    twice = find_duplicates(found.transactions, found.labels)
    if not len(twice.places):
        return found
    keep = np.ones(found.transactions.num_rows, dtype=bool)
    keep[twice.places] = False
    mask = pa.array(keep)
    reasons = [OTHER if place in set(twice.conflicts.tolist()) else SAME for place in twice.places]
    refused = origin.take(pa.array(twice.places))
    names, rows = refused["source_file"].to_pylist(), refused["source_row"].to_pylist()
    texts = _values_again(bindings, names, rows)
    listed = [
        (reason, name, row, texts[name, row])
        for reason, name, row in zip(reasons, names, rows, strict=True)
    ]
    return replace(
        found,
        transactions=found.transactions.filter(mask),
        labels=None if found.labels is None else found.labels.filter(mask),
        quarantine=pa.concat_tables([found.quarantine, quarantine(listed)]),
    )


def _values_again(
    bindings: list[Binding], names: list[str], rows: list[int]
) -> dict[tuple[str, int], str]:
    """Read the values of some rows a second time: they were not kept the first time."""
    found: dict[tuple[str, int], str] = {}
    for binding in bindings:
        file = binding.file
        wanted = [row for name, row in zip(names, rows, strict=True) if name == file.name]
        for batch in file.batches() if wanted else ():
            places = np.flatnonzero(np.isin(batch.rows, wanted))
            texts = values(batch.table.take(pa.array(places)), file)
            numbers = batch.rows[places].tolist()
            found |= {(file.name, row): text for row, text in zip(numbers, texts, strict=True)}
    return found


def _check_labels(mapper: Mapper, unlabelled: int) -> None:
    how = mapper.profile.labels
    if how is None or not unlabelled:
        return
    wanted = f"one of {', '.join([*how.positive, *how.negative])}, or completeness = 'partial'"
    fault = Fault("labels", str(how.column), f"{unlabelled} rows without a label", wanted)
    raise InputError("the labels are not complete, as the profile says they are", (fault,))


def _nothing_left(found: Gathered) -> None:
    faults = tuple(
        Fault("source", None, f"{count} rows refused: {reason}", "rows that can be used", first)
        for reason, count in found.quarantined.items()
        for first in [_first(found.quarantine, reason)]
    )
    unpaid = f"; {found.not_payments} are no payments" if found.not_payments else ""
    raise InputError(f"not one of {sum(found.rows.values())} rows can be used{unpaid}", faults)


def _first(refused: pa.Table, reason: str) -> tuple[str, ...]:
    rows = refused.filter(pc.equal(refused["reason"], reason)).slice(0, 3).to_pylist()
    return tuple(f"{row['source_file']} row {row['source_row']}: {row['values']}" for row in rows)
