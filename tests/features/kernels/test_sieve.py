import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from oracles import kernels
from oracles.ledgers import places, whole

from features.kernels.sieve import (
    kept_before,
    kept_between,
    kept_counted,
    kept_sum_between,
    kept_summed,
    kept_sums,
    sieve_blocks,
    sieve_of,
)

MASKS = st.integers(0, 200).flatmap(lambda n: st.lists(st.booleans(), min_size=n, max_size=n))


def bits(mask):
    return np.array(mask, np.bool_)


@given(MASKS)
def test_sieve_blocks_equals_its_oracle(mask):
    assert sieve_blocks(bits(mask)).tolist() == kernels.sieve_blocks(mask)


@given(MASKS, st.randoms())
def test_sieve_of_and_kept_sums_equal_their_oracles(mask, chance):
    """The mask is of rows, of which some are events, in another order."""
    order = chance.sample(range(len(mask)), len(mask) * 2 // 3)
    packed, values = np.packbits(bits(mask)), np.arange(len(mask)) * 3 + 1
    blocks = sieve_of(packed, places(order))
    assert blocks.tolist() == kernels.sieve_of(packed.tolist(), order)
    found = kept_sums(blocks, values, places(order))
    assert found.tolist() == kernels.kept_sums([mask[row] for row in order], values, order)


@given(MASKS, st.data())
def test_what_is_kept_between_two_edges_equals_its_oracles(mask, data):
    edge = st.integers(0, len(mask))
    windows = data.draw(st.lists(st.tuples(edge, edge).map(sorted), max_size=6))
    low, high = (places([window[end] for window in windows]) for end in (0, 1))
    values = np.arange(len(mask)) * 3 + 1
    sums = np.concatenate((whole([0]), np.cumsum(values[bits(mask)])))
    blocks = sieve_blocks(bits(mask))
    assert kept_between(low, high, blocks).tolist() == kernels.kept_between(low, high, mask)
    found = kept_sum_between(low, high, blocks, sums)
    assert found.tolist() == kernels.kept_sum_between(low, high, mask, values)
    assert kept_before(high, blocks).tolist() == kernels.kept_before(high, mask)
    for count in (len(low), len(low) + 2):
        place = (places(np.arange(len(low))[::-1]), count)
        counts = kept_counted(low, high, blocks, *place)
        np.testing.assert_array_equal(counts, kernels.kept_counted(low, high, mask, *place))
        worth = kept_summed(low, high, blocks, sums, *place)
        np.testing.assert_array_equal(worth, kernels.kept_summed(low, high, mask, values, *place))


def test_all_64_events_of_a_block_are_told_apart():
    """The last one is the bit of the sign."""
    for events in (63, 64, 65, 128):
        blocks, mask = sieve_blocks(np.ones(events, np.bool_)), [True] * events
        low, high = places(np.arange(events)), places(np.arange(events) + 1)
        assert kept_between(low, high, blocks).tolist() == kernels.kept_between(low, high, mask)
