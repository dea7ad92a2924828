"""What must hold before a page is written; every fault is found, then all are raised at once."""

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pyarrow as pa
from pydantic import ValidationError

from engine.report.records import (
    Activity,
    Candidate,
    Component,
    Indicator,
    NotKnown,
    Reason,
    Receipt,
    names,
)
from features.errors import Fault

TOLERANCE = 1e-4
MOST_FAULTS = 5
_NESTED = {
    "activity": Activity,
    "receipt": Receipt,
    "components": Component,
    "reasons": Reason,
    "against": Reason,
    "indicators": Indicator,
    "not_known": NotKnown,
}
_SAFE = {"candidate_id": re.compile(r"[0-9a-f]{16}"), "period": re.compile(r"[0-9A-Za-z_-]{1,60}")}


def manifest_faults(manifest: Any, wanted: str) -> list[Fault]:
    """Find what a manifest lacks that the pages cannot do without."""
    if not isinstance(manifest, Mapping) or manifest.get("format") != wanted:
        return [Fault("manifest.json", "format", "another or none", repr(wanted))]
    dataset = manifest.get("dataset")
    if not isinstance(dataset, Mapping):
        return [Fault("manifest.json", "dataset", "absent", "the dataset scored")]
    faults = []
    if not re.fullmatch(r"[A-Z]{3}", str(dataset.get("reporting_currency"))):
        found = repr(dataset.get("reporting_currency"))
        faults.append(Fault("manifest.json", "dataset.reporting_currency", found, "ISO 4217"))
    if not isinstance(dataset.get("minor_digits"), int):
        found = repr(dataset.get("minor_digits"))
        faults.append(Fault("manifest.json", "dataset.minor_digits", found, "a whole number"))
    return faults


def column_faults(where: str, schema: pa.Schema, columns: Sequence[str]) -> list[Fault]:
    """Find the columns, and the fields inside them, that a table lacks."""
    faults = [Fault(where, n, "absent", "a column") for n in columns if n not in schema.names]
    for name, record in _NESTED.items():
        if name not in columns or name not in schema.names:
            continue
        kind = schema.field(name).type
        inner = kind.value_type if pa.types.is_list(kind) or pa.types.is_large_list(kind) else kind
        have = {field.name for field in inner} if pa.types.is_struct(inner) else set()
        faults.extend(
            Fault(where, f"{name}.{field}", "absent", "a field")
            for field in names(record)
            if field not in have
        )
    return faults


def value_faults(where: str, error: ValidationError) -> tuple[Fault, ...]:
    """Say which values are not what their column holds: the first few places."""
    return tuple(
        Fault(where, ".".join(map(str, each["loc"])), repr(each["input"]), each["msg"])
        for each in error.errors(include_url=False)[:MOST_FAULTS]
    )


def candidate_faults(
    candidates: Sequence[Candidate], ids: Callable[[str], Sequence[str]]
) -> list[Fault]:
    """Find candidates that contradict themselves or whose names cannot be file names."""
    faults = []
    for column, safe in _SAFE.items():
        bad = [value for one in candidates if not safe.fullmatch(value := getattr(one, column))]
        if bad:
            faults.append(_fault(column, "not usable as a file name", safe.pattern, bad))
    counts = Counter(one.candidate_id for one in candidates)
    twice = [one for one, times in counts.items() if times > 1]
    if twice:
        faults.append(_fault("candidate_id", "more than once", "each once", twice))
    far = [repr(one.score) for one in candidates if not 0 <= one.score <= 1]
    if far:
        faults.append(_fault("score", "not a score", "0 to 1", far))
    wrong = [one.candidate_id for one in candidates if not _adds_up(one)]
    if wrong:
        wanted = "base + contributions + difference = margin, listed + rest = contributions"
        faults.append(_fault("receipt", "does not add up", wanted, wrong))
    loose = [
        one.candidate_id
        for one in candidates
        if not one.cited().keys() <= set(ids(one.candidate_id))
    ]
    if loose:
        faults.append(_fault("evidence", "cited but not in evidence.parquet", "every row", loose))
    return faults


def _fault(column: str, found: str, wanted: str, cases: Sequence[str]) -> Fault:
    found = f"{len(cases)} {found}"
    return Fault("candidates.parquet", column, found, wanted, tuple(map(repr, cases[:3])))


def _adds_up(one: Candidate) -> bool:
    receipt = one.receipt
    listed = math.fsum(reason.contribution for reason in (*one.reasons, *one.against))
    gaps = (
        receipt.base + receipt.contributions + receipt.difference - receipt.margin,
        listed + one.rest - receipt.contributions,
    )
    return all(abs(gap) <= TOLERANCE for gap in gaps)
