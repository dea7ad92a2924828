import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles.patterns import gather_scatter as oracle
from oracles.patterns.edges import edges, graph

from features.kernels.patterns.gather_scatter import conserving_runs, gather_scatter

WIDTHS = st.sampled_from((1, 3, 5, 9, 30))


def answers(found, width, asked=None):
    """Ask about edges by number (all), and bring the answers into their order."""
    whole = graph(found)
    into, out = whole.incoming, whole.outgoing
    wanted = np.ones(len(found), np.bool_) if asked is None else asked
    positions = np.flatnonzero(wanted[out.edge])
    numbers = out.edge[positions]
    told = gather_scatter(
        positions,
        whole.source[numbers],
        into.starts,
        into.other,
        into.time,
        into.amount,
        out.starts,
        out.other,
        out.time,
        out.amount,
        width,
    )
    rows = zip(*(column.tolist() for column in told), strict=True)
    by_edge = dict(zip(numbers.tolist(), rows, strict=True))
    return [by_edge[k] for k in sorted(by_edge)]


@settings(max_examples=150)
@given(edges(), WIDTHS)
def test_gather_scatter_equals_its_oracle(found, width):
    assert answers(found, width) == oracle.gather_scatter(found, width)


@settings(max_examples=50)
@given(edges(most=60, accounts=(4, 5)), WIDTHS)
def test_gather_scatter_equals_its_oracle_where_payments_are_dense(found, width):
    assert answers(found, width) == oracle.gather_scatter(found, width)


@given(edges(), WIDTHS, st.randoms())
def test_asking_about_some_payments_gives_them_the_same_answers(found, width, chance):
    asked = np.array([chance.random() < 0.3 for _ in found], np.bool_)
    wanted = [told for told, is_asked in zip(answers(found, width), asked, strict=True) if is_asked]
    assert answers(found, width, asked) == wanted


@settings(max_examples=300)
@given(edges(accounts=(3, 4)), WIDTHS, st.sampled_from((1, 2, 30)), st.sampled_from((800, 1000)))
def test_conserving_runs_equals_its_oracle(found, width, most, low):
    into, out = graph(found).incoming, graph(found).outgoing
    told = conserving_runs(
        into.starts,
        into.time,
        into.amount,
        out.starts,
        out.time,
        out.amount,
        width,
        most,
        low,
        1020,
    )
    wanted = oracle.conserving_runs(found, width, most, low, 1020)
    for position, (first, begin, end) in enumerate(zip(*told, strict=True)):
        run = wanted[into.edge[position]]
        if run is None:
            assert first == begin == end == -1
        else:
            legs, passed = into.edge[first : position + 1], out.edge[begin : end + 1]
            assert (legs.tolist(), passed.tolist()) == run
