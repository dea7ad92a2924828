"""Which accounts are alike: classes of activity, kinds and countries, and the groups they make.

The finest group is activity class, kind and country together. A group too small for a comparison
is left out, and its accounts fall back: first the country is dropped, then the kind, then the
activity. Kind and country count where any training row has them.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from engine.arrays import Arrays, Floats, Integers
from engine.peers.traits import Side, Sides

TRAITS = ("activity", "kind", "country")
NOT_COVERED = "not enough history to say how active the account is"


@dataclass(frozen=True)
class Vocabulary:
    """How traits become numbers: -1 is not known, or never seen in training.

    ``cuts`` are the upper ends of the activity classes but the last, in payments of 28 days.
    """

    cuts: Floats
    kinds: tuple[str, ...]
    countries: tuple[str, ...]

    @classmethod
    def of(cls, sides: Sides, classes: int) -> Self:
        """Take the classes' bounds and the words from training rows; both sides count alike."""
        activity = np.concatenate([side.activity[side.known] for side in sides.values()])
        activity = activity[~np.isnan(activity)]
        shares = np.arange(1, classes) / classes
        cuts = np.quantile(activity, shares, method="inverted_cdf") if len(activity) else shares[:0]
        return cls(
            np.unique(cuts),
            _words(*(side.kind for side in sides.values())),
            _words(*(side.country for side in sides.values())),
        )

    @property
    def sizes(self) -> tuple[int, int, int]:
        """Return how many values each trait has."""
        return len(self.cuts) + 1, len(self.kinds), len(self.countries)

    @property
    def levels(self) -> tuple[tuple[bool, bool, bool], ...]:
        """Return which traits the groups of each level share, the finest level first."""
        kind, country = bool(self.kinds), bool(self.countries)
        finest = (True, kind, country)
        return tuple(
            dict.fromkeys((finest, (True, kind, False), (True, False, False), (False,) * 3))
        )

    def arrays(self) -> Arrays:
        """Return the frozen state."""
        return {
            "cuts": self.cuts,
            "kinds": np.array(self.kinds, np.str_),
            "countries": np.array(self.countries, np.str_),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> Self:
        """Take the frozen state back."""
        kinds, countries = (tuple(arrays[name].tolist()) for name in ("kinds", "countries"))
        return cls(arrays["cuts"].astype(np.float64), kinds, countries)

    def codes(self, side: Side) -> Integers:
        """Return the numbers of the three traits of each row's account: ``(rows, 3)``."""
        codes = np.full((len(side), len(TRAITS)), -1, np.int64)
        counted = ~np.isnan(side.activity)
        codes[counted, 0] = np.searchsorted(self.cuts, side.activity[counted], "left")
        codes[:, 1] = _places(side.kind, self.kinds)
        codes[:, 2] = _places(side.country, self.countries)
        return codes

    def numbers(self, codes: Integers, level: tuple[bool, bool, bool]) -> Integers:
        """Number the combinations of the traits of a level; -1 where one is not known."""
        number = np.zeros(len(codes), np.int64)
        known = np.ones(len(codes), np.bool_)
        for trait, (used, size) in enumerate(zip(level, self.sizes, strict=True)):
            number *= size + 1
            if used:
                number += codes[:, trait] + 1
                known &= codes[:, trait] >= 0
        return np.where(known, number, -1)

    def activity_words(self, code: int) -> str:
        """Say how many payments accounts of an activity class have.

        >>> Vocabulary(np.array([3.0, 10.0]), (), ()).activity_words(1)
        '4 to 10 payments in 28 days'
        """
        low = int(self.cuts[code - 1]) + 1 if code else 1
        if code == len(self.cuts):
            return f"{low:,} payments or more in 28 days"
        high = int(self.cuts[code])
        span = f"{low:,} to {high:,}" if low < high else f"{high:,}"
        return f"{span} payment{'' if low == high == 1 else 's'} in 28 days"


@dataclass(frozen=True)
class Groups:
    """The groups of one side: their traits (-1: not asked for), the finest level first.

    ``payments`` is how many rows stand for the group in its distributions, ``accounts`` how many
    accounts made the training rows of the group.
    """

    vocabulary: Vocabulary
    traits: Integers
    payments: Integers
    accounts: Integers

    def __len__(self) -> int:
        return len(self.payments)

    @classmethod
    def of(
        cls,
        vocabulary: Vocabulary,
        side: Side,
        account: Integers,
        sample: Integers,
        *,
        least_payments: int,
        least_accounts: int,
    ) -> Self:
        """Form the groups that are large enough, and that of all accounts in any case.

        ``account`` numbers the accounts of the training rows; ``sample`` are the rows that will
        make the groups' distributions.
        """
        codes = vocabulary.codes(side)
        found: list[tuple[Integers, int, int]] = []
        for level in vocabulary.levels:
            numbers = np.where(side.known, vocabulary.numbers(codes, level), -1)
            payments = Counter(numbers[sample].tolist())
            holders = _distinct(numbers, account)
            for number, first in zip(*np.unique(numbers, return_index=True), strict=True):
                rows, accounts = payments[int(number)], holders[int(number)]
                enough = rows >= least_payments and accounts >= least_accounts
                if number >= 0 and (enough or not any(level)):
                    found.append((np.where(level, codes[first], -1), rows, accounts))
        traits, rows_, accounts_ = zip(*found, strict=True) if found else ((), (), ())
        return cls(
            vocabulary,
            np.array(traits, np.int64).reshape(-1, len(TRAITS)),
            np.array(rows_, np.int64),
            np.array(accounts_, np.int64),
        )

    def levels(self, side: Side) -> list[Integers]:
        """Return, level by level, each row's group; -1 where that level has none for it."""
        codes, found = self.vocabulary.codes(side), []
        for level in self.vocabulary.levels:
            own = np.flatnonzero(((self.traits >= 0) == level).all(axis=1))
            table = np.full(np.prod(np.array(self.vocabulary.sizes) + 1) + 1, -1)
            table[self.vocabulary.numbers(self.traits[own], level)] = own
            table[-1] = -1
            found.append(table[np.where(side.known, self.vocabulary.numbers(codes, level), -1)])
        return found

    @cached_property
    def _finest(self) -> Integers:
        """The group of every combination of traits, each not known included."""
        sizes = [size + 1 for size in self.vocabulary.sizes]
        every = np.indices(sizes).reshape(len(sizes), -1).T - 1
        group = np.full(len(every), -1)
        for place in reversed(range(len(self))):
            asked = self.traits[place] >= 0
            group[(every[:, asked] == self.traits[place, asked]).all(axis=1)] = place
        return group.reshape(sizes)

    def finest(self, side: Side) -> Integers:
        """Return the finest group that each row's account belongs to; -1: no account."""
        codes = self.vocabulary.codes(side) + 1
        return np.where(side.known, self._finest[tuple(codes.T)], -1)

    def words(self, group: int) -> str:
        """Say which accounts are in a group."""
        activity, kind, country = self.traits[group].tolist()
        words = self.vocabulary
        parts = [
            f"as active as it ({words.activity_words(activity)})" if activity >= 0 else "",
            f"of kind {words.kinds[kind]}" if kind >= 0 else "",
            f"in {words.countries[country]}" if country >= 0 else "",
        ]
        said = ", ".join(part for part in parts if part)
        return f"accounts {said}" if said else "all accounts"

    def note(self, group: int, side: Side, row: int) -> str | None:
        """Say why a row's account is compared with a coarser group than its traits name."""
        codes = self.vocabulary.codes(side.take(np.array([row])))[0]
        if codes[0] < 0:
            return NOT_COVERED
        dropped = [
            name
            for name, code, used in zip(TRAITS, codes, self.traits[group], strict=True)
            if code >= 0 > used
        ]
        return f"too few payments like it by {' and '.join(dropped)}" if dropped else None

    def arrays(self) -> Arrays:
        """Return the frozen state but for the vocabulary."""
        return {"traits": self.traits, "payments": self.payments, "accounts": self.accounts}

    @classmethod
    def from_arrays(cls, vocabulary: Vocabulary, arrays: Mapping[str, NDArray[np.generic]]) -> Self:
        """Take the frozen state back."""
        names = ("traits", "payments", "accounts")
        return cls(vocabulary, *(arrays[name].astype(np.int64) for name in names))


def _words(*columns: pa.Array) -> tuple[str, ...]:
    found = {word for column in columns for word in pc.unique(column).to_pylist()}
    return tuple(sorted(found - {None}))


def _places(words: pa.Array, vocabulary: tuple[str, ...]) -> Integers:
    """Return each word's place in the vocabulary; -1: null, or not in it."""
    at = pc.index_in(words, value_set=pa.array(vocabulary, pa.string()), skip_nulls=True)
    places: Integers = at.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    return places


def _distinct(numbers: Integers, account: Integers) -> Counter[int]:
    """Count the accounts that made rows of each number."""
    pairs = np.unique(np.column_stack((numbers, account)), axis=0)
    return Counter(pairs[:, 0].tolist())
