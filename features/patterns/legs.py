"""Legs: what one account pays another at one instant, where neither had paid the other before."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from features.kernels.ledger import codes_at, group_starts, grouped_order, numbers_at
from features.kernels.patterns.fans import legs_by_account, new_legs, places_of

Integers = NDArray[np.int64]
Codes = NDArray[np.int32]
Laid = tuple[Codes, Integers, Integers]
"""Rows end to end by group, each group's in time order; where each starts; and the rows' times."""

NEVER = 2**62


@dataclass(frozen=True)
class Notes:
    """Numbers of a few legs, which are rising."""

    legs: Codes
    numbers: Integers

    @classmethod
    def sorted(cls, legs: Codes, numbers: Integers) -> "Notes":
        """Bring them in order."""
        order = np.argsort(legs)
        return cls(legs[order], numbers[order])

    def of(self, wanted: Codes, others: Integers | int) -> Integers:
        """Return the numbers of some legs; of those that have none, ``others``."""
        at = np.searchsorted(self.legs, wanted)
        own = np.append(self.legs, -1)[at] == wanted
        return np.where(own, np.append(self.numbers, 0)[at], others)


@dataclass(frozen=True)
class Returns:
    """Legs whose money came back, end to end by account: where among all, and when it came.

    ``by_return`` gives each account's in the order of their return.
    """

    starts: Integers
    place: Integers
    back: Integers
    by_return: Integers


@dataclass(frozen=True)
class Legs:
    """New legs, each told by the first row of its payments.

    ``of`` is each row's leg, -1 where it is not new; ``sums`` what legs of several payments come
    to, ``back`` when money first went the other way.
    """

    of: Codes
    sums: Notes
    back: Notes

    @classmethod
    def among(cls, paired: Laid, reverse: Codes, amount: Integers, horizon: int) -> "Legs":
        """Find the legs between two accounts that had no dealings for a horizon before.

        Rows are laid by who pays whom; ``reverse`` tells the pair that runs against each row's.
        """
        order, starts, time = paired
        of, several, sums, returned, back = new_legs(
            order, starts, time, reverse, amount, horizon, NEVER
        )
        return cls(of, Notes.sorted(several, sums), Notes.sorted(returned, back))

    def by(self, account: Codes, rows: Laid) -> "LegsOfEnd":
        """Lay the legs by the account at one end, by which the rows are laid."""
        legs, starts, time = legs_by_account(self.of, *rows)
        return LegsOfEnd(self, account, legs, starts, time)

    def amounts(self, legs: Codes, amount: Integers) -> Integers:
        """Return what legs come to, given the amount of every row."""
        return self.sums.of(legs, amount[legs])


@dataclass(frozen=True)
class LegsOfEnd:
    """Legs end to end by the account at one end, each account's in time order.

    ``account`` is that of every row.
    """

    legs: Legs
    account: Codes
    leg: Codes
    starts: Integers
    time: Integers

    def places(self, legs: Codes) -> Integers:
        """Return where some legs lie."""
        return places_of(legs, self.account, self.leg, self.starts)

    def amounts(self, amount: Integers) -> Integers:
        """Return what all legs come to, given the amount of every row."""
        found, sums = numbers_at(amount, self.leg), self.legs.sums
        found[self.places(sums.legs)] = sums.numbers
        return found

    @cached_property
    def returns(self) -> Returns:
        """Those whose money came back."""
        notes = self.legs.back
        owners = codes_at(self.account, notes.legs)
        starts = group_starts(owners, len(self.starts) - 1)
        order, later = grouped_order(owners, starts), np.argsort(notes.numbers)
        by_return = later[grouped_order(owners[later], starts)]
        number = np.empty(len(order), np.int64)
        number[order] = np.arange(len(order))
        places = self.places(codes_at(notes.legs, order))
        return Returns(starts, places, notes.numbers[order], number[by_return])
