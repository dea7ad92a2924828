"""Money followed through an account, payment by payment."""

from math import nan, sqrt

from features.dataset.schema import CHANNELS
from features.statistics import commission, dwell
from oracles.worlds import DAY, HOUR

PERIOD = 28 * DAY


def _rank(row):
    """Return the place of a row among simultaneous ones: by what can be told of it."""
    known = row.sender is not None and row.receiver is not None
    placed = row.sender_country is not None and row.receiver_country is not None
    abroad = placed and row.sender_country != row.receiver_country
    return (row.time, row.amount, CHANNELS.index(row.channel), abroad, known)


def pieces(world, account, until):
    """Return (lot, out, amount) of all money that left by ``until``, as the run before saw it."""
    begin = (until // PERIOD - 1) * PERIOD
    rows = sorted(world.visible, key=_rank)
    rows = [row for row in rows if begin <= row.time <= until]
    left = [[row, row.amount] for row in rows if row.receiver == account]
    found = []
    for out in rows:
        wanted = out.amount if out.sender == account else 0
        for lot in left:
            taken = min(wanted, lot[1]) if lot[0].time < out.time else 0
            if taken:
                found.append((lot[0], out, taken))
                lot[1] -= taken
                wanted -= taken
    return found


def followed(statistic, world, row):
    """Return the pieces of the row's account that both of a statistic's filters keep."""
    account = row.sender if statistic.lens.subject == "sender" else row.receiver
    return [
        (lot, out, amount)
        for lot, out, amount in pieces(world, account, row.time)
        if oracle.keeps(statistic.lots, world, lot) and oracle.keeps(statistic.outs, world, out)
    ]


def _left(statistic, world, row):
    if not oracle.has_subject(statistic.lens, row):
        return nan
    return float(
        sum(
            amount
            for lot, out, amount in followed(statistic, world, row)
            if lot.time > row.time - statistic.width and out.time - lot.time <= statistic.within
        )
    )


def _stayed(statistic, world, row):
    if not oracle.has_subject(statistic.lens, row):
        return nan
    found = [
        (out.time - lot.time, amount)
        for lot, out, amount in followed(statistic, world, row)
        if out.time > row.time - statistic.width
    ]
    total = sum(amount for _, amount in found)
    if not total:
        return nan
    for hours in sorted({stay // HOUR for stay, _ in found}):
        share = sum(amount for stay, amount in found if stay // HOUR <= hours)
        if share * 10 >= total * statistic.tenths:
            return hours * 3600.0
    raise AssertionError("all of the money stayed at most as long as the longest")


def source(statistic, world, out):
    """Return the smallest payment in that a payment out is, less the commission; or None."""
    parts = 10_000
    fitting = [
        row.amount
        for row in world.visible
        if row.receiver == out.sender
        and out.time - statistic.within < row.time < out.time
        and row.amount * (parts - statistic.high) <= out.amount * parts
        and out.amount * parts <= row.amount * (parts - statistic.low)
        and row.amount > 0
    ]
    return min(fitting, default=None)


def _commission(statistic, world, row):
    if not oracle.has_subject(statistic.lens, row):
        return nan
    if not oracle.knowable(statistic.window, world, row):
        return nan
    outs = [(out, source(statistic, world, out)) for out in oracle.events(statistic, world, row)]
    outs = [(out.amount, found) for out, found in outs if found is not None]
    if statistic.kind == "count":
        return float(len(outs))
    if statistic.kind == "amount":
        return float(sum(amount for amount, _ in outs))
    if len(outs) < statistic.least:
        return nan
    shares = [(found - amount) * 10_000 // found for amount, found in outs]
    spread = len(shares) * sum(share * share for share in shares) - sum(shares) ** 2
    return sqrt(spread) / len(shares) / 10_000


VALUES = {
    dwell.Left: _left,
    dwell.Stayed: _stayed,
    commission.Commission: _commission,
}

# Last, since each needs the other: `oracles.statistics` takes the values from here.
from oracles import statistics as oracle  # noqa: E402
