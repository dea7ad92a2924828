"""Small worlds drawn so that ties, window edges and thresholds really occur.

Hypothesis draws a size and a seed, and the seed draws the rows: with a few dozen examples its own
search stays near one small world, and window edges are hardly ever met.
"""

from dataclasses import replace
from random import Random

from hypothesis import strategies as st

from oracles.worlds import BASE, DAY, HOUR, SECOND, Payment, World

CHANNELS = ("cash", "wire", "card", "crypto", "ach", "internal", "cheque", "other")
# Differences of these are the widths of the catalogue's windows, sums of them too.
_DAYS = (0, 1, 2, 3, 4, 7, 8, 28, 29, 35, 36, 42, 63, 70)
_HOURS = (0, 0, 0, 1, 2, 6, 21, 22, 23)
_JITTER = (0, 0, 0, 0, -1, 1, -SECOND, SECOND)
# What lies at the ends of 900 to 995, 950 to 1050 and 1005 to 1111 permille of 100.00.
_ALIKE = (0, 1, 2, 90_00, 95_00, 99_50, 99_51, 100_00, 100_50, 105_00, 105_01, 111_10, 111_11)
_THRESHOLDS = tuple(
    top * 100 + step for top in (850, 1000, 2550, 3000, 8500, 10_000) for step in (-1, 0, 1)
)
_AMOUNTS = (_ALIKE, _THRESHOLDS, (100_00,), _ALIKE + _THRESHOLDS)
_SUSPICION = (0, 0, 1, 250_000, 333_333, 999_999)

# Seeded by hypothesis; its own choices stay out of the rows.
CHANCE = st.randoms(use_true_random=True)


def _time(chance: Random, days, precision: str) -> int:
    day = BASE + chance.choice(days) * DAY
    return (
        day if precision == "day" else day + chance.choice(_HOURS) * HOUR + chance.choice(_JITTER)
    )


@st.composite
def times(draw):
    """Instants on the lattice: whole days and hours, give or take a second or a microsecond."""
    return _time(draw(CHANCE), _DAYS, "second")


def _sides(chance: Random, names: str) -> tuple[str | None, str | None]:
    sender, receiver = chance.choice(names), chance.choice(names)
    match chance.randrange(5):
        case 0:
            return None, receiver
        case 1:
            return sender, None
        case _:
            return sender, receiver


def _payment(chance: Random, number: int, time: int, names: str, amounts) -> Payment:
    sender, receiver = _sides(chance, names)
    return Payment(
        id=f"t{chance.randrange(10)}{number:02}",
        time=time,
        sender=sender,
        receiver=receiver,
        amount=chance.choice(amounts),
        channel=chance.choice(CHANNELS[:4] * 2 + CHANNELS[4:]),
        sender_bank=chance.choice((None, "x", "y")),
        receiver_bank=chance.choice((None, "x", "y")),
        sender_country=chance.choice((None, "DE", "FR")),
        receiver_country=chance.choice((None, "DE", "FR")),
        currency=chance.choice(("EUR", "USD")),
        received_currency=chance.choice((None, "EUR", "USD")),
    )


@st.composite
def worlds(draw, most=24, precision="second"):
    """A world of 2 to 6 accounts; coverage and as-of lie inside the rows, or not."""
    size = draw(st.sampled_from((most, most, most, most, most // 2, 1)))
    chance = draw(CHANCE)
    names = "abcdef"[: chance.choice((2, 2, 3, 3, 4, 6))]
    days = chance.sample(_DAYS, chance.choice((2, 4, 6)))
    amounts = chance.choice(_AMOUNTS)
    moments = [_time(chance, days, precision) for _ in range(size)]
    rows = [_payment(chance, n, time, names, amounts) for n, time in enumerate(moments)]
    world = World.of(
        rows,
        coverage_from=BASE + chance.choice((-100, 0, 1, 7, 28)) * DAY + chance.choice((0, -1, 1)),
        as_of=chance.choice((max(moments), max(moments), chance.choice(moments) + 1)),
        precision=precision,
    )
    return world.having(replace(row, suspicion=chance.choice(_SUSPICION)) for row in world.rows)
