import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles.patterns import common_neighbours as oracle
from oracles.patterns.edges import Edge, edges, graph

from features.kernels.ledger import linked
from features.kernels.patterns.common_neighbours import common_neighbours

SIZES = 29


def answers(found, width, first=0, last=None):
    """Return the counts of some edges, 29 a row."""
    whole = graph(found, accounts=80)
    into, out = whole.incoming, whole.outgoing
    _, received_next = linked(into.other, into.starts, whole.accounts)
    paid, paid_next = linked(out.other, out.starts, whole.accounts)
    told = common_neighbours(
        first,
        len(found) if last is None else last,
        whole.source,
        whole.target,
        whole.time,
        into.starts,
        into.other,
        received_next,
        out.starts,
        out.other,
        paid_next,
        paid,
        width,
    )
    return told.reshape(-1, SIZES)


@settings(max_examples=100)
@given(edges(most=40), st.sampled_from((1, 3, 5, 9, 30)))
def test_common_neighbours_equals_its_oracle(found, width):
    wanted = np.reshape(oracle.common_neighbours(found, width), (-1, SIZES))
    np.testing.assert_array_equal(answers(found, width), wanted)


@given(edges(most=40), st.sampled_from((3, 9)), st.integers(0, 10), st.integers(0, 10))
def test_some_edges_are_told_what_they_are_told_among_all(found, width, skip, drop):
    first, last = min(skip, len(found)), max(len(found) - drop, 0)
    if first <= last:
        np.testing.assert_array_equal(
            answers(found, width, first, last), answers(found, width)[first:last]
        )


def test_the_last_column_is_for_all_larger_sizes():
    legs = [Edge(0, 2 + k, k, 1) for k in range(40)]
    found = legs + [Edge(2 + k, 1, 50 + k, 1) for k in range(40)]
    told = answers(found, 1000)
    assert told[79].tolist() == [0] * 28 + [1]
    assert told[68].tolist() == [0] * 27 + [1, 0]


SPLIT = [(0, 1, 1), (0, 2, 2), (1, 9, 3), (2, 9, 4)]
# What Snap ML's Graph Feature Preprocessor 1.17.2 tells the last edge when it is fed one at a time.
AS_THERE = {
    "legs in order": (SPLIT, 100, {2: 1}),
    "gather legs first": ([(1, 9, 1), (2, 9, 2), (0, 1, 3), (0, 2, 4)], 100, {2: 1}),
    "one path is none": ([(0, 1, 1), (1, 9, 2)], 100, {}),
    "no two ends": ([(0, 1, 1), (0, 2, 2), (1, 0, 3), (2, 0, 4)], 100, {}),
    "a leg twice": (
        [(0, 1, 1), (0, 1, 2), (0, 2, 3), (1, 9, 4), (2, 9, 5), (2, 9, 6)],
        100,
        {2: 1},
    ),
    "three": ([*SPLIT, (0, 3, 5), (3, 9, 6)], 100, {3: 1}),
    "two sources": ([(8, 1, 0), (8, 2, 0), *SPLIT], 100, {2: 2}),
    "two sinks, of which one": ([*SPLIT, (1, 8, 5), (2, 8, 6)], 100, {2: 1}),
    "its window, closed there": ([(0, 1, 1), (0, 2, 2), (1, 9, 8), (2, 9, 11)], 11, {2: 1}),
    "beyond its window": ([(0, 1, 0), (0, 2, 2), (1, 9, 8), (2, 9, 11)], 11, {}),
}


@pytest.mark.parametrize("case", AS_THERE)
def test_small_graphs_are_told_as_the_peer_tells_them(case):
    found, width, sizes = AS_THERE[case]
    told = answers([Edge(*edge, 1) for edge in found], width)[-1]
    assert {size: told[size - 2] for size in np.flatnonzero(told) + 2} == sizes
