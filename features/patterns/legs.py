"""Legs: what one account pays another at one instant, where neither had paid the other before."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from features.kernels.ledger import group_starts, grouped_order
from features.kernels.patterns.fans import new_legs

Integers = NDArray[np.int64]
Codes = NDArray[np.int32]

NEVER = 2**62


@dataclass(frozen=True)
class LegsOfEnd:
    """Legs end to end by the account at one end, each account's in time order.

    ``leg`` gives the number of the leg; ``back_starts`` and ``back_leg`` the positions of those
    whose money came back, end to end by account too, each account's in the order of their return.
    """

    account: Codes
    leg: Integers
    starts: Integers
    time: Integers
    amount: Integers
    back: Integers
    back_starts: Integers
    back_leg: Integers


@dataclass(frozen=True)
class Legs:
    """New legs in time order, made of payments that are in time order too.

    ``of`` is each payment's leg, -1 where neither is new; ``amount`` is what the leg's payments
    come to, ``back`` when money first went the other way, ``NEVER`` where it did not.
    """

    of: Integers
    source: Codes
    target: Codes
    time: Integers
    amount: Integers
    back: Integers
    accounts: int

    @classmethod
    def among(
        cls,
        two: Codes,
        pairs: int,
        sides: tuple[Codes, Codes],
        time: Integers,
        amount: Integers,
        accounts: int,
        horizon: int,
    ) -> "Legs":
        """Find the legs between two accounts that had no dealings for a horizon before.

        ``two`` codes the two accounts of a payment whatever the direction; -1 is left out.
        """
        source, target = sides
        starts = group_starts(two, pairs)
        order = grouped_order(two, starts)
        leg, total, back = new_legs(
            starts, time[order], source[order], amount[order], horizon, NEVER
        )
        new = np.flatnonzero(leg >= 0)
        first = np.full(len(two), -1, np.int64)
        first[order[new]] = order[leg[new]]
        heads = np.flatnonzero(first == np.arange(len(two)))
        number, event = np.empty(len(two), np.int64), np.empty(len(two), np.int64)
        number[heads], event[order] = np.arange(len(heads)), np.arange(len(order))
        at = event[heads]
        return cls(
            np.where(first >= 0, number[np.maximum(first, 0)], -1),
            source[heads],
            target[heads],
            time[heads],
            total[at],
            back[at],
            accounts,
        )

    @cached_property
    def received(self) -> LegsOfEnd:
        """Legs by the account that is paid."""
        return self._by(self.target)

    @cached_property
    def sent(self) -> LegsOfEnd:
        """Legs by the account that pays."""
        return self._by(self.source)

    def _by(self, account: Codes) -> LegsOfEnd:
        starts = group_starts(account, self.accounts)
        leg = grouped_order(account, starts).astype(np.int64)
        back = self.back[leg]
        returned = np.flatnonzero(back < NEVER)
        returned = returned[np.argsort(back[returned], kind="stable")]
        owners = account[leg[returned]]
        back_starts = group_starts(owners, self.accounts)
        back_leg = returned[grouped_order(owners, back_starts)]
        return LegsOfEnd(
            account[leg],
            leg,
            starts,
            self.time[leg],
            self.amount[leg],
            back,
            back_starts,
            back_leg,
        )
