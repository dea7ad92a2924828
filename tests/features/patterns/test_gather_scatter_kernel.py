import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles.patterns import gather_scatter as oracle
from oracles.patterns.edges import edges, graph

from features.kernels.patterns.gather_scatter import gather_scatter
from features.patterns.gather_scatter import sides_of

WIDTHS = st.sampled_from((1, 3, 5, 9, 30))


def answers(found, width, asked=None):
    """Ask about edges by number (all), and bring the answers into their order."""
    whole = graph(found)
    out = whole.outgoing
    wanted = np.ones(len(found), np.bool_) if asked is None else asked
    positions = np.flatnonzero(wanted[out.edge])
    numbers = out.edge[positions]
    sides = sides_of(whole, ahead=False)
    told = gather_scatter(positions, whole.source[numbers], *sides, width, 1)
    rows = zip(*(column.tolist() for column in told), strict=True)
    by_edge = dict(zip(numbers.tolist(), rows, strict=True))
    return [by_edge[k] for k in sorted(by_edge)]


def sizes(found, width):
    """Return the size, and what was received and paid, as the oracle tells them."""
    told = oracle.gather_scatter(found, width)
    return [(min(payers, payees), came, went) for payers, payees, came, went in told]


@settings(max_examples=150)
@given(edges(), WIDTHS)
def test_gather_scatter_equals_its_oracle(found, width):
    assert answers(found, width) == sizes(found, width)


@settings(max_examples=50)
@given(edges(most=60, accounts=(4, 5)), WIDTHS)
def test_gather_scatter_equals_its_oracle_where_payments_are_dense(found, width):
    assert answers(found, width) == sizes(found, width)


@given(edges(), WIDTHS, st.randoms())
def test_asking_about_some_payments_gives_them_the_same_answers(found, width, chance):
    asked = np.array([chance.random() < 0.3 for _ in found], np.bool_)
    wanted = [told for told, is_asked in zip(answers(found, width), asked, strict=True) if is_asked]
    assert answers(found, width, asked) == wanted
