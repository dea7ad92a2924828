import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from oracles import kernels
from oracles.ledgers import whole

from features.kernels.sieve import kept_between, kept_sum_between, sieve_blocks

MASKS = st.integers(0, 200).flatmap(lambda n: st.lists(st.booleans(), min_size=n, max_size=n))


def bits(mask):
    return np.array(mask, np.bool_)


@given(MASKS)
def test_sieve_blocks_equals_its_oracle(mask):
    assert sieve_blocks(bits(mask)).tolist() == kernels.sieve_blocks(mask)


@given(MASKS, st.data())
def test_kept_between_and_kept_sum_between_equal_their_oracles(mask, data):
    edge = st.integers(0, len(mask))
    windows = data.draw(st.lists(st.tuples(edge, edge).map(sorted), max_size=6))
    low, high = (whole([window[end] for window in windows]) for end in (0, 1))
    values = np.arange(len(mask)) * 3 + 1
    sums = np.concatenate((whole([0]), np.cumsum(values[bits(mask)])))
    blocks = sieve_blocks(bits(mask))
    assert kept_between(low, high, blocks).tolist() == kernels.kept_between(low, high, mask)
    found = kept_sum_between(low, high, blocks, sums)
    assert found.tolist() == kernels.kept_sum_between(low, high, mask, values)


def test_all_64_events_of_a_block_are_told_apart():
    """The last one is the bit of the sign."""
    for events in (63, 64, 65, 128):
        blocks, mask = sieve_blocks(np.ones(events, np.bool_)), [True] * events
        low, high = np.arange(events), np.arange(events) + 1
        assert kept_between(low, high, blocks).tolist() == kernels.kept_between(low, high, mask)
