"""Mean, variance, skewness and kurtosis of the values in a window, from exact sums of powers.

With the sums ``s1 .. s4`` of the powers of ``n`` values, the central moments of the population are

    m2 = n2 / n^2    n2 = n s2 - s1^2
    m3 = n3 / n^3    n3 = n^2 s3 - 3 n s1 s2 + 2 s1^3
    m4 = n4 / n^4    n4 = n^3 s4 - 4 n^2 s1 s3 + 6 n s1^2 s2 - 3 s1^4

In floats these lose every digit where the mean is large beside the spread, and drift as values
come and go (Chan, Golub and LeVeque, The American Statistician 37(3), 1983). Here all are whole
numbers, so that taking a value out undoes exactly what putting it in did. Values are 0
or more, and those of a window sum to less than 2^63: the sum of the k-th powers takes k limbs of 64
bits, and n4 at most 252 bits and four times those of n. Of two values or more, no number on the way
to n2, n3, n4 passes 2 (n s1)^k for its k: where n s1 is below 2^63, as it nearly always is, k limbs
do, with a bit for the sign; else six do.

Each of n2, n3, n4 is rounded once, to the nearest float64. With u = 2^-53, the variance is within
3 u of the truth, the skewness n3 / n2^1.5 within 6 u and the kurtosis n4 / n2^2 within 5 u.
"""

from typing import Any

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.extending import intrinsic, register_jitable
from numpy.typing import NDArray

from features.kernels.ahead import fetch_ahead
from features.kernels.compile import kernel

Integers = NDArray[np.int64]
Codes = NDArray[np.int32]
Floats = NDArray[np.float64]
Wide = tuple[np.uint64, ...]

Square = tuple[np.uint64, np.uint64]
Cube = tuple[np.uint64, np.uint64, np.uint64]
Fourth = tuple[np.uint64, np.uint64, np.uint64, np.uint64]

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


def _more_limbs(signed: bool) -> Any:
    """Return what brings a wide number to as many limbs as another has."""

    def wider(_: Any, number: Any, like: Any) -> Any:
        def build(_: Any, builder: Any, __: Any, given: Any) -> Any:
            number, wide = given[0], given[1].type(ir.Undefined)
            rest = _LIMB(0)
            for place in range(wide.type.count):
                if place < number.type.count:
                    limb = builder.extract_value(number, place)
                    rest = builder.ashr(limb, _LIMB(63)) if signed else rest
                else:
                    limb = rest
                wide = builder.insert_value(wide, limb, place)
            return wide

        return like(number, like), build

    return wider


_padded = intrinsic(_more_limbs(signed=False))
_extended = intrinsic(_more_limbs(signed=True))


@intrinsic
def _leading_zeros(_: Any, limb: Any) -> Any:
    """Count the zeros before the highest bit of a limb that is not 0."""

    def build(_: Any, builder: Any, __: Any, given: Any) -> Any:
        return builder.ctlz(given[0], ir.IntType(1)(1))

    return types.uint64(limb), build


@kernel
def _powers(value: int) -> tuple[np.uint64, Square, Cube, Fourth]:
    """Return the first four powers of a value that is not negative, each as wide as it can be."""
    first, zero = np.uint64(value), np.uint64(0)
    second = _times((first, zero), first)
    third = _times((second[0], second[1], zero), first)
    return first, second, third, _times((third[0], third[1], third[2], zero), first)


@kernel
def _rounded(top: np.uint64, more: np.uint64, rest: np.uint64, limbs: int) -> float:
    """Round ``top``, not 0, and what is below it to the nearest float64, ties to even.

    The 64 highest bits are rounded, the last of them set where any bit below them is. ``limbs`` are
    below ``top``.
    """
    shift = _leading_zeros(top)
    bits = top << shift | more >> np.uint64(1) >> (np.uint64(63) - shift)
    bits |= np.uint64((more << shift | rest) != np.uint64(0))
    return float(bits) * np.int64((1023 + 64 * limbs - np.int64(shift)) << 52).view(np.float64)


@kernel
def _nearest(number: Wide) -> float:
    """Round a wide number that is not negative to the nearest float64, ties to even.

    LLVM's own conversion did the same, and took a third of the time of the whole kernel.
    """
    zero = np.uint64(0)
    a, b, c, d, e, f = number
    if f:
        return _rounded(f, e, d | c | b | a, 5)
    if e:
        return _rounded(e, d, c | b | a, 4)
    if d:
        return _rounded(d, c, b | a, 3)
    if c:
        return _rounded(c, b, a, 2)
    if b:
        return _rounded(b, a, zero, 1)
    return float(a)


