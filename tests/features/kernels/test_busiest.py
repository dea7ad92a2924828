import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from oracles import peaks as oracle
from oracles.ledgers import cases, whole

from features.kernels.busiest import most_between, span_counts


@given(cases(), st.integers(1, 12))
def test_span_counts_equals_its_oracle(case, span):
    found = span_counts(case.starts, case.times, span)
    assert found.tolist() == oracle.span_counts(case.starts, case.times, span)


def test_a_span_holds_all_of_an_instant_and_none_of_where_it_begins():
    times = whole([0, 10, 10, 19, 20])
    assert span_counts(whole([0, 5]), times, 10).tolist() == [1, 2, 2, 3, 2]


@given(cases())
def test_most_between_equals_its_oracle(case):
    counts = (case.values % 7).astype(np.int32)
    found = most_between(case.groups, case.low, case.high, counts)
    assert found.tolist() == oracle.most_between(case.low, case.high, counts)


def test_the_most_of_a_hub_is_found_at_every_edge_of_its_runs():
    size = 700
    counts = np.random.default_rng(4).integers(1, 10**6, size).astype(np.int32)
    high = np.arange(1, size + 1)
    for width in (1, 63, 64, 65, 129, 300):
        low = np.maximum(high - width, 0)
        found = most_between(np.zeros(size, np.int32), low, high, counts)
        assert found.tolist() == oracle.most_between(low, high, counts)
