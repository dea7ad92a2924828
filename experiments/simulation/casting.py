"""Who plays in a story: accounts for every slot of every telling.

The people of planted stories come from rings within a pool of ordinary accounts, so that some meet
again; a few are acquaintances of each other, a few know of nothing. The pool is drawn like any
other set of accounts: no age, bank, country or id marks it.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from experiments.simulation.population import CIRCLE, Kind, Population
from experiments.simulation.rows import Ints, Outside, owners, places_within
from experiments.simulation.stories import Role, Story

EMPTY: Final = -99
_RING: Final = 24
_ACROSS: Final = 0.15
_UNKNOWING: Final = 0.15
_ROUNDS: Final = 8
_FIRM_KINDS: Final = (Kind.BUSINESS, Kind.MERCHANT)
_KINDS: Final = {
    Role.LANDLORD: (Kind.LANDLORD,),
    Role.CHEMICAL: (Kind.CHEMICAL,),
    Role.FREIGHT: (Kind.FREIGHT,),
    Role.EXCHANGE: (Kind.EXCHANGE,),
    Role.GAMBLING: (Kind.GAMBLING,),
}
_OUTSIDE: Final = {
    Role.BANK: Outside.BANK,
    Role.FOREIGN: Outside.FOREIGN,
    Role.CASH: Outside.CASH,
    Role.WALLET: Outside.WALLET,
}


@dataclass(frozen=True)
class Pool:
    """The accounts from which a list of stories takes its people and its firms."""

    persons: Ints
    firms: Ints
    rings: bool

    @classmethod
    def everyone(cls, people: Population) -> "Pool":
        """Return the pool of honest stories."""
        return cls(people.of(Kind.PERSON), people.of(*_FIRM_KINDS), rings=False)

    @classmethod
    def ringed(cls, rng: np.random.Generator, people: Population, share: float) -> "Pool":
        """Return a pool for planted stories: this share of persons and of firms, in rings."""

        def some(accounts: Ints) -> Ints:
            weights = people.activity[accounts] ** 0.5
            size = max(_RING, round(share * len(accounts)))
            size = min(size, len(accounts))
            drawn = rng.choice(accounts, size, replace=False, p=weights / weights.sum())
            # Rings are runs of this order: most are of one country, some across borders.
            across = rng.random(size) < _ACROSS
            return drawn[np.lexsort((rng.random(size), people.country[drawn], across))]

        return cls(some(people.of(Kind.PERSON)), some(people.of(*_FIRM_KINDS)), rings=True)


def cast(
    rng: np.random.Generator,
    people: Population,
    story: Story,
    sizes: Ints,
    *,
    start: Ints,
    pool: Pool,
) -> Ints:
    """Return the account of each slot, (tellings, slots); no account plays twice in one telling.

    Nobody plays who has not opened their account by the telling's ``start``.
    """
    accounts = np.full((len(sizes), int(sizes.sum(axis=1).max())), EMPTY)
    offset = np.cumsum(sizes, axis=1) - sizes
    anchor = pool.persons[rng.integers(0, len(pool.persons), len(sizes))]
    for layer, odds in enumerate(story.roles):
        telling = owners(sizes[:, layer])
        slot = offset[telling, layer] + places_within(sizes[:, layer])
        roles = list(odds)
        which = rng.choice(len(roles), len(telling), p=np.array(list(odds.values())))
        for number, role in enumerate(roles):
            mine = which == number
            filled = _fill(rng, people, role, anchor[telling[mine]], known=story.known, pool=pool)
            accounts[telling[mine], slot[mine]] = filled
    return _different(rng, people, accounts, anchor, start)


def _fill(
    rng: np.random.Generator,
    people: Population,
    role: Role,
    anchor: Ints,
    *,
    known: float,
    pool: Pool,
) -> Ints:
    """Return one account or outside place for each anchor."""
    if role in _OUTSIDE:
        return np.full(len(anchor), _OUTSIDE[role])
    near = people.country[anchor]
    if role is Role.FIRM:
        return people.draw_near(rng, pool.firms, near)
    if role is Role.ANYONE:
        return people.draw_near(rng, people.of(Kind.PERSON), near)
    if role is not Role.MEMBER:
        return people.draw_near(rng, people.of(*_KINDS[role]), near)
    return _members(rng, people, anchor, known, pool)


def _members(
    rng: np.random.Generator, people: Population, anchor: Ints, known: float, pool: Pool
) -> Ints:
    """Return members: acquaintances of the anchor, and others of its ring or of its country."""
    anyone = people.draw_near(rng, people.of(Kind.PERSON), people.country[anchor])
    member = anyone
    if pool.rings:
        where = np.zeros(len(people), dtype=np.int64)
        where[pool.persons] = np.arange(len(pool.persons))
        spot = where[anchor] // _RING * _RING + rng.integers(0, _RING, len(anchor))
        ring = pool.persons[np.minimum(spot, len(pool.persons) - 1)]
        member = np.where(rng.random(len(anchor)) < _UNKNOWING, anyone, ring)
    return np.where(rng.random(len(anchor)) < known, acquaintances(rng, people, anchor), member)


def acquaintances(rng: np.random.Generator, people: Population, person: Ints) -> Ints:
    """Return someone of each person's circle."""
    persons = people.of(Kind.PERSON)
    by_circle = persons[np.argsort(people.circle[persons], kind="stable")]
    spot = people.circle[person] * CIRCLE + rng.integers(0, CIRCLE, len(person))
    return np.asarray(by_circle[np.minimum(spot, len(by_circle) - 1)])


def _different(
    rng: np.random.Generator, people: Population, accounts: Ints, anchor: Ints, start: Ints
) -> Ints:
    """Replace accounts that play twice, or are not open yet, by other persons near."""
    open_persons = people.of(Kind.PERSON)
    open_persons = open_persons[people.opened[open_persons] <= start.min(initial=0)]
    if not len(open_persons):
        open_persons = people.of(Kind.PERSON)[people.opened[people.of(Kind.PERSON)].argsort()[:50]]
    for _ in range(_ROUNDS):
        order = np.argsort(accounts, axis=1, kind="stable")
        ordered = np.take_along_axis(accounts, order, axis=1)
        twice = np.zeros(accounts.shape, dtype=bool)
        same = (ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] >= 0)
        np.put_along_axis(twice, order[:, 1:], same, axis=1)
        early = (accounts >= 0) & (people.opened[accounts] > start[:, None])
        telling, slot = np.nonzero(twice | early)
        if not len(telling):
            break
        near = people.country[anchor[telling]]
        accounts[telling, slot] = people.draw_near(rng, open_persons, near)
    return accounts
