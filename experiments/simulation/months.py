"""What comes round with the months: wages, pensions, rents, bills, gifts to charity, taxes."""

import numpy as np

from experiments.simulation.chance import chance, lognormal
from experiments.simulation.clock import DAY, Profile
from experiments.simulation.population import Kind
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
from experiments.simulation.world import World, batch_second

_PAY_DAYS = np.array([25, 28, 31, 15, 2])
_PAY_DAY_SHARES = [0.35, 0.2, 0.25, 0.1, 0.1]
_BATCH_RUNS = 12
_NONE = np.empty(0, dtype=np.int64)


def monthly(world: World, month_day: Ints, *, working: bool = True) -> tuple[Ints, Ints]:
    """Return every event of contracts that fall due once a month: its contract and its day."""
    contracts, days = [_NONE], [_NONE]
    for wanted in np.unique(month_day):
        due = world.clock.month_days(int(wanted), working=working)
        held = np.flatnonzero(month_day == wanted)
        contracts.append(np.repeat(held, len(due)))
        days.append(np.tile(due, len(held)))
    return np.concatenate(contracts), np.concatenate(days)


def wages(world: World, rng: np.random.Generator) -> Rows:
    """Pay wages on pay days in batches of equal time; some save a part of it at once."""
    people = world.people
    staff = people.of(Kind.PERSON)
    staff = staff[chance(rng, 0.62, len(staff))]
    firms = people.of(Kind.BUSINESS, Kind.MERCHANT, Kind.CHEMICAL, Kind.FREIGHT, Kind.CHARITY)
    employer = people.draw_near(rng, firms, people.country[staff])
    employer[chance(rng, 0.45, len(staff))] = Outside.STATE
    agencies = people.of(Kind.PAYROLL)
    hired = chance(rng, 0.15, len(staff))
    employer[hired] = people.draw(rng, agencies, int(hired.sum()))
    pay_day = rng.choice(_PAY_DAYS, len(people) + 1, p=_PAY_DAY_SHARES)
    own_day = rng.choice(_PAY_DAYS, len(staff), p=_PAY_DAY_SHARES)
    month_day = np.where(employer >= 0, pay_day[employer], own_day)
    wage = lognormal(rng, 2_300, 0.45, len(staff))
    contract, day = monthly(world, month_day)
    payer = np.where(employer[contract] >= 0, employer[contract], staff[contract] % 997)
    time = world.clock.start + day * DAY + batch_second(world.config.seed, payer)
    pay = wage[contract] * np.exp(0.03 * rng.standard_normal(len(contract)))
    paid = Rows.of(
        time, employer[contract], staff[contract], pay, method=Method.ORDER, topic=Topic.SALARY
    )
    return joined([paid, _savings(world, rng, paid), _payroll_funding(world, rng)])


def _savings(world: World, rng: np.random.Generator, paid: Rows) -> Rows:
    """Move part of a wage on to savings within hours or days, and some of it back later."""
    people = world.people
    account = np.full(len(people), -1)
    saving = people.of(Kind.SAVINGS)
    account[people.owner[saving]] = saving
    kept = paid.take((account[paid.receiver] >= 0) & chance(rng, 0.85, len(paid)))
    hours = lognormal(rng, 14, 1.2, len(kept))
    time = kept.time + (hours * 3600).astype(np.int64) + 60
    part = np.where(chance(rng, 0.25, len(kept)), 0.97, rng.uniform(0.05, 0.6, len(kept)))
    away = Rows.of(
        time, kept.receiver, account[kept.receiver], kept.euros * part,
        rounding=Rounding.HUMAN, topic=Topic.SAVINGS,
    )  # fmt: skip
    again = away.take(chance(rng, 0.4, len(away)))
    days = lognormal(rng, 6, 0.9, len(again))
    back = Rows.of(
        again.time + (days * DAY).astype(np.int64), again.receiver, again.sender,
        again.euros * rng.uniform(0.2, 1, len(again)),
        rounding=Rounding.HUMAN, topic=Topic.SAVINGS,
    )  # fmt: skip
    return joined([away, back])


def _payroll_funding(world: World, rng: np.random.Generator) -> Rows:
    """Let firms pay their payroll provider the day before, so that it gathers and scatters."""
    people = world.people
    firms = people.of(Kind.BUSINESS, Kind.MERCHANT)
    firms = firms[chance(rng, 0.12, len(firms))]
    agency = people.draw(rng, people.of(Kind.PAYROLL), len(firms))
    contract, day = monthly(world, rng.choice(_PAY_DAYS - 1, len(firms)))
    time = world.clock.on_day(rng, day, Profile.OFFICE)
    euros = lognormal(rng, 9_000, 0.9, len(firms))[contract]
    return Rows.of(time, firms[contract], agency[contract], euros, topic=Topic.INVOICE)


