"""What people and firms do with each other between the months: transfers, invoices, takings."""

import numpy as np

from experiments.simulation.chance import chance, lognormal, private_amounts
from experiments.simulation.clock import DAY, Profile
from experiments.simulation.population import CIRCLE, Kind
from experiments.simulation.rows import (
    Ints,
    Method,
    Outside,
    Rounding,
    Rows,
    Topic,
    joined,
    owners,
)
from experiments.simulation.world import World

_FIRMS = (Kind.BUSINESS, Kind.MERCHANT, Kind.CHEMICAL, Kind.FREIGHT)
_BUYERS = (*_FIRMS, Kind.LANDLORD, Kind.CHARITY, Kind.MARKETPLACE)


def friends(world: World, rng: np.random.Generator) -> Rows:
    """Let people pay those they know, again and again, some pairs far more than others."""
    people = world.people
    persons = people.of(Kind.PERSON)
    payer = persons[owners(1 + rng.poisson(2.5, len(persons)))]
    friend = _known(world, rng, payer)
    strength = np.cumsum(people.activity[payer] * rng.gamma(0.4, size=len(payer)))
    count = world.spells(4.5, len(persons))
    pair = np.searchsorted(strength, rng.random(count) * strength[-1], side="right")
    back = chance(rng, 0.4, count)
    time = world.clock.any_time(rng, count, Profile.PRIVATE)
    sender = np.where(back, friend[pair], payer[pair])
    receiver = np.where(back, payer[pair], friend[pair])
    euros = private_amounts(rng, count)
    rows = Rows.of(time, sender, receiver, euros, rounding=Rounding.HUMAN)
    return rows.take(sender != receiver)


def _known(world: World, rng: np.random.Generator, payer: Ints) -> Ints:
    """Return one acquaintance each: mostly of the own circle, else anyone near."""
    people = world.people
    persons = people.of(Kind.PERSON)
    by_circle = persons[np.argsort(people.circle[persons], kind="stable")]
    spot = people.circle[payer] * CIRCLE + rng.integers(0, CIRCLE, len(payer))
    near = by_circle[np.minimum(spot, len(by_circle) - 1)]
    anyone = people.draw_near(rng, persons, people.country[payer])
    return np.where(chance(rng, 0.75, len(payer)), near, anyone)


def strangers(world: World, rng: np.random.Generator) -> Rows:
    """Let people pay someone for the first and mostly the only time: a used bicycle, a lift."""
    people = world.people
    persons = people.of(Kind.PERSON)
    count = world.spells(2.4, len(persons))
    sender = people.draw(rng, persons, count)
    receiver = people.draw_near(rng, persons, people.country[sender])
    time = world.clock.any_time(rng, count, Profile.PRIVATE)
    rows = Rows.of(time, sender, receiver, private_amounts(rng, count), rounding=Rounding.HUMAN)
    return rows.take(sender != receiver)


def beyond(world: World, rng: np.random.Generator) -> Rows:
    """Send money to and receive it from banks that are not monitored, at home and abroad."""
    people = world.people
    everyone = people.of(Kind.PERSON, Kind.SAVINGS, Kind.LANDLORD)
    count = world.spells(2.2, len(everyone))
    account = people.draw(rng, everyone, count)
    outside = np.where(chance(rng, 0.15, count), Outside.FOREIGN, Outside.BANK)
    inward = chance(rng, 0.55, count)
    time = world.clock.any_time(rng, count, Profile.PRIVATE)
    sender, receiver = np.where(inward, outside, account), np.where(inward, account, outside)
    return Rows.of(time, sender, receiver, private_amounts(rng, count), rounding=Rounding.HUMAN)


def invoices(world: World, rng: np.random.Generator) -> Rows:
    """Let firms pay their suppliers, known ones and new ones, here and abroad."""
    people = world.people
    buyers = people.of(*_BUYERS)
    buyer = buyers[owners(2 + rng.poisson(4, len(buyers)))]
    supplier = people.draw_near(rng, people.of(*_FIRMS), people.country[buyer], near=0.8)
    supplier[chance(rng, 0.14, len(buyer))] = Outside.BANK
    supplier[chance(rng, 0.09, len(buyer))] = Outside.FOREIGN
    strength = np.cumsum(people.activity[buyer] * rng.gamma(0.6, size=len(buyer)))
    count = world.spells(24, len(buyers))
    pair = np.searchsorted(strength, rng.random(count) * strength[-1], side="right")
    sender, receiver = buyer[pair], supplier[pair].copy()
    new = np.flatnonzero(chance(rng, 0.12, count))
    receiver[new] = people.draw_near(rng, people.of(*_FIRMS), people.country[sender[new]])
    time = world.clock.any_time(rng, count, Profile.OFFICE)
    rows = Rows.of(time, sender, receiver, lognormal(rng, 620, 1.4, count), topic=Topic.INVOICE)
    return rows.take(sender != receiver)


def jobs(world: World, rng: np.random.Generator) -> Rows:
    """Let people pay tradesmen, and firms pay freelancers and refunds: mostly first-ever pairs."""
    people = world.people
    persons, firms = people.of(Kind.PERSON), people.of(*_FIRMS)
    count = world.spells(1.1, len(persons))
    person = people.draw(rng, persons, count)
    firm = people.draw_near(rng, firms, people.country[person])
    outward = chance(rng, 0.6, count)
    sender, receiver = np.where(outward, person, firm), np.where(outward, firm, person)
    time = world.clock.any_time(rng, count, Profile.OFFICE)
    return Rows.of(time, sender, receiver, lognormal(rng, 210, 1.2, count), topic=Topic.INVOICE)


