"""One column over another, in one pass: in steps, each step is a column to write and read."""

import numpy as np
from numpy.typing import NDArray

from features.kernels.compile import kernel

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@kernel
def quotient(upper: Floats, lower: Floats, scale: float) -> Floats:
    """Return ``scale * upper / lower``; NaN where the lower one is not above 0.

    >>> quotient(np.array([3.0, 1.0]), np.array([2.0, 0.0]), 2.0)
    array([ 3., nan])
    """
    values = np.empty(len(upper))
    for k in range(len(upper)):
        found = scale * upper[k] / lower[k]
        values[k] = found if lower[k] > 0 else np.nan
    return values


@kernel
def turnover(one: Floats, other: Floats) -> Floats:
    """Return the smaller of two numbers over the larger; NaN where either is, or none is above 0.

    >>> turnover(np.array([3.0, 0.0, 0.0]), np.array([2.0, 5.0, 0.0])).round(2)
    array([0.67, 0.  ,  nan])
    """
    values = np.empty(len(one))
    for k in range(len(one)):
        larger, smaller = max(one[k], other[k]), min(one[k], other[k])
        found = smaller / larger
        values[k] = found if (larger > 0) & (one[k] == one[k]) & (other[k] == other[k]) else np.nan
    return values


@kernel
def met(
    values: Floats, low: float, high: float, held: Flags, unknown: Flags
) -> tuple[Flags, Flags]:
    """Return which of those held have a value from ``low`` to below ``high``; which are unknown.

    A value of NaN is unknown too.

    >>> met(np.array([1.0, 2.0, np.nan]), 1.0, 2.0, np.ones(3, np.bool_), np.zeros(3, np.bool_))
    (array([ True, False, False]), array([False, False,  True]))
    """
    still, unclear = np.empty(len(values), np.bool_), np.empty(len(values), np.bool_)
    for k in range(len(values)):
        still[k] = held[k] & (values[k] >= low) & (values[k] < high)
        unclear[k] = unknown[k] | (values[k] != values[k])
    return still, unclear


@kernel
def chosen(values: Floats, held: Flags, unknown: Flags, otherwise: float) -> Floats:
    """Return the values where they are held, else ``otherwise``; NaN where that is unknown.

    >>> held, unknown = np.array([True, False, True]), np.array([False, False, True])
    >>> chosen(np.array([1.0, 2.0, 3.0]), held, unknown, 0.0)
    array([ 1.,  0., nan])
    """
    found = np.empty(len(values))
    for k in range(len(values)):
        value = values[k] if held[k] else otherwise
        found[k] = np.nan if unknown[k] else value
    return found
