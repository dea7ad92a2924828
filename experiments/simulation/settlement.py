"""What a bank makes of a payment: banks, countries, currencies, exact amounts, channels.

One set of rules for every payment, honest or planted.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from experiments.simulation import places
from experiments.simulation.chance import chance
from experiments.simulation.population import Kind, Population
from experiments.simulation.rows import Ints, Mask, Method, Outside, Rows

NOWHERE: Final = -1
CHANNELS: Final = ("cash", "wire", "card", "cheque", "ach", "crypto", "internal")
SOURCES: Final = ("swift", "sct", "instant", "book", "cheque", "exchange", "pos", "online",
                  "machine", "counter", "order")  # fmt: skip
# How people round, by the size of the amount: units in hundredths and how often each is used.
_UNITS: Final = np.array(
    [
        [1, 50, 100, 100, 500],
        [1, 100, 500, 500, 1_000],
        [1, 100, 1_000, 5_000, 10_000],
        [1, 1_000, 10_000, 50_000, 100_000],
    ]
)
_UNIT_EDGES: Final = np.cumsum([0.2, 0.15, 0.25, 0.25])
_SIZES: Final = np.array([2_000, 20_000, 200_000])
_HALF: Final = 500_000
_LARGE_EUROS: Final = 15_000


@dataclass(frozen=True)
class Settled:
    """The columns a bank adds; countries, banks and words as indices, ``NOWHERE`` for null."""

    sender_country: Ints
    receiver_country: Ints
    sender_bank: Ints
    receiver_bank: Ints
    currency: Ints
    paid: Ints
    received_currency: Ints
    received: Ints
    cents: Ints
    channel: Ints
    source: Ints


def settle(rng: np.random.Generator, people: Population, rows: Rows) -> Settled:
    """Settle every payment. Amounts are whole hundredths of their currency."""
    from_country, to_country = _countries(rng, people, rows)
    from_bank = _banks(rng, people, rows.sender, from_country)
    to_bank = _banks(rng, people, rows.receiver, to_country)
    currency = _currency(rng, people, rows, from_country, to_country)
    paid = _rounded(rng, rows, currency)
    cents = euro_cents(paid, currency)
    known = rows.receiver >= 0
    received_currency = np.where(known, people.currency[rows.receiver], NOWHERE)
    received = np.where(received_currency == currency, paid, _from_cents(cents, received_currency))
    channel, source = _channels(rng, people, rows, (from_country, to_country), cents)
    return Settled(
        from_country, to_country, from_bank, to_bank, currency, paid, received_currency,
        received, cents, channel, source,
    )  # fmt: skip


def euro_cents(paid: Ints, currency: Ints) -> Ints:
    """Convert whole hundredths of a currency to cents, half to even.

    >>> euro_cents(np.array([250, 350]), np.array([1, 0]))  # 2.50 zloty, 3.50 euros
    array([ 58, 350])
    """
    whole, part = np.divmod(paid * places.RATES[currency], 2 * _HALF)
    up = (part > _HALF) | ((part == _HALF) & (whole % 2 == 1))
    return np.asarray(whole + up)


def _from_cents(cents: Ints, currency: Ints) -> Ints:
    rate = places.RATES[currency]
    return np.asarray((cents * 1_000_000 + rate // 2) // rate)


def _countries(rng: np.random.Generator, people: Population, rows: Rows) -> tuple[Ints, Ints]:
    """Return both sides' countries; the world outside is mostly where the known side is."""
    sides = []
    for side, other in ((rows.sender, rows.receiver), (rows.receiver, rows.sender)):
        country = np.where(side >= 0, people.country[side], people.country[other])
        away = (side < 0) & (side != Outside.STATE) & chance(rng, 0.06, len(side))
        country[away] = rng.choice(places.HOME, int(away.sum()), p=places.HOME_SHARES)
        abroad = (side == Outside.FOREIGN) | ((side == Outside.SHOP) & chance(rng, 0.04, len(side)))
        foreign = rng.choice(len(places.FOREIGN_SHARES), len(side), p=places.FOREIGN_SHARES)
        country = np.where(abroad, places.HOME + foreign, country)
        sides.append(np.where(side == Outside.WALLET, NOWHERE, country))
    return sides[0], sides[1]