def pensions(world: World, rng: np.random.Generator) -> Rows:
    """Pay pensions and benefits from the world outside at the turn of the month."""
    people = world.people
    drawers = people.of(Kind.PERSON)
    drawers = drawers[chance(rng, 0.22, len(drawers))]
    contract, day = monthly(world, rng.choice([1, 5, 31], len(drawers)))
    time = world.clock.start + day * DAY + batch_second(world.config.seed, contract % 7)
    euros = lognormal(rng, 1_100, 0.5, len(drawers))[contract]
    return Rows.of(
        time, Outside.STATE, drawers[contract], euros, method=Method.ORDER, topic=Topic.PENSION
    )


def rents(world: World, rng: np.random.Generator) -> Rows:
    """Pay rent to landlords, each a hub, by orders that the banks run at one second."""
    people = world.people
    tenants = people.of(Kind.PERSON)
    tenants = tenants[chance(rng, 0.42, len(tenants))]
    landlord = people.draw_near(rng, people.of(Kind.LANDLORD), people.country[tenants])
    landlord[chance(rng, 0.2, len(tenants))] = Outside.BANK
    contract, day = monthly(world, rng.choice([1, 2, 3, 31], len(tenants)))
    time = _order_time(world, day, tenants[contract])
    euros = np.round(lognormal(rng, 720, 0.45, len(tenants)) / 5)[contract] * 5
    return Rows.of(
        time, tenants[contract], landlord[contract], euros, method=Method.ORDER, topic=Topic.RENT
    )


def bills(world: World, rng: np.random.Generator) -> Rows:
    """Pay power, telephone and insurance to utilities, each a very large hub."""
    people = world.people
    homes = people.of(Kind.PERSON, Kind.BUSINESS, Kind.MERCHANT)
    payer = homes[owners(rng.poisson(1.2, len(homes)))]
    utility = people.draw_near(rng, people.of(Kind.UTILITY), people.country[payer], near=0.7)
    contract, day = monthly(world, rng.choice([1, 3, 5, 15, 20, 28], len(payer)))
    time = _order_time(world, day, payer[contract])
    usual = lognormal(rng, 42, 0.7, len(payer))[contract]
    euros = usual * np.where(chance(rng, 0.7, len(usual)), 1, rng.uniform(0.7, 1.4, len(usual)))
    return Rows.of(
        time, payer[contract], utility[contract], euros, method=Method.ORDER, topic=Topic.BILL
    )


def donations(world: World, rng: np.random.Generator) -> Rows:
    """Give to charities, monthly or once; charities spend it as buyers do."""
    people = world.people
    givers = people.of(Kind.PERSON)
    givers = givers[chance(rng, 0.1, len(givers))]
    charity = people.draw(rng, people.of(Kind.CHARITY), len(givers))
    contract, day = monthly(world, rng.choice([1, 5, 15], len(givers)))
    gift = rng.choice([5.0, 10.0, 15.0, 20.0, 25.0, 50.0], len(givers))[contract]
    orders = Rows.of(
        _order_time(world, day, givers[contract]), givers[contract], charity[contract], gift,
        method=Method.ORDER, rounding=Rounding.FIVES, topic=Topic.DONATION,
    )  # fmt: skip
    count = world.spells(0.15, len(people.of(Kind.PERSON)))
    once = Rows.of(
        world.clock.any_time(rng, count, Profile.PRIVATE),
        people.draw(rng, people.of(Kind.PERSON), count),
        people.draw(rng, people.of(Kind.CHARITY), count),
        lognormal(rng, 40, 0.9, count),
        rounding=Rounding.HUMAN, topic=Topic.DONATION,
    )  # fmt: skip
    return joined([orders, once])


def taxes(world: World, rng: np.random.Generator) -> Rows:
    """Let firms pay taxes and social insurance to the world outside each month."""
    people = world.people
    firms = people.of(Kind.BUSINESS, Kind.MERCHANT, Kind.CHEMICAL, Kind.FREIGHT)
    contract, day = monthly(world, rng.choice([10, 15, 27], len(firms)))
    time = world.clock.on_day(rng, day, Profile.OFFICE)
    euros = lognormal(rng, 1_900, 1.1, len(firms))[contract]
    return Rows.of(time, firms[contract], Outside.STATE, euros, topic=Topic.TAX)


def _order_time(world: World, day: Ints, payer: Ints) -> Ints:
    """Return when the payer's bank runs its standing orders: one of a few seconds of the night."""
    run = world.people.bank[payer] * _BATCH_RUNS + payer % _BATCH_RUNS
    return world.clock.start + day * DAY + batch_second(world.config.seed, run)
