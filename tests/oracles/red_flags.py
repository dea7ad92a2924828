"""The statistics and filters of the published red flags again, each as its words say."""

from collections import Counter
from math import cos, isnan, log2, nan, pi, sin, sqrt
from statistics import median

from features import amounts, filters, places
from features.statistics import (
    activity,
    arithmetic,
    clock,
    combined,
    different,
    given,
    mix,
    peaks,
    spike,
    successor,
)
from features.windows import Window
from oracles.worlds import DAY, SECOND

# --- filters


def needed(rows):
    """How far before a row its condition looks."""
    if isinstance(rows, filters.NewPair | filters.Returned | places.NewCorridor):
        return rows.horizon
    if isinstance(rows, filters.Both):
        return max(needed(rows.one), needed(rows.other))
    return 0


def clocked(rows):
    """Whether a condition asks for the time of day."""
    if isinstance(rows, filters.Both):
        return clocked(rows.one) or clocked(rows.other)
    return isinstance(rows, filters.Night)


def _crosses(row):
    known = row.sender_country is not None and row.receiver_country is not None
    return known and row.sender_country != row.receiver_country


def _returned(rows, world, row):
    if row.sender is None or row.receiver is None:
        return False
    return any(
        (other.sender, other.receiver) == (row.receiver, row.sender)
        and row.time - rows.horizon < other.time < row.time
        for other in world.visible
    )


def _near(rows, world, row):
    unit = 10**world.minor_digits
    slack = rows.step * unit * rows.percent // 100
    nearest = max(1, round(row.amount / (rows.step * unit)))
    return any(
        abs(row.amount - multiple * rows.step * unit) <= slack
        for multiple in (nearest - 1, nearest, nearest + 1)
        if multiple >= 1
    )


def _amounts(rows, world, row):
    low, high = (end * 10**world.minor_digits for end in (rows.low, rows.high))
    return low <= row.amount < high if rows.open else low <= row.amount <= high


def _listed(rows, world, row):
    return _crosses(row) and getattr(row, f"{rows.side}_country") in rows.countries


def _new_corridor(rows, world, row):
    if row.sender is None or row.receiver_country is None:
        return False
    return not any(
        (other.sender, other.receiver_country) == (row.sender, row.receiver_country)
        and row.time - rows.horizon < other.time < row.time
        for other in world.visible
    )


KEEPS = {
    filters.ByChannels: lambda rows, _, row: row.channel in rows.channels,
    filters.NotBy: lambda rows, _, row: row.channel != rows.channel,
    amounts.Below: lambda rows, world, row: (
        0 < row.amount < rows.threshold * 10**world.minor_digits
    ),
    amounts.Amounts: _amounts,
    amounts.AtLeast: lambda rows, world, row: row.amount >= rows.threshold * 10**world.minor_digits,
    amounts.NearMultiple: _near,
    filters.Exchanged: lambda _, __, row: row.received_currency not in {None, row.currency},
    filters.Returned: _returned,
    filters.Both: lambda rows, world, row: (
        oracle.keeps(rows.one, world, row) and oracle.keeps(rows.other, world, row)
    ),
    places.Placed: lambda _, __, row: None not in {row.sender_country, row.receiver_country},
    places.CrossBorder: lambda _, __, row: _crosses(row),
    places.Listed: _listed,
    places.Banked: lambda rows, _, row: getattr(row, f"{rows.side}_bank") is not None,
    places.Between: lambda rows, _, row: (
        row.sender_country in rows.senders and row.receiver_country in rows.receivers
    ),
    places.NewCorridor: _new_corridor,
}

# --- what is made of other statistics


def _holds(statistic, world, row):
    if statistic.asked is not None and not oracle.keeps(statistic.asked, world, row):
        return nan
    if needed(statistic.rows) and row.time - needed(statistic.rows) < world.coverage_from:
        return nan
    return float(oracle.keeps(statistic.rows, world, row))


