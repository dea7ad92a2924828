"""Mean, variance, skewness and kurtosis of the values in a window, from exact sums of powers.

With the sums ``s1 .. s4`` of the powers of ``n`` values, the central moments of the population are

    m2 = n2 / n^2    n2 = n s2 - s1^2
    m3 = n3 / n^3    n3 = n^2 s3 - 3 n s1 s2 + 2 s1^3
    m4 = n4 / n^4    n4 = n^3 s4 - 4 n^2 s1 s3 + 6 n s1^2 s2 - 3 s1^4

In floats these lose every digit where the mean is large beside the spread, and drift as values
come and go (Chan, Golub and LeVeque, The American Statistician 37(3), 1983). Here all are whole
numbers, so that taking a value out undoes exactly what putting it in did. Values are 0
or more, and those of a window sum to less than 2^63: then n4 takes at most 252 bits and four times
those of n. Where n s1 is below 2^46, as it nearly always is, no number on the way passes
7 (n s1)^4 < 2^187, and 192 bits do; else 384.

Each of n2, n3, n4 is rounded once, to the nearest float64. With u = 2^-53, the variance is within
3 u of the truth, the skewness n3 / n2^1.5 within 6 u and the kurtosis n4 / n2^2 within 5 u.
"""

from typing import Any, TypeVar

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.extending import intrinsic, register_jitable
from numpy.typing import NDArray

from features.kernels.compile import kernel

Integers = NDArray[np.int64]
Codes = NDArray[np.int32]
Floats = NDArray[np.float64]
Wide = tuple[np.uint64, ...]

Sum = tuple[np.uint64, np.uint64, np.uint64, np.uint64]
Short = tuple[np.uint64, np.uint64, np.uint64]
_Number = TypeVar("_Number", Wide, Short)

_LIMB, _TWO_LIMBS = ir.IntType(64), ir.IntType(128)


def _whole(builder: Any, limbs: Any) -> Any:
    """Put limbs, the lowest first, together as one integer of LLVM's."""
    kind = ir.IntType(64 * limbs.type.count)
    number = builder.zext(builder.extract_value(limbs, 0), kind)
    for place in range(1, limbs.type.count):
        limb = builder.zext(builder.extract_value(limbs, place), kind)
        number = builder.or_(number, builder.shl(limb, kind(64 * place)))
    return number


def _limbs(builder: Any, number: Any, kind: Any) -> Any:
    """Take an integer of LLVM's apart."""
    limbs = kind(ir.Undefined)
    for place in range(kind.count):
        limb = builder.trunc(builder.lshr(number, number.type(64 * place)), _LIMB)
        limbs = builder.insert_value(limbs, limb, place)
    return limbs


@intrinsic
def _plus(_: Any, one: Any, other: Any) -> Any:
    """Add two wide numbers."""

    def build(_: Any, builder: Any, __: Any, given: Any) -> Any:
        one, other = (_whole(builder, limbs) for limbs in given)
        return _limbs(builder, builder.add(one, other), given[0].type)

    return one(one, other), build


@intrinsic
def _less(_: Any, one: Any, other: Any) -> Any:
    """Subtract a wide number from another; two's complement where the difference is negative."""

    def build(_: Any, builder: Any, __: Any, given: Any) -> Any:
        one, other = (_whole(builder, limbs) for limbs in given)
        return _limbs(builder, builder.sub(one, other), given[0].type)

    return one(one, other), build


@intrinsic
def _times(_: Any, number: Any, factor: Any) -> Any:
    """Multiply a wide number by one of 64 bits, limb by limb as by hand.

    LLVM's own product would be of all limbs with all limbs.
    """

    def build(_: Any, builder: Any, __: Any, given: Any) -> Any:
        limbs, factor = given[0], builder.zext(given[1], _TWO_LIMBS)
        product, carry = limbs.type(ir.Undefined), _TWO_LIMBS(0)
        for place in range(limbs.type.count):
            limb = builder.zext(builder.extract_value(limbs, place), _TWO_LIMBS)
            part = builder.add(builder.mul(limb, factor), carry)
            product = builder.insert_value(product, builder.trunc(part, _LIMB), place)
            carry = builder.lshr(part, _TWO_LIMBS(64))
        return product

    return number(number, factor), build


@intrinsic
def _leading_zeros(_: Any, limb: Any) -> Any:
    """Count the zeros before the highest bit of a limb that is not 0."""

    def build(_: Any, builder: Any, __: Any, given: Any) -> Any:
        return builder.ctlz(given[0], ir.IntType(1)(1))

    return types.uint64(limb), build


@kernel
def _sum_of(value: int) -> Sum:
    """Return a value that is not negative as wide as sums of fourth powers are."""
    none = np.uint64(0)
    return np.uint64(value), none, none, none


@kernel
def _powers(value: int) -> tuple[Sum, Sum, Sum, Sum]:
    """Return the first four powers of a value that is not negative."""
    factor = np.uint64(value)
    first = _sum_of(value)
    second = _times(first, factor)
    third = _times(second, factor)
    return first, second, third, _times(third, factor)


