"""Every statistic again: look at all rows of the world, keep those that the words describe.

Written against the docstrings of ``features``: no ledger, no running sum, no shared state. A
value is a float, NaN where it can't be known.
"""

from math import isnan, nan

from features import filters, statistics
from oracles import company, distribution, lots, red_flags
from oracles.patterns import blocks as pattern_blocks
from oracles.patterns import chain as pattern_chain
from oracles.patterns import cycle as pattern_cycle
from oracles.patterns import fans as pattern_fans
from oracles.patterns import gather_scatter as pattern_gather_scatter
from oracles.patterns import scatter_gather as pattern_scatter_gather
from oracles.worlds import DAY, HOUR, SECOND


def value(statistic, world, row):
    """Return the statistic of one of the world's visible rows."""
    return _VALUES[type(statistic)](statistic, world, row)


def column(statistic, world):
    """Return the statistic of all visible rows."""
    return [value(statistic, world, row) for row in world.visible]


def has_subject(lens, row):
    """Whether the row has the account, or the pair, that the lens looks at."""
    if lens.subject == "sender":
        return row.sender is not None
    if lens.subject == "receiver":
        return row.receiver is not None
    return row.sender is not None and row.receiver is not None


def belongs(lens, row, other):
    """Whether another row is a payment that the lens of a row looks at."""
    if lens.subject == "pair":
        pair = (row.sender, row.receiver) if lens.flow == "out" else (row.receiver, row.sender)
        return (other.sender, other.receiver) == pair
    subject = row.sender if lens.subject == "sender" else row.receiver
    return (other.sender if lens.flow == "out" else other.receiver) == subject


def in_window(window, row, other):
    """Whether another row's time is in the window of a row: after its start, up to its stop."""
    return row.time + window.start < other.time and not other.time > row.time + window.stop


def events(statistic, world, row):
    """Return the rows in a windowed statistic's lens and window."""
    if not has_subject(statistic.lens, row):
        return []
    return [
        other
        for other in world.visible
        if belongs(statistic.lens, row, other) and in_window(statistic.window, row, other)
    ]


def keeps(rows, world, row):
    """Whether a filter keeps a row."""
    return _KEEPS[type(rows)](rows, world, row)


def _every(rows, world, row):
    return True


def _known(rows, world, row):
    return row.sender is not None and row.receiver is not None


def _outside(rows, world, row):
    return row.sender is None or row.receiver is None


def _by_channel(rows, world, row):
    return row.channel == rows.channel


def _new_pair(rows, world, row):
    if row.sender is None or row.receiver is None:
        return False
    before = [
        other.time
        for other in world.visible
        if (other.sender, other.receiver) == (row.sender, row.receiver) and other.time < row.time
    ]
    return all(row.time - time >= rows.horizon for time in before)


def _just_below(rows, world, row):
    top = rows.threshold * 10**world.minor_digits
    return row.amount < top and row.amount * 100 >= top * (100 - rows.depth_percent)


def _round(rows, world, row):
    return row.amount != 0 and row.amount % (rows.step * 10**world.minor_digits) == 0


def _night(rows, world, row):
    return row.time % DAY >= rows.from_hour * HOUR or row.time % DAY < rows.to_hour * HOUR


_KEEPS = {
    filters.Every: _every,
    filters.Known: _known,
    filters.Outside: _outside,
    filters.ByChannel: _by_channel,
    filters.JustBelow: _just_below,
    filters.RoundAmount: _round,
    filters.Night: _night,
    filters.NewPair: _new_pair,
    **red_flags.KEEPS,
}


def knowable(window, world, row):
    """Whether a window is over at as-of, and no finer than the source's clock."""
    width = window.stop - window.start
    if world.precision == "day" and 1 < width < DAY:
        return False
    return not (window.stop > 0 and row.time + window.stop > world.as_of)


def _counted(statistic, world, row):
    """Return a total's or mean's rows, or None where they can't be known."""
    if not has_subject(statistic.lens, row) or not knowable(statistic.window, world, row):
        return None
    if red_flags.clocked(statistic.rows) and world.precision == "day":
        return None
    if needed := red_flags.needed(statistic.rows):
        back = max(0, -statistic.window.start) + needed
        if row.time - back < world.coverage_from:
            return None
    return [other for other in events(statistic, world, row) if keeps(statistic.rows, world, other)]


