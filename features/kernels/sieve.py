"""Which events a filter keeps, as one bit each: how many, and how much, lie in a window.

64 events make a *block* of two numbers: how many events before it are kept, and its bits. A count
up to any event is one look and one count of bits, in a quarter of a byte an event.
"""

import numpy as np
from numpy.typing import NDArray

from features.kernels.compile import kernel

Integers = NDArray[np.int64]
Codes = NDArray[np.int32]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Bits = NDArray[np.uint8]


@kernel
def sieve_blocks(kept: Flags) -> Integers:
    """Return the blocks of events of which some are kept; there is always one beyond the last.

    >>> sieve_blocks(np.array([True, False, True]))
    array([0, 5])
    """
    blocks = np.zeros(2 * (len(kept) // 64 + 1), np.int64)
    count = 0
    for b in range(len(blocks) // 2):
        blocks[2 * b] = count
        word = np.int64(0)
        for k in range(64 * b, min(64 * b + 64, len(kept))):
            if kept[k]:
                word |= np.int64(1) << (k - 64 * b)
                count += 1
        blocks[2 * b + 1] = word
    return blocks


@kernel
def sieve_of(bits: Bits, order: Codes) -> Integers:
    """Return the blocks of events of which some are kept, told by bits of the rows they are.

    ``bits`` has eight rows to a byte, the first of them in its highest bit.

    >>> sieve_of(np.array([0b01100000], np.uint8), np.array([2, 0, 1], np.int32))
    array([0, 5])
    """
    blocks = np.zeros(2 * (len(order) // 64 + 1), np.int64)
    count = np.int64(0)
    for b in range(len(blocks) // 2):
        blocks[2 * b] = count
        word = np.int64(0)
        for k in range(64 * b, min(64 * b + 64, len(order))):
            row = order[k]
            kept = np.int64(bits[row >> 3] >> (7 - (row & 7)) & 1)
            word |= kept << (k - 64 * b)
            count += kept
        blocks[2 * b + 1] = word
    return blocks


@kernel
def kept_sums(blocks: Integers, values: Integers, order: Codes) -> Integers:
    """Return the sums of the first 0, 1, 2... kept events' values, which are those of rows.

    >>> kept_sums(np.array([0, 5]), np.array([7, 8, 9]), np.array([2, 0, 1], np.int32))
    array([ 0,  9, 17])
    """
    sums = np.zeros(_before(blocks, len(order)) + 1, np.int64)
    total, count = np.int64(0), 0
    for k in range(len(order)):
        if blocks[2 * (k >> 6) + 1] >> (k & 63) & 1:
            total += values[order[k]]
            count += 1
            sums[count] = total
    return sums


@kernel
def _before(blocks: Integers, event: int) -> int:
    """Count the kept events before one."""
    block = (event >> 6) << 1
    below = (np.uint64(1) << np.uint64(event & 63)) - np.uint64(1)
    bits = np.uint64(blocks[block + 1]) & below
    bits -= (bits >> np.uint64(1)) & np.uint64(0x5555555555555555)
    pairs = np.uint64(0x3333333333333333)
    bits = (bits & pairs) + ((bits >> np.uint64(2)) & pairs)
    bits = (bits + (bits >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return int(blocks[block]) + int((bits * np.uint64(0x0101010101010101)) >> np.uint64(56))


@kernel
def kept_before(edges: Codes, blocks: Integers) -> Codes:
    """Count the kept events before each edge.

    >>> kept_before(np.array([0, 1, 3], np.int32), np.array([0, 5]))
    array([0, 1, 2], dtype=int32)
    """
    counts = np.empty(len(edges), np.int32)
    for k in range(len(edges)):
        counts[k] = _before(blocks, edges[k])
    return counts


@kernel
def kept_counted(low: Codes, high: Codes, blocks: Integers, position: Codes, count: int) -> Floats:
    """Put ``kept_between`` of each anchor in its place among ``count``; NaN where none belongs.

    >>> kept_counted(np.array([0, 1], np.int32), np.array([3, 3], np.int32), np.array([0, 5]),
    ...              np.array([2, 0], np.int32), 3)
    array([ 1., nan,  2.])
    """
    places = np.empty(count) if len(low) == count else np.full(count, np.nan)
    for k in range(len(low)):
        places[position[k]] = _before(blocks, high[k]) - _before(blocks, low[k])
    return places


@kernel
def kept_summed(
    low: Codes, high: Codes, blocks: Integers, cumulative: Integers, position: Codes, count: int
) -> Floats:
    """Put ``kept_sum_between`` of each anchor in its place among ``count``; NaN where none belongs.

    >>> kept_summed(np.array([0], np.int32), np.array([2], np.int32), np.array([0, 5]),
    ...             np.array([0, 7, 9]), np.array([1], np.int32), 2)
    array([nan,  7.])
    """
    places = np.empty(count) if len(low) == count else np.full(count, np.nan)
    for k in range(len(low)):
        first, last = _before(blocks, low[k]), _before(blocks, high[k])
        places[position[k]] = cumulative[last] - cumulative[first]
    return places


@kernel
def kept_between(low: Codes, high: Codes, blocks: Integers) -> Integers:
    """Count the kept events among each anchor's events ``low:high``.

    >>> kept_between(np.array([0, 1], np.int32), np.array([3, 3], np.int32), np.array([0, 5]))
    array([2, 1])
    """
    counts = np.empty(len(low), np.int64)
    for k in range(len(low)):
        counts[k] = _before(blocks, high[k]) - _before(blocks, low[k])
    return counts


@kernel
def kept_sum_between(low: Codes, high: Codes, blocks: Integers, cumulative: Integers) -> Integers:
    """Sum the kept events among each anchor's events ``low:high``.

    ``cumulative`` has the sums of the first 0, 1, 2... kept events. Exact as ``sum_between`` is.

    >>> kept_sum_between(np.array([0]), np.array([2]), np.array([0, 5]), np.array([0, 7, 9]))
    array([7])
    """
    sums = np.empty(len(low), np.int64)
    for k in range(len(low)):
        sums[k] = cumulative[_before(blocks, high[k])] - cumulative[_before(blocks, low[k])]
    return sums