@register_jitable
def _numerators(
    n: np.uint64, s1: np.uint64, s2: Square, s3: Cube, s4: Fourth, like: tuple[Wide, Wide, Wide]
) -> tuple[float, float, float]:
    """Return n2, n3 and n4, each calculated in as many limbs as one of ``like`` has, and rounded.

    Factored so that a wide number only ever meets one of 64 bits: with p3 = n s3 - s1 s2 and
    p4 = n s4 - s1 s3, n3 = n p3 - 2 s1 n2 and n4 = n^2 p4 + 3 s1 (s1 n2 - n p3).
    """
    two, three, four = like
    n2 = _less(_times(_padded(s2, two), n), _times(_padded((s1,), two), s1))
    p3 = _times(_less(_times(_padded(s3, three), n), _times(_padded(s2, three), s1)), n)
    p4 = _times(_less(_times(_padded(s4, four), n), _times(_padded(s3, four), s1)), n * n)
    drift = _times(_padded(n2, three), s1)
    n3 = _less(p3, _plus(drift, drift))
    n4 = _plus(p4, _times(_times(_extended(_less(drift, p3), four), s1), np.uint64(3)))
    zero = np.uint64(0)
    six = (zero, zero, zero, zero, zero, zero)
    negative = n3[-1] >> np.uint64(63)
    if negative:
        n3 = _less(_padded((zero,), three), n3)
    cube = _nearest(_padded(n3, six))
    return _nearest(_padded(n2, six)), -cube if negative else cube, _nearest(_padded(n4, six))


@kernel
def _shape(
    n: np.uint64, s1: np.uint64, s2: Square, s3: Cube, s4: Fourth, short: float
) -> tuple[float, float, float]:
    """Return variance, skewness and kurtosis from a count and the sums of powers."""
    if n < np.uint64(2):
        return (0.0 if n else np.nan), np.nan, np.nan
    zero = np.uint64(0)
    if float(n) * float(s1) < short:
        n2, n3, n4 = _numerators(n, s1, s2, s3, s4, (s2, s3, s4))
    else:
        six = (zero, zero, zero, zero, zero, zero)
        n2, n3, n4 = _numerators(n, s1, s2, s3, s4, (six, six, six))
    count = float(n)
    return n2 / (count * count), n3 / (n2 * np.sqrt(n2)), n4 / (n2 * n2)


@kernel
def moments_between(
    groups: Codes, low: Codes, high: Codes, values: Integers, short: float
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return mean, variance, skewness and kurtosis of each anchor's events ``low:high``.

    Of the population (divided by n), the kurtosis not in excess of the normal's 3: as
    ``scipy.stats`` has them with ``bias=True, fisher=False``. NaN where there is nothing to divide
    by: all of no values; of equal ones (or a single one) the variance is 0, the last two are NaN.
    Numbers of few limbs are used where ``n s1`` is below ``short``, at most 2^63; that changes no
    answer.

    >>> found = moments_between(np.array([0], np.int32), np.array([0]), np.array([4]),
    ...                         np.array([0, 0, 0, 4]), 2.0**63)
    >>> [values.round(4).tolist() for values in found]
    [[1.0], [3.0], [1.1547], [2.3333]]
    """
    count = len(groups)
    means, variances = np.empty(count), np.empty(count)
    skews, tails = np.empty(count), np.empty(count)
    s1, s2, s3, s4 = _powers(0)
    group, left, right, asked = -1, 0, 0, 0
    for k in range(count):
        asked = fetch_ahead(groups, low, high, values, asked, k)
        if groups[k] != group or low[k] >= right:
            group, left, right = groups[k], low[k], low[k]
            s1, s2, s3, s4 = _powers(0)
        elif low[k] == left and high[k] == right:
            means[k], variances[k] = means[k - 1], variances[k - 1]
            skews[k], tails[k] = skews[k - 1], tails[k - 1]
            continue
        while right < high[k]:
            x1, x2, x3, x4 = _powers(values[right])
            s1, s2, s3, s4 = s1 + x1, _plus(s2, x2), _plus(s3, x3), _plus(s4, x4)
            right += 1
        while left < low[k]:
            x1, x2, x3, x4 = _powers(values[left])
            s1, s2, s3, s4 = s1 - x1, _less(s2, x2), _less(s3, x3), _less(s4, x4)
            left += 1
        n = np.uint64(right - left)
        means[k] = float(s1) / float(n)
        variances[k], skews[k], tails[k] = _shape(n, s1, s2, s3, s4, short)
    return means, variances, skews, tails
