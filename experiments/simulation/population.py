"""The accounts of a world: who holds them, where, how busy they are, and whom they know."""

from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import Final

import numpy as np

from experiments.simulation import places
from experiments.simulation.chance import chance
from experiments.simulation.clock import DAY, Clock
from experiments.simulation.config import WorldConfig
from experiments.simulation.rows import Floats, Ints


class Kind(IntEnum):
    """What an account is to its bank; the names go into the accounts table."""

    PERSON = 0
    SAVINGS = 1
    BUSINESS = 2
    MERCHANT = 3
    CHEMICAL = 4
    FREIGHT = 5
    LANDLORD = 6
    CHARITY = 7
    UTILITY = 8
    PAYROLL = 9
    MARKETPLACE = 10
    EXCHANGE = 11
    GAMBLING = 12


# Share of the accounts, and the fewest there are. Persons take the rest.
_KINDS: Final = {
    Kind.SAVINGS: (0.05, 10),
    Kind.BUSINESS: (0.05, 20),
    Kind.MERCHANT: (0.04, 20),
    Kind.CHEMICAL: (0.003, 3),
    Kind.FREIGHT: (0.003, 3),
    Kind.LANDLORD: (0.008, 4),
    Kind.CHARITY: (0.002, 3),
    Kind.UTILITY: (0.001, 4),
    Kind.PAYROLL: (0.0005, 2),
    Kind.MARKETPLACE: (0.0004, 2),
    Kind.EXCHANGE: (0.0004, 3),
    Kind.GAMBLING: (0.0004, 2),
}
CIRCLE: Final = 12
_NEWCOMERS = 0.06
_OLDEST_YEARS = 12


@dataclass(frozen=True)
class Population:
    """Accounts as columns; the index is the account. ``activity`` has mean about one, heavy tail.

    ``circle`` groups persons who know each other; a savings account shares its owner's circle.
    """

    kind: Ints
    country: Ints
    bank: Ints
    owner: Ints
    circle: Ints
    activity: Floats
    opened: Ints

    def __len__(self) -> int:
        return len(self.kind)

    @cached_property
    def currency(self) -> Ints:
        """The currency each account is held in."""
        return np.asarray(places.COUNTRY_CURRENCY[self.country])

    @cached_property
    def lag(self) -> Ints:
        """The seconds by which each account's local time lags behind central European time."""
        return np.asarray(places.LAG_SECONDS[self.country])

    def of(self, *kinds: Kind) -> Ints:
        """Return the accounts of these kinds."""
        return np.flatnonzero(np.isin(self.kind, kinds))

    def draw(self, rng: np.random.Generator, accounts: Ints, count: int) -> Ints:
        """Return accounts drawn in proportion to their activity."""
        weights = np.cumsum(self.activity[accounts])
        spots = np.searchsorted(weights, rng.random(count) * weights[-1], side="right")
        return np.asarray(accounts[np.minimum(spots, len(accounts) - 1)])

    def draw_near(
        self, rng: np.random.Generator, accounts: Ints, country: Ints, near: float = 0.9
    ) -> Ints:
        """Return one account for each country, mostly one of that country."""
        drawn = self.draw(rng, accounts, len(country))
        local = rng.random(len(country)) < near
        for home in range(places.HOME):
            of_home = accounts[self.country[accounts] == home]
            spots = np.flatnonzero(local & (country == home))
            if len(of_home) and len(spots):
                drawn[spots] = self.draw(rng, of_home, len(spots))
        return drawn


def populate(config: WorldConfig, clock: Clock) -> Population:
    """Draw the accounts of a world."""
    rng = config.rng("population")
    total = config.accounts
    counts = {kind: max(least, round(share * total)) for kind, (share, least) in _KINDS.items()}
    persons = total - sum(counts.values())
    kind = np.repeat([Kind.PERSON, *counts], [persons, *counts.values()]).astype(np.int64)
    owner, circle = np.arange(total), np.full(total, -1)
    # A circle is a run of neighbours in a shuffled order, so no attribute follows from it.
    circle[:persons] = rng.permutation(persons) // CIRCLE
    holders = rng.choice(persons, counts[Kind.SAVINGS], replace=False)
    saving = np.flatnonzero(kind == Kind.SAVINGS)
    owner[saving], circle[saving] = holders, circle[holders]
    country = _countries(rng, total, circle)
    bank = places.FIRST_BANK[country] + np.floor(
        places.MONITORED_BANKS[country] * rng.random(total) ** 1.3
    ).astype(np.int64)
    spread = np.where(np.isin(kind, [Kind.PERSON, Kind.SAVINGS]), 0.9, 1.2)
    activity = np.exp(spread * rng.standard_normal(total) - spread**2 / 2)
    return Population(kind, country, bank, owner, circle, activity, _opened(rng, clock, kind))


def _countries(rng: np.random.Generator, total: int, circle: Ints) -> Ints:
    """Draw countries; the members of a circle mostly share one."""
    country = rng.choice(places.HOME, total, p=places.HOME_SHARES)
    shared = rng.choice(places.HOME, int(circle.max()) + 1, p=places.HOME_SHARES)
    together = (circle >= 0) & chance(rng, 0.92, total)
    country[together] = shared[circle[together]]
    return country


def _opened(rng: np.random.Generator, clock: Clock, kind: Ints) -> Ints:
    """Draw opening times: years back, but for a few persons who join during the world."""
    back = rng.beta(1, 1.6, len(kind)) * _OLDEST_YEARS * 365 * DAY
    opened = clock.start - back.astype(np.int64)
    joins = (kind == Kind.PERSON) & (rng.random(len(kind)) < _NEWCOMERS)
    opened[joins] = rng.integers(clock.start, clock.end, int(joins.sum()))
    return opened // DAY * DAY
