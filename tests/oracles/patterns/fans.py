"""Fans again: for each payment, look at all others and ask what the docstring asks."""

from math import nan

from features.statistics.patterns import fans


def is_edge(row):
    """Whether a payment is between two different known accounts."""
    return None not in {row.sender, row.receiver} and row.sender != row.receiver


def is_new(world, row, horizon):
    """Whether neither side of a payment paid the other in the horizon before it."""
    return all(
        other.time >= row.time or row.time - other.time >= horizon
        for other in world.visible
        if other.sides == row.sides
    )


def legs(statistic, world, row):
    """Return the window's new legs, each as the payments of one instant, by the account there."""
    own, far = ("receiver", "sender") if statistic.flow == "in" else ("sender", "receiver")
    found = {}
    for other in world.visible:
        inside = (
            row.time <= other.time < row.time + statistic.width
            if statistic.ahead
            else row.time - statistic.width < other.time <= row.time
        )
        if inside and is_edge(other) and getattr(other, own) == getattr(row, own):
            if not is_new(world, other, statistic.horizon):
                continue
            found.setdefault(getattr(other, far), []).append(other)
    return found


def last_instant(statistic, row):
    """Return the last microsecond of the window."""
    return row.time + statistic.width - 1 if statistic.ahead else row.time


def _fan(statistic, world, row):
    return _value(statistic, world, row, len)


def _one_way(statistic, world, row):
    def count(found):
        return sum(1 for leg in found.values() if not _came_back(statistic, world, row, leg[0]))

    return _value(statistic, world, row, count)


def _came_back(statistic, world, row, leg):
    return any(
        leg.time <= other.time <= last_instant(statistic, row)
        for other in world.visible
        if (other.sender, other.receiver) == (leg.receiver, leg.sender)
    )


def _alike(statistic, world, row):
    def count(found):
        own = found[row.sender if statistic.flow == "in" else row.receiver]
        size = sum(other.amount for other in own)
        sums = [sum(other.amount for other in leg) for leg in found.values()]
        low, high = statistic.low_permille * size, statistic.high_permille * size
        return sum(1 for amount in sums if low <= amount * 1000 <= high)

    return _value(statistic, world, row, count)


def _burst(statistic, world, row):
    def count(found):
        times = [leg[0].time for leg in found.values()]
        first = last_instant(statistic, row) - statistic.width + 1
        begins = [time for time in times if time <= first + statistic.width - statistic.span]
        begins.append(first + statistic.width - statistic.span)
        return max(sum(1 for t in times if b <= t < b + statistic.span) for b in begins)

    return _value(statistic, world, row, count)


def _value(statistic, world, row, count):
    if row.sender is None or row.receiver is None:
        return nan
    if statistic.ahead and row.time + statistic.width > world.as_of:
        return nan
    back = statistic.horizon + (0 if statistic.ahead else statistic.width)
    if row.time - back < world.coverage_from:
        return nan
    if world.precision == "day" and statistic.width < 24 * 3600 * 10**6:
        return nan
    if not is_edge(row) or not is_new(world, row, statistic.horizon):
        return 0.0
    return float(count(legs(statistic, world, row)))


VALUES = {fans.Fan: _fan, fans.OneWayFan: _one_way, fans.AlikeFan: _alike, fans.Burst: _burst}
