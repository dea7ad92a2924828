"""What makes accounts alike: how active they are, their kind, their country."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from engine.arrays import Floats, Integers
from features.catalogue import Feature
from features.windows import DAY

SideName = Literal["sender", "receiver"]
SIDES: tuple[SideName, ...] = ("sender", "receiver")
ACTIVITY_SPAN = 28 * DAY
ACTIVITY: Mapping[SideName, tuple[str, ...]] = MappingProxyType(
    {
        side: tuple(
            f"{side}_{flow}_{rows}_count_28d"
            for flow in ("out", "in")
            for rows in ("known", "outside")
        )
        for side in SIDES
    }
)
"""The features that add up to all payments of an account in the 28 days up to a row."""


@dataclass(frozen=True)
class Side:
    """The accounts on one side of rows; ``activity`` is NaN where too little history is known.

    ``known``: there is an account, not the world outside. ``kind`` and ``country`` are words.
    """

    known: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
    activity: Floats
    kind: pa.Array
    country: pa.Array

    def __len__(self) -> int:
        return len(self.known)

    def take(self, rows: Integers) -> Self:
        """Return the side of some of the rows."""
        at = pa.array(rows)
        return type(self)(
            self.known[rows], self.activity[rows], self.kind.take(at), self.country.take(at)
        )


Sides = Mapping[SideName, Side]


@dataclass(frozen=True)
class Traits:
    """What the dataset's table of accounts says of each account; without one, nothing."""

    account: pa.Array
    kind: pa.Array
    country: pa.Array

    @classmethod
    def of(cls, accounts: pa.Table | None) -> Self:
        """Take kinds and countries from a table of accounts."""
        if accounts is None:
            none = pa.array([], pa.string())
            return cls(none, none, none)
        return cls(*(accounts[name].combine_chunks() for name in ("account", "kind", "country")))

    def sides(
        self, table: pa.Table, activity: Mapping[SideName, Floats], time: Integers, coverage: int
    ) -> Sides:
        """Describe both sides of rows: columns ``sender``, ``receiver`` and their countries.

        The country is that of the table of accounts, else the one the payment names.
        ``activity`` counts the payments of 28 days; it is not known where ``coverage`` (when the
        data begin) lies inside them.
        """
        covered = time - ACTIVITY_SPAN >= coverage
        return {
            side: self._side(table, side, np.where(covered, activity[side], np.nan))
            for side in SIDES
        }

    def _side(self, table: pa.Table, side: str, activity: Floats) -> Side:
        accounts = _coded(table[side])
        countries = _coded(table[f"{side}_country"])
        place = pc.index_in(accounts.dictionary, value_set=self.account)
        known = accounts.indices.is_valid().to_numpy(zero_copy_only=False)
        kind = self.kind.take(place).take(accounts.indices)
        said = countries.dictionary.take(countries.indices)
        country = self.country.take(place).take(accounts.indices)
        return Side(known, activity, kind, pc.coalesce(country, said))


def activity_columns(values: Floats, features: Sequence[Feature]) -> dict[SideName, Floats]:
    """Add up how many payments each side's account took part in, from columns of features."""
    at = {feature.name: column for column, feature in enumerate(features)}
    return {
        side: np.sum([values[:, at[name]] for name in names], axis=0)
        for side, names in ACTIVITY.items()
    }


def _coded(column: pa.ChunkedArray | pa.Array) -> pa.DictionaryArray:
    """Return a column of words as one array with one dictionary."""
    whole = column.unify_dictionaries() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(whole, pa.ChunkedArray):
        whole = whole.combine_chunks()
        whole = whole.chunk(0) if isinstance(whole, pa.ChunkedArray) else whole
    if not pa.types.is_dictionary(whole.type):
        whole = whole.dictionary_encode()
    return whole.cast(pa.dictionary(pa.int32(), pa.string()))
