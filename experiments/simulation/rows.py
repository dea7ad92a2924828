"""The rows of a world while it is being made: columns of numbers, one object a behaviour.

A side at or above zero is an account; below zero it is a place in the world outside, which
becomes a null side in the dataset.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from enum import IntEnum
from typing import Any, Self

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
NO_PATTERN = -1


class Outside(IntEnum):
    """What a null side stands for."""

    BANK = -1
    CASH = -2
    FOREIGN = -3
    SHOP = -4
    WALLET = -5
    STATE = -6


class Method(IntEnum):
    """How a payment is made; the channel follows from it and from the two sides."""

    TRANSFER = 0
    ORDER = 1
    CARD = 2
    CASH = 3


class Rounding(IntEnum):
    """How the payer rounds an amount, in the currency paid."""

    EXACT = 0
    HUMAN = 1
    TENS = 2
    FIVES = 3


class Topic(IntEnum):
    """What a payment says it is for: its purpose code and its memo are drawn by topic."""

    PRIVATE = 0
    SALARY = 1
    PENSION = 2
    RENT = 3
    BILL = 4
    INVOICE = 5
    PURCHASE = 6
    CASH = 7
    DONATION = 8
    SAVINGS = 9
    TAX = 10
    LEISURE = 11
    SALES = 12
    STREET = 13


@dataclass(frozen=True)
class Rows:
    """Payments as columns: seconds since the epoch, two sides, euros, and how they came about."""

    time: Ints
    sender: Ints
    receiver: Ints
    euros: Floats
    rounding: Ints
    method: Ints
    topic: Ints
    pattern: Ints

    @classmethod
    def of(
        cls,
        time: Ints,
        sender: npt.ArrayLike,
        receiver: npt.ArrayLike,
        euros: npt.ArrayLike,
        *,
        rounding: npt.ArrayLike = Rounding.EXACT,
        method: npt.ArrayLike = Method.TRANSFER,
        topic: npt.ArrayLike = Topic.PRIVATE,
        pattern: npt.ArrayLike = NO_PATTERN,
    ) -> Self:
        """Build rows from columns, each an array or one value for all."""

        def whole(values: npt.ArrayLike) -> Any:
            return np.broadcast_to(np.asarray(values, dtype=np.int64), time.shape)

        euros = np.broadcast_to(np.asarray(euros, dtype=np.float64), time.shape)
        sides = (whole(sender), whole(receiver), euros)
        return cls(time, *sides, whole(rounding), whole(method), whole(topic), whole(pattern))

    def __len__(self) -> int:
        return len(self.time)

    def take(self, which: Ints | Mask) -> Self:
        """Return the rows at these positions, or where the mask holds."""
        return type(self)(*(getattr(self, field.name)[which] for field in fields(self)))


def joined(parts: Iterable[Rows]) -> Rows:
    """Return all rows of several behaviours, one after the other."""
    parts = list(parts)
    return Rows(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Rows)))


def owners(counts: Ints) -> Ints:
    """Return the index of the group each member belongs to.

    >>> owners(np.array([2, 0, 1]))
    array([0, 0, 2])
    """
    return np.repeat(np.arange(len(counts)), counts)


def places_within(counts: Ints) -> Ints:
    """Return each member's place within its group.

    >>> places_within(np.array([2, 0, 3]))
    array([0, 1, 0, 1, 2])
    """
    starts = np.cumsum(counts) - counts
    return np.arange(int(counts.sum())) - np.repeat(starts, counts)