def _total(statistic, world, row):
    counted = _counted(statistic, world, row)
    if counted is None:
        return nan
    return float(sum(other.amount for other in counted) if statistic.weighed else len(counted))


def _mean(statistic, world, row):
    counted = _counted(statistic, world, row)
    return sum(other.amount for other in counted) / len(counted) if counted else nan


def _distinct(statistic, world, row):
    if not has_subject(statistic.lens, row) or not knowable(statistic.window, world, row):
        return nan
    found = events(statistic, world, row)
    side = "receiver" if statistic.lens.flow == "out" else "sender"
    return float(len({getattr(other, side) for other in found} - {None}))


def _largest(statistic, world, row):
    if not has_subject(statistic.lens, row) or not knowable(statistic.window, world, row):
        return nan
    found = [other.amount for other in events(statistic, world, row)]
    return float(max(found)) if found else nan


def alike(statistic, row, other):
    """Whether another row's amount is between two permille of a row's."""
    low, high = row.amount * statistic.low_permille, row.amount * statistic.high_permille
    return other.amount > 0 and low <= other.amount * 1000 <= high


def _alike(statistic, world, row):
    if not has_subject(statistic.lens, row) or not knowable(statistic.window, world, row):
        return nan
    return float(sum(1 for other in events(statistic, world, row) if alike(statistic, row, other)))


def _gap(statistic, world, row):
    if not has_subject(statistic.lens, row):
        return nan
    gaps = [row.time - o.time for o in world.visible if belongs(statistic.lens, row, o)]
    gaps = [gap for gap in gaps if 0 < gap < statistic.horizon]
    if gaps:
        return min(gaps) / SECOND
    covered = row.time - statistic.horizon >= world.coverage_from
    return statistic.horizon / SECOND if covered else nan


def _ratio(statistic, world, row):
    upper, lower = value(statistic.upper, world, row), value(statistic.lower, world, row)
    lookback = max(statistic.upper.lookback, statistic.lower.lookback)
    if statistic.full_history and row.time - lookback < world.coverage_from:
        return nan
    return statistic.scale * upper / lower if lower > 0 else nan


def _turnover(statistic, world, row):
    one, other = value(statistic.one, world, row), value(statistic.other, world, row)
    if isnan(one) or isnan(other) or one == other == 0:
        return nan
    return min(one, other) / max(one, other)


def _differ(one, other):
    return nan if one is None or other is None else float(one != other)


_FACTS = {
    "amount": lambda row: float(row.amount),
    "hour": lambda row: float(row.time // HOUR % 24),
    "weekday": lambda row: float((row.time // DAY + 3) % 7),
    "between_banks": lambda row: _differ(row.sender_bank, row.receiver_bank),
    "between_countries": lambda row: _differ(row.sender_country, row.receiver_country),
    "between_currencies": lambda row: float(row.received_currency not in {None, row.currency}),
}


def _row_fact(statistic, world, row):
    if statistic.fact == "hour" and world.precision == "day":
        return nan
    if statistic.fact in _FACTS:
        return _FACTS[statistic.fact](row)
    return float(row.channel == statistic.fact)


_VALUES = {
    statistics.Total: _total,
    statistics.Mean: _mean,
    statistics.Distinct: _distinct,
    statistics.Largest: _largest,
    statistics.Alike: _alike,
    statistics.Gap: _gap,
    statistics.Ratio: _ratio,
    statistics.Turnover: _turnover,
    statistics.RowFact: _row_fact,
    **company.VALUES,
    **distribution.VALUES,
    **lots.VALUES,
    **red_flags.VALUES,
    **pattern_fans.VALUES,
    **pattern_blocks.VALUES,
    **pattern_chain.VALUES,
    **pattern_cycle.VALUES,
    **pattern_gather_scatter.VALUES,
    **pattern_scatter_gather.VALUES,
}
