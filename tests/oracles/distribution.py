"""Distributions again: all values of a window side by side, in exact fractions.

Only the last step is in floats, in the order that ``features.kernels.moments`` documents: each
numerator rounded once, to the nearest, which is what Python does to a fraction too.
"""

from fractions import Fraction
from itertools import pairwise
from math import nan, sqrt
from statistics import median

from features.statistics import distribution
from oracles.worlds import DAY, SECOND


def central(values, power):
    """Return the mean of a power of how far values are from their mean, exactly."""
    mean = Fraction(sum(values), len(values))
    return sum((value - mean) ** power for value in values) / len(values)


def moments(values):
    """Return mean, variance, skewness and kurtosis of whole numbers; NaN: 0 / 0."""
    n = len(values)
    if not n:
        return nan, nan, nan, nan
    square, cube, fourth = (float(central(values, power) * n**power) for power in (2, 3, 4))
    mean, variance = float(sum(values)) / n, square / (float(n) * float(n))
    if not square:
        return mean, variance, nan, nan
    return mean, variance, cube / (square * sqrt(square)), fourth / (square * square)


def order(values):
    """Return smallest, median and largest of whole numbers."""
    if not values:
        return nan, nan, nan
    return float(min(values)), float(median(map(Fraction, values))), float(max(values))


def moments_between(low, high, values):
    """Take each window's values for themselves."""
    return [list(found) for found in zip(*map(moments, _windows(low, high, values)), strict=True)]


def order_between(low, high, values):
    """Take each window's values for themselves."""
    return [list(found) for found in zip(*map(order, _windows(low, high, values)), strict=True)]


def _windows(low, high, values):
    return [[int(value) for value in values[a:b]] for a, b in zip(low, high, strict=True)]


def _subject(lens, row):
    """Return what the row's events must have, side by side; None where it has no subject."""
    if lens.subject == "pair":
        sides = (row.sender, row.receiver)
        return None if None in sides else sides[:: 1 if lens.flow == "out" else -1]
    return getattr(row, lens.subject)


def _mine(lens, row, other):
    if lens.subject == "pair":
        return (other.sender, other.receiver) == _subject(lens, row)
    return (other.sender if lens.flow == "out" else other.receiver) == _subject(lens, row)


def values_of(measure, rows):
    """Return the amounts of rows, or the microseconds from each to the next."""
    if measure == "amount":
        return [row.amount for row in rows]
    return [later - earlier for earlier, later in pairwise(sorted(row.time for row in rows))]


def told(statistic, rows):
    """Return the statistic of exactly these rows."""
    values = values_of(statistic.measure, rows)
    mean, variance, skewness, kurtosis = moments(values)
    smallest, median_, largest = order(values)
    unit = SECOND if statistic.measure == "interval" else 1
    return {
        "mean": mean / unit,
        "variance": variance / unit**2,
        "deviation": sqrt(variance) / unit,
        "skewness": skewness,
        "kurtosis": kurtosis,
        "smallest": smallest / unit,
        "median": median_ / unit,
        "largest": largest / unit,
    }[statistic.kind]


def value(statistic, world, row):
    """Return the statistic of a row's window; NaN where it can't be known."""
    lens, window = statistic.lens, statistic.window
    if _subject(lens, row) is None or (window.stop > 0 and row.time + window.stop > world.as_of):
        return nan
    if world.precision == "day" and 1 < window.stop - window.start < DAY:
        return nan
    return told(
        statistic,
        [
            other
            for other in world.visible
            if _mine(lens, row, other) and window.start < other.time - row.time <= window.stop
        ],
    )


VALUES = {distribution.Moment: value, distribution.Quantile: value}
