"""Labels of the source: read apart, kept apart, never a reason to keep or refuse a row."""

import pyarrow as pa
import pyarrow.compute as pc

from features.dataset.schema import TIME
from features.sources.profile import LabelSection, TimeSection
from features.sources.rows import Rows, to_mask, translate
from features.sources.times import parse

COLUMNS = {
    "label": pa.int8(),
    "pattern_id": pa.string(),
    "pattern_type": pa.string(),
    "known_at": TIME,
}


def label_columns(rows: Rows, how: LabelSection, when: TimeSection) -> dict[str, pa.Array]:
    """Return each row's label (null: unknown), pattern and when the label became known."""
    words = _lower(rows.text(how.column))
    positive = pc.is_in(words, pa.array([word.casefold() for word in how.positive]))
    negative = pc.is_in(words, pa.array([word.casefold() for word in how.negative]))
    no_label = pa.scalar(None, pa.int8())
    not_guilty = no_label if how.completeness == "positive-only" else pa.scalar(0, pa.int8())
    label = pc.if_else(
        positive, pa.scalar(1, pa.int8()), pc.if_else(negative, not_guilty, no_label)
    )
    label = pc.if_else(pc.is_valid(words), label, no_label)
    shown = (
        pc.is_valid(label) if how.patterns_on == "all" else pc.fill_null(pc.equal(label, 1), False)
    )
    none = pa.scalar(None, pa.string())
    known = how.pattern_types
    types = translate(rows.text(how.pattern_type), lambda word: known.get(word, word))
    pattern = rows.text(how.pattern_id)
    real = pc.invert(pc.is_in(pattern, pa.array(how.no_pattern, pa.string())))
    real_type = pc.invert(
        pc.is_in(rows.text(how.pattern_type), pa.array(how.no_pattern, pa.string()))
    )
    return {
        "label": label.cast(pa.int8()),
        "pattern_id": pc.if_else(pc.and_(shown, real), pattern, none),
        "pattern_type": pc.if_else(pc.and_(shown, real_type), types, none),
        "known_at": _known_at(rows, how, when),
    }


def unlabelled(labels: dict[str, pa.Array], how: LabelSection) -> int:
    """Count rows whose word is no label though the labels are said to be complete."""
    if how.completeness != "complete":
        return 0
    return int(to_mask(pc.is_null(labels["label"])).sum())


def _known_at(rows: Rows, how: LabelSection, when: TimeSection) -> pa.Array:
    if how.known_at is None:
        return pa.nulls(len(rows), TIME)
    return parse(rows.text(how.known_at), ["iso", *when.formats], when)


def _lower(words: pa.Array) -> pa.Array:
    return pc.utf8_lower(words)