def _given(statistic, world, row):
    values = [(c, oracle.value(c.statistic, world, row)) for c in statistic.conditions]
    if any(isnan(value) for _, value in values):
        return nan
    if statistic.lens is not None and not oracle.has_subject(statistic.lens, row):
        return nan
    if all(c.low <= value < c.high for c, value in values):
        return oracle.value(statistic.number, world, row)
    return statistic.otherwise


def _floored(statistic, world, row):
    value = oracle.value(statistic.number, world, row)
    return value if isnan(value) else max(value, statistic.floor)


def _part(statistic, world, row):
    one, other = (oracle.value(part, world, row) for part in (statistic.one, statistic.other))
    return one / (one + other) if one + other > 0 else nan


# --- windows


def judged(statistic, world, row):
    """Return a window's rows that its filter keeps, or None where that can't be known."""
    if not oracle.has_subject(statistic.lens, row):
        return None
    if not oracle.knowable(statistic.window, world, row):
        return None
    rows = getattr(statistic, "rows", filters.Every())
    if clocked(rows) and world.precision == "day":
        return None
    reach = max(0, -statistic.window.start) + needed(rows)
    if needed(rows) and row.time - reach < world.coverage_from:
        return None
    found = oracle.events(statistic, world, row)
    return [other for other in found if oracle.keeps(rows, world, other)]


_WAYS = {"accounts": "", "banks": "_bank"}


def told(statistic, row):
    """What a row is told apart by."""
    if statistic.kind == "currencies":
        return row.currency
    if statistic.kind == "amounts":
        return row.amount
    side = "receiver" if statistic.lens.flow == "out" else "sender"
    return getattr(row, side + _WAYS[statistic.kind])


def _different(statistic, world, row):
    found = judged(statistic, world, row)
    return nan if found is None else float(len({told(statistic, o) for o in found} - {None}))


def _commonest(statistic, world, row):
    found = judged(statistic, world, row)
    if found is None:
        return nan
    counts = Counter(told(statistic, other) for other in found)
    counts.pop(None, None)
    return float(sum(count for _, count in counts.most_common(statistic.most)))


def _largest_of(statistic, world, row):
    found = judged(statistic, world, row)
    return float(max(other.amount for other in found)) if found else nan


def _busiest(statistic, world, row):
    found = judged(statistic, world, row)
    if found is None or (statistic.span < DAY and world.precision == "day"):
        return nan
    every = [
        other.time
        for other in world.visible
        if oracle.belongs(statistic.lens, row, other) and oracle.keeps(statistic.rows, world, other)
    ]
    counts = [
        sum(1 for time in every if last.time - statistic.span < time <= last.time) for last in found
    ]
    return float(max(counts, default=0))


