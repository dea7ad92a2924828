"""Payments that are drawn: the same seed gives the same payments, bit for bit."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.windows import DAY, SECOND

Integers = NDArray[np.int64]
Codes = NDArray[np.int32]
Floats = NDArray[np.float64]

BASE = 19_723 * DAY  # a Monday, 2024-01-01
_SKEW = 0.8
_FLATTENED = 100
_PARTNERS = 4
_NEARBY = 20
_REPEATED = 0.8
_MERCHANTS = 0.01
_SPENT = 0.3


@dataclass(frozen=True)
class Payments:
    """Payments between two different known accounts, in time order.

    ``time`` is in microseconds since 1970, on whole seconds; ``amount`` in minor units. Which
    account has which code is drawn: a lower one means nothing.
    """

    time: Integers
    sender: Codes
    receiver: Codes
    amount: Integers
    accounts: int

    def __len__(self) -> int:
        return len(self.time)

    @property
    def heaviest(self) -> float:
        """The share of payments that the busiest account takes part in."""
        each = np.bincount(self.sender, minlength=self.accounts)
        each += np.bincount(self.receiver, minlength=self.accounts)
        return float(each.max() / max(len(self), 1))

    def first(self, rows: int) -> "Payments":
        """Return the earliest payments alone."""
        return Payments(
            self.time[:rows].copy(),
            self.sender[:rows].copy(),
            self.receiver[:rows].copy(),
            self.amount[:rows].copy(),
            self.accounts,
        )


def without_hubs(rows: int, accounts: int, days: int, seed: int = 0) -> Payments:
    """Draw both sides by how busy accounts are: Zipf's law with its top flattened.

    The account of rank ``k`` weighs ``(k + accounts / 100) ** -0.8``: the busiest makes about 25
    times the payments of the median one, however many there are.
    """
    return _both_by(_ranks(accounts, accounts / _FLATTENED, _SKEW), rows, days, seed)


def with_hubs(
    rows: int, accounts: int, days: int, seed: int = 0, heaviest: float = 0.04
) -> Payments:
    """Draw both sides by Zipf's law, as steep as it must be for the busiest account's share.

    ``heaviest`` is the share of payments that the busiest payer makes, and the busiest receiver
    gets; they are different accounts, as are those that follow.
    """
    flat, steep = 0.0, 4.0
    for _ in range(50):
        skew = (flat + steep) / 2
        if _ranks(accounts, 1, skew)[0] < heaviest:
            flat = skew
        else:
            steep = skew
    return _both_by(_ranks(accounts, 1, flat), rows, days, seed)


def like_a_bank(rows: int, accounts: int, days: int, seed: int = 0) -> Payments:
    """Draw payments as people and shops make them: the same few partners again, and merchants.

    Three in ten payments go to a merchant: the busiest account in a hundred, by Zipf's law. Of the
    others, eight in ten go to one of the sender's four partners, who live nearby and have partners
    there too, and the rest to anybody.
    """
    chance = np.random.default_rng(seed)
    sender = _drawn(chance, _ranks(accounts, accounts / _FLATTENED, _SKEW), rows)
    home = chance.permutation(accounts)
    lives_at = np.argsort(home)
    away = chance.integers(1, _NEARBY + 1, (accounts, _PARTNERS))
    away *= chance.choice((-1, 1), (accounts, _PARTNERS))
    partner = home[(lives_at[:, None] + away) % accounts]
    receiver = partner[sender, chance.integers(0, _PARTNERS, rows)]
    anybody = chance.random(rows) >= _REPEATED
    receiver[anybody] = chance.integers(0, accounts, int(anybody.sum()))
    spent = chance.random(rows) < _SPENT
    merchants = _ranks(max(int(accounts * _MERCHANTS), 1), 1, _SKEW)
    receiver[spent] = _drawn(chance, merchants, int(spent.sum()))
    return _settled(chance, sender, receiver, accounts, days)


def _ranks(accounts: int, shift: float, skew: float) -> Floats:
    weight = np.power(np.arange(accounts) + float(shift), -skew)
    return np.asarray(weight / weight.sum(), np.float64)


def _both_by(weight: Floats, rows: int, days: int, seed: int) -> Payments:
    chance = np.random.default_rng(seed)
    sender, receiver = _drawn(chance, weight, rows), _drawn(chance, weight, rows)
    receiver = chance.permutation(len(weight))[receiver]  # who pays much need not get much
    return _settled(chance, sender, receiver, len(weight), days)


def _drawn(chance: np.random.Generator, weight: Floats, rows: int) -> Integers:
    found = np.searchsorted(np.cumsum(weight), chance.random(rows), side="right")
    return np.minimum(found, len(weight) - 1)


def _settled(
    chance: np.random.Generator, sender: Integers, receiver: Integers, accounts: int, days: int
) -> Payments:
    """Turn payments to oneself away, rename the accounts, draw times and amounts."""
    receiver = np.where(sender == receiver, (receiver + 1) % accounts, receiver)
    names = chance.permutation(accounts).astype(np.int32)
    seconds = np.sort(chance.integers(0, days * DAY // SECOND, len(sender)))
    amount = np.exp(chance.normal(9.0, 1.5, len(sender))).astype(np.int64) + 1
    return Payments(BASE + seconds * SECOND, names[sender], names[receiver], amount, accounts)