@kernel
def _nearest(number: Wide) -> float:
    """Round a wide number to the nearest float64, ties to even.

    Its 64 highest bits are rounded, the last of them set where any bit below them is. LLVM's own
    conversion did the same, and took a third of the time of the whole kernel.
    """
    none, one, last = np.uint64(0), np.uint64(1), np.uint64(63)
    sign, scale, below = 1.0, 1.0, none
    if number[5] >> last:
        none_at_all = (none, none, none, none, none, none)
        sign, number = -1.0, _less(none_at_all, number)
    a, b, c, d, e, f = number
    while c | d | e | f:
        a, b, c, d, e, f, below = b, c, d, e, f, none, below | a
        scale *= 2.0**64
    if b:
        shift = _leading_zeros(b)
        top = b << shift | a >> one >> (last - shift)
        if a << shift | below:
            top |= one
        return sign * float(top) * scale * 2.0 * float(one << (last - shift))
    return sign * float(a) * scale


@register_jitable
def _central(
    n: np.uint64, s1: _Number, s2: _Number, s3: _Number, s4: _Number
) -> tuple[_Number, _Number, _Number]:
    """Return n2, n3 and n4, as wide as the sums are.

    Factored so that a wide number only ever meets one of 64 bits: with p3 = n s3 - s1 s2 and
    p4 = n s4 - s1 s3, n3 = n p3 - 2 s1 n2 and n4 = n^2 p4 + 3 s1 (s1 n2 - n p3).
    """
    total = s1[0]
    n2 = _less(_times(s2, n), _times(s1, total))
    p3 = _times(_less(_times(s3, n), _times(s2, total)), n)
    p4 = _times(_times(_less(_times(s4, n), _times(s3, total)), n), n)
    drift = _times(n2, total)
    n3 = _less(p3, _plus(drift, drift))
    return n2, n3, _plus(p4, _times(_times(_less(drift, p3), total), np.uint64(3)))


@kernel
def _short(number: Sum) -> Short:
    """Leave out the highest limb of a sum, which is 0."""
    return number[0], number[1], number[2]


@kernel
def _long(number: Sum) -> Wide:
    """Put two limbs before a sum, which are 0: it is not negative."""
    return number[0], number[1], number[2], number[3], np.uint64(0), np.uint64(0)


@kernel
def _widened(number: Short) -> Wide:
    """Fill the upper half with the sign."""
    sign = np.uint64(0) - (number[2] >> np.uint64(63))
    return number[0], number[1], number[2], sign, sign, sign


@kernel
def _shape(
    n: np.uint64,
    s1: Sum,
    s2: Sum,
    s3: Sum,
    s4: Sum,
    short: float,
) -> tuple[float, float, float]:
    """Return variance, skewness and kurtosis from a count and the sums of powers."""
    if n < np.uint64(2):
        return (0.0 if n else np.nan), np.nan, np.nan
    if float(n) * float(s1[0]) < short:
        m2, m3, m4 = _central(n, _short(s1), _short(s2), _short(s3), _short(s4))
        n2, n3, n4 = _widened(m2), _widened(m3), _widened(m4)
    else:
        n2, n3, n4 = _central(n, _long(s1), _long(s2), _long(s3), _long(s4))
    count, square = float(n), _nearest(n2)
    return (
        square / (count * count),
        _nearest(n3) / (square * np.sqrt(square)),
        _nearest(n4) / (square * square),
    )


@kernel
def moments_between(
    groups: Codes, low: Integers, high: Integers, values: Integers, short: float
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return mean, variance, skewness and kurtosis of each anchor's events ``low:high``.

    Of the population (divided by n), the kurtosis not in excess of the normal's 3: as
    ``scipy.stats`` has them with ``bias=True, fisher=False``. NaN where there is nothing to divide
    by: all of no values; of equal ones (or a single one) the variance is 0, the last two are NaN.
    Numbers of 192 bits are used where ``n s1`` is below ``short``, at most 2^46; that changes no
    answer.

    >>> found = moments_between(np.array([0], np.int32), np.array([0]), np.array([4]),
    ...                         np.array([0, 0, 0, 4]), 2.0**46)
    >>> [values.round(4).tolist() for values in found]
    [[1.0], [3.0], [1.1547], [2.3333]]
    """
    count = len(groups)
    means, variances = np.empty(count), np.empty(count)
    skews, tails = np.empty(count), np.empty(count)
    s1 = s2 = s3 = s4 = _sum_of(0)
    group, left, right = -1, 0, 0
    for k in range(count):
        if groups[k] != group or low[k] >= right:
            group, left, right = groups[k], low[k], low[k]
            s1 = s2 = s3 = s4 = _sum_of(0)
        while right < high[k]:
            x1, x2, x3, x4 = _powers(values[right])
            s1, s2, s3, s4 = _plus(s1, x1), _plus(s2, x2), _plus(s3, x3), _plus(s4, x4)
            right += 1
        while left < low[k]:
            x1, x2, x3, x4 = _powers(values[left])
            s1, s2, s3, s4 = _less(s1, x1), _less(s2, x2), _less(s3, x3), _less(s4, x4)
            left += 1
        n = np.uint64(right - left)
        means[k] = float(s1[0]) / float(n)
        variances[k], skews[k], tails[k] = _shape(n, s1, s2, s3, s4, short)
    return means, variances, skews, tails
