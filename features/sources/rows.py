"""The rows of a batch seen through a profile: each column as text, and the rows refused."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.errors import Fault, InputError
from features.sources.profile import Condition
from features.sources.reference import Reference


@dataclass
class Rows:
    """Columns of a batch, found by reference; texts are trimmed, null words are nulls."""

    table: pa.Table
    positions: dict[Reference, int]
    null_words: Sequence[str]
    _texts: dict[int, pa.Array] = field(default_factory=dict)

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def raw(self, reference: Reference) -> pa.Array:
        """Return a column as the file has it."""
        return _flat(self.table[str(self.positions[reference])])

    def text(self, reference: Reference | None) -> pa.Array:
        """Return a column as text; without a reference, all null."""
        if reference is None:
            return pa.nulls(len(self), pa.string())
        if reference.constant is not None:
            return pa.repeat(pa.scalar(reference.constant), len(self))
        place = self.positions[reference]
        if place not in self._texts:
            self._texts[place] = _nulled(self._written(reference), self.null_words)
        return self._texts[place]

    def _written(self, reference: Reference) -> pa.Array:
        column = self.raw(reference)
        try:
            return _as_text(column)
        except pa.ArrowException as error:
            fault = Fault("source", str(reference), str(column.type), "text, numbers or times")
            raise InputError("a column cannot be read", (fault,)) from error

    def where(self, condition: Condition) -> np.ndarray:
        """Tell which rows meet a condition; a null is the empty word."""
        words = pc.fill_null(self.text(condition.column), "")
        if condition.match is not None:
            found = pc.match_substring_regex(words, condition.match)
        else:
            known = condition.values if condition.values is not None else condition.not_values
            found = pc.is_in(words, pa.array(known, pa.string()))
        mask = to_mask(found)
        return ~mask if condition.not_values is not None else mask

    def any_where(self, conditions: Sequence[Condition]) -> np.ndarray:
        """Tell which rows meet at least one of the conditions."""
        mask = np.zeros(len(self), dtype=bool)
        for condition in conditions:
            mask |= self.where(condition)
        return mask


@dataclass
class Refusals:
    """Why rows are refused: reasons with the rows they hold for, in the order of the checks."""

    count: int
    _reasons: list[tuple[str, np.ndarray]] = field(default_factory=list)

    def add(self, reason: str, rows: np.ndarray | pa.Array) -> None:
        """Refuse rows for a reason."""
        mask = to_mask(rows)
        if mask.any():
            self._reasons.append((reason, mask))

    @property
    def mask(self) -> np.ndarray:
        """Which rows are refused for any reason."""
        mask = np.zeros(self.count, dtype=bool)
        for _, rows in self._reasons:
            mask |= rows
        return mask

    def reasons(self, rows: np.ndarray) -> list[str]:
        """Return each row's reasons, joined."""
        told: list[list[str]] = [[] for _ in rows]
        for reason, mask in self._reasons:
            for place in np.flatnonzero(mask[rows]):
                told[place].append(reason)
        return ["; ".join(reasons) for reasons in told]


def to_mask(rows: np.ndarray | pa.Array) -> np.ndarray:
    """Return a NumPy mask; null counts as False."""
    if isinstance(rows, np.ndarray):
        return rows
    return np.asarray(_flat(pc.fill_null(rows, False)).to_numpy(zero_copy_only=False), dtype=bool)


def translate(words: pa.Array, meaning: Callable[[str], str | None]) -> pa.Array:
    """Replace each word by its meaning, asked for once per word; unknown words become null."""
    encoded = words.dictionary_encode()
    known = pa.array([meaning(word) for word in encoded.dictionary.to_pylist()], pa.string())
    return known.take(encoded.indices)


def _flat(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _as_text(column: pa.Array) -> pa.Array:
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _as_text(column.cast(kind.value_type))
    if pa.types.is_floating(kind):
        column = pc.if_else(pc.is_nan(column), None, column)
        whole = pc.fill_null(pc.less(pc.abs(column), 2.0**53), True)
        if pc.all(pc.and_(whole, pc.equal(column, pc.floor(column)))).as_py() is not False:
            return column.cast(pa.int64()).cast(pa.string())
    return column.cast(pa.string())


def _nulled(text: pa.Array, null_words: Sequence[str]) -> pa.Array:
    text = pc.utf8_trim_whitespace(text)
    none = pc.is_in(text, pa.array(["", *null_words], pa.string()))
    return pc.if_else(pc.fill_null(none, True), pa.scalar(None, pa.string()), text)