def _same_clock(statistic, world, row):
    found = judged(statistic, world, row)
    if world.precision == "day" or found is None or len(found) < statistic.least:
        return nan
    angles = [2 * pi * (other.time % DAY // (60 * SECOND)) / 1440 for other in found]
    x = float(sum(round(cos(angle) * 2**30) for angle in angles))
    y = float(sum(round(sin(angle) * 2**30) for angle in angles))
    return sqrt(x * x + y * y) / (len(found) * 2**30)


def covered(statistic, world, row):
    """Whether all that a statistic looks back on is covered, and it has its subject."""
    back = row.time - statistic.lookback >= world.coverage_from
    return back and oracle.has_subject(statistic.lens, row)


def seen(lens, world, row, window):
    """Return the payments of a lens in a window."""
    return [
        other
        for other in world.visible
        if oracle.belongs(lens, row, other) and oracle.in_window(window, row, other)
    ]


def _spike(statistic, world, row):
    if not covered(statistic, world, row):
        return nan
    weeks = [
        seen(statistic.lens, world, row, Window(-(week + 1) * 7 * DAY, -week * 7 * DAY))
        for week in range(statistic.weeks + 1)
    ]
    now, *before = (
        sum(other.amount for other in week) if statistic.weighed else len(week) for week in weeks
    )
    middle = median(before)
    usual = median(abs(value - middle) for value in before)
    return (now - middle) / max(usual, 10**world.minor_digits if statistic.weighed else 1)


def _mix_shift(statistic, world, row):
    if not covered(statistic, world, row):
        return nan
    recent, past = (
        Counter(
            other.receiver if statistic.lens.flow == "out" else other.sender
            for other in seen(statistic.lens, world, row, window)
        )
        for window in (Window(-statistic.recent, 0), Window(-statistic.lookback, -statistic.recent))
    )
    recent.pop(None, None)
    past.pop(None, None)
    if not recent or not past:
        return nan

    def entropy(counts):
        """Return ``n`` times the entropy of counts that add up to ``n``, in fixed point."""
        return fixed(sum(counts.values())) - sum(fixed(count) for count in counts.values())

    sizes = Counter({"recent": sum(recent.values()), "past": sum(past.values())})
    return (entropy(recent + past) - entropy(recent) - entropy(past)) / entropy(sizes)


def fixed(count):
    """Return ``n log2 n`` in fixed point."""
    return round(count * log2(count) * 2**20)


# --- activity


def _acts(lens, world, row):
    account = row.sender if lens.subject == "sender" else row.receiver
    return [other.time for other in world.visible if account in other.sides]


def _quiet(times, time, horizon, world):
    """Return how long before an activity there was none, or None where nobody can know."""
    gaps = [time - other for other in times if 0 < time - other < horizon]
    if gaps:
        return min(gaps)
    return horizon if time - horizon >= world.coverage_from else None


def _asleep(statistic, world, row):
    if not oracle.has_subject(statistic.lens, row):
        return nan
    times = _acts(statistic.lens, world, row)
    recent = [time for time in times if row.time - statistic.width < time <= row.time]
    quiet = [_quiet(times, time, statistic.horizon, world) for time in recent]
    return nan if None in quiet else max(quiet) / SECOND


def _age(statistic, world, row):
    if not oracle.has_subject(statistic.lens, row):
        return nan
    times = _acts(statistic.lens, world, row)
    recent = [time for time in times if row.time - statistic.horizon < time <= row.time]
    quiet = {time: _quiet(times, time, statistic.quiet, world) for time in recent}
    if None in quiet.values():
        return nan
    births = [time for time, before in quiet.items() if before == statistic.quiet]
    return (row.time - max(births) if births else statistic.horizon) / SECOND


def _successor(statistic, world, row):
    """Look at all accounts but the receiver; a few payments never reach the bound."""
    if row.receiver is None:
        return nan
    edges = [o for o in world.visible if len(o.sides) == 2]
    begin, until = row.time - statistic.lookback, row.time - statistic.silent

    def payers(account, after, upto):
        return [o.sender for o in edges if o.receiver == account and after < o.time <= upto]

    def busy(account):
        return sum(o.sender == account and begin < o.time <= until for o in edges) > statistic.busy

    mine = payers(row.receiver, row.time - statistic.span, row.time)
    if len(mine) > statistic.hub:
        return nan
    shares = [0.0]
    for account in {o.receiver for o in edges} - {row.receiver}:
        theirs = payers(account, begin, until)
        strangers = set(theirs) - {row.receiver}
        if payers(account, until, row.time) or len(theirs) > statistic.hub:
            continue
        if len(strangers) >= statistic.least:
            moved = {s for s in strangers & set(mine) if not busy(s)}
            shares.append(len(moved) / len(strangers) if len(moved) >= statistic.moving else 0.0)
    return max(shares)


VALUES = {
    successor.Successor: _successor,
    given.Holds: _holds,
    given.Given: _given,
    arithmetic.Fixed: lambda statistic, world, _: float(statistic.amount * 10**world.minor_digits),
    arithmetic.Floored: _floored,
    combined.Part: _part,
    different.Different: _different,
    different.Commonest: _commonest,
    peaks.LargestOf: _largest_of,
    peaks.Busiest: _busiest,
    clock.SameClock: _same_clock,
    spike.Spike: _spike,
    mix.MixShift: _mix_shift,
    activity.Asleep: _asleep,
    activity.Age: _age,
}

# Last, since each needs the other: `oracles.statistics` takes the values from here.
from oracles import statistics as oracle  # noqa: E402