def _banks(rng: np.random.Generator, people: Population, side: Ints, country: Ints) -> Ints:
    outside = places.FIRST_OUTSIDE_BANK + country * places.OUTSIDE_BANKS_A_COUNTRY
    outside = outside + rng.integers(0, places.OUTSIDE_BANKS_A_COUNTRY, len(side))
    named = np.isin(side, [Outside.BANK, Outside.FOREIGN, Outside.STATE])
    return np.where(side >= 0, people.bank[side], np.where(named, outside, NOWHERE))


def _currency(
    rng: np.random.Generator, people: Population, rows: Rows, sender: Ints, receiver: Ints
) -> Ints:
    """Return the currency paid: that of the payer's country, at a till that of the till's."""
    at_till = (rows.receiver < 0) & np.isin(rows.method, [Method.CARD, Method.CASH])
    country = np.where(at_till | (sender < 0), receiver, sender)
    currency = places.COUNTRY_CURRENCY[country]
    # Across borders a payer now and then pays in the other side's currency.
    both = (rows.sender >= 0) & (rows.receiver >= 0) & chance(rng, 0.4, len(rows))
    return np.where(both, people.currency[rows.receiver], currency)


def _rounded(rng: np.random.Generator, rows: Rows, currency: Ints) -> Ints:
    """Return amounts in hundredths of the currency paid, rounded as the payer would."""
    exact = np.rint(rows.euros * 1e8 / places.RATES[currency]).astype(np.int64)
    exact = np.maximum(exact, 50)
    spot = np.searchsorted(_UNIT_EDGES, rng.random(len(rows)), side="right")
    human = _UNITS[np.searchsorted(_SIZES, exact, side="right"), spot]
    unit = np.choose(rows.rounding, [np.ones(len(rows), dtype=np.int64), human, 1_000, 500])
    return np.asarray(np.maximum((exact + unit // 2) // unit, 1) * unit)


def _channels(
    rng: np.random.Generator,
    people: Population,
    rows: Rows,
    country: tuple[Ints, Ints],
    cents: Ints,
) -> tuple[Ints, Ints]:
    """Return the channel and the bank's own word for it."""
    count = len(rows)
    away = country[0] != country[1]
    far = ((country[0] >= places.HOME) | (country[1] >= places.HOME)) & away
    large = (cents >= _LARGE_EUROS * 100) & chance(rng, 0.5, count)
    wire = far | (away & chance(rng, 0.35, count)) | large
    known = (rows.sender >= 0) & (rows.receiver >= 0)
    house = known & (people.bank[rows.sender] == people.bank[rows.receiver])
    coins = _touches(people, rows, Kind.EXCHANGE) & chance(rng, 0.7, count)
    coins |= (rows.sender == Outside.WALLET) | (rows.receiver == Outside.WALLET)
    cheque = chance(rng, 0.015, count) & (rows.method == Method.TRANSFER) & ~away
    ordered = rows.method == Method.ORDER
    taken = [rows.method == Method.CASH, rows.method == Method.CARD, coins, cheque, wire,
             house & chance(rng, 0.6, count)]  # fmt: skip
    words = ("cash", "card", "crypto", "cheque", "wire", "internal")
    channel = np.select(taken, [CHANNELS.index(word) for word in words], CHANNELS.index("ach"))
    own = [
        _either(rng, 0.7, "machine", "counter", count),
        _either(rng, 0.75, "pos", "online", count),
        *(np.full(count, SOURCES.index(w)) for w in ("exchange", "cheque", "swift", "book")),
    ]
    plain = _either(rng, 0.8, "sct", "instant", count)
    plain = np.where(ordered, SOURCES.index("order"), plain)
    return channel, np.select(taken, own, plain)


def _either(rng: np.random.Generator, share: float, one: str, other: str, count: int) -> Ints:
    return np.where(chance(rng, share, count), SOURCES.index(one), SOURCES.index(other))


def _touches(people: Population, rows: Rows, kind: Kind) -> Mask:
    sent = (rows.sender >= 0) & (people.kind[rows.sender] == kind)
    return np.asarray(sent | ((rows.receiver >= 0) & (people.kind[rows.receiver] == kind)))