def takings(world: World, rng: np.random.Generator) -> Rows:
    """Bring card takings and cash to the bank; cash in round sums, some just below a limit."""
    people = world.people
    shops = people.of(Kind.MERCHANT)
    count = world.spells(10, len(shops))
    shop = people.draw(rng, shops, count)
    card = Rows.of(
        world.clock.start + rng.integers(0, world.clock.days, count) * DAY + 5 * 3600,
        Outside.BANK, shop, lognormal(rng, 700, 1.0, count),
        method=Method.ORDER, topic=Topic.INVOICE,
    )  # fmt: skip
    traders = people.of(Kind.PERSON)
    traders = np.concatenate(
        [shops[chance(rng, 0.4, len(shops))], traders[chance(rng, 0.06, len(traders))]]
    )
    count = world.spells(9, len(traders))
    euros = lognormal(rng, 420, 1.1, count)
    near = chance(rng, 0.04, count)
    euros[near] = rng.choice([1_000, 3_000, 10_000], int(near.sum())) * rng.uniform(0.86, 0.999)
    cash = Rows.of(
        world.clock.any_time(rng, count, Profile.OFFICE), Outside.CASH,
        people.draw(rng, traders, count), euros,
        rounding=Rounding.TENS, method=Method.CASH, topic=Topic.CASH,
    )  # fmt: skip
    return joined([card, cash])


def hubs(world: World, rng: np.random.Generator) -> Rows:
    """Pay into and out of marketplaces, crypto exchanges and gambling houses."""
    people = world.people
    parts = []
    for kind, share, inward, outward, median in (
        (Kind.MARKETPLACE, 0.35, 2.2, 1.0, 55.0),
        (Kind.EXCHANGE, 0.08, 4.0, 3.0, 240.0),
        (Kind.GAMBLING, 0.06, 6.0, 2.5, 40.0),
    ):
        clients = people.of(Kind.PERSON, Kind.MERCHANT)
        clients = clients[rng.random(len(clients)) < share]
        # Most clients keep to one house.
        usual = people.draw(rng, people.of(kind), len(people))
        for rate, into in ((inward, True), (outward, False)):
            count = world.spells(rate, len(clients))
            client = people.draw(rng, clients, count)
            house = usual[client]
            sender, receiver = (client, house) if into else (house, client)
            time = world.clock.any_time(rng, count, Profile.PRIVATE)
            euros = lognormal(rng, median * (1 if into else 1.8), 1.1, count)
            rounding = Rounding.EXACT if kind == Kind.MARKETPLACE or not into else Rounding.HUMAN
            parts.append(
                Rows.of(time, sender, receiver, euros, rounding=rounding, topic=Topic.LEISURE)
            )
    return joined([*parts, _wallets(world, rng)])


def _wallets(world: World, rng: np.random.Generator) -> Rows:
    """Sell coins through, and buy them from, exchanges that are not monitored."""
    people = world.people
    holders = people.of(Kind.PERSON)
    holders = holders[chance(rng, 0.07, len(holders))]
    count = world.spells(3.5, len(holders))
    holder, inward = people.draw(rng, holders, count), chance(rng, 0.45, count)
    time = world.clock.any_time(rng, count, Profile.PRIVATE)
    sender = np.where(inward, Outside.WALLET, holder)
    receiver = np.where(inward, holder, Outside.WALLET)
    return Rows.of(time, sender, receiver, lognormal(rng, 300, 1.2, count), topic=Topic.LEISURE)


def spending(world: World, rng: np.random.Generator, count: int) -> Rows:
    """Fill a world up to its size with card payments and cash from machines."""
    people = world.people
    spenders = people.of(Kind.PERSON, Kind.BUSINESS, Kind.LANDLORD)
    spender = people.draw(rng, spenders, count)
    time = world.clock.any_time(rng, count, Profile.SHOPPING)
    time = world.clock.start + (time + people.lag[spender] - world.clock.start) % world.clock.length
    early = np.flatnonzero(people.opened[spender] > time)
    old = spenders[people.opened[spenders] <= world.clock.start]
    spender[early] = people.draw(rng, old, len(early))
    shop = people.draw_near(rng, people.of(Kind.MERCHANT), people.country[spender])
    shop[chance(rng, 0.45, count)] = Outside.SHOP
    cash = chance(rng, 0.13, count)
    machine = rng.choice([20.0, 50.0, 100.0, 150.0, 200.0, 300.0, 500.0, 1_000.0], count,
                         p=[0.16, 0.3, 0.22, 0.1, 0.12, 0.05, 0.04, 0.01])  # fmt: skip
    return Rows.of(
        time, spender, np.where(cash, Outside.CASH, shop),
        np.where(cash, machine, lognormal(rng, 24, 1.0, count)),
        rounding=np.where(cash, Rounding.TENS, Rounding.EXACT),
        method=np.where(cash, Method.CASH, Method.CARD),
        topic=np.where(cash, Topic.CASH, Topic.PURCHASE),
    )  # fmt: skip
