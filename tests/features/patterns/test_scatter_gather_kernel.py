from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles.patterns import scatter_gather as oracle
from oracles.patterns.edges import Edge, edges, graph, turned
from oracles.strategies import CHANCE

from features.kernels.patterns.scatter_gather import scatter_gather
from features.patterns.scatter_gather import legs_of

RULES = st.builds(
    oracle.Rule,
    width=st.sampled_from((1, 3, 5, 9, 30)),
    memory=st.sampled_from((1, 2, 3, 50)),
    pass_on=st.sampled_from((1, 4, 30)),
    low=st.just(800),
    high=st.sampled_from((1020, 1300)),
)


def answers(found, rule, asked=None, *, backwards=False):
    """Ask about edges by number (all), and bring the answers into their order."""
    whole = graph(found, accounts=12)
    wanted = np.arange(len(found)) if asked is None else np.flatnonzero(asked)
    first, last = (int(wanted[0]), int(wanted[-1]) + 1) if len(wanted) else (0, 0)
    limits = (rule.width, rule.memory, rule.pass_on, rule.low, rule.high)
    step = -1 if backwards else 1
    told = scatter_gather(first, last, *legs_of(whole, ahead=backwards), (*limits, step))
    rows = list(zip(*(column.tolist() for column in told), strict=True))
    return [rows[k - first] for k in wanted]


@settings(max_examples=150)
@given(edges(), RULES)
def test_scatter_gather_equals_its_oracle(found, rule):
    assert answers(found, rule) == oracle.scatter_gather(found, rule)


@settings(max_examples=50)
@given(edges(most=60, accounts=(4, 5)), RULES)
def test_scatter_gather_equals_its_oracle_where_payments_are_dense(found, rule):
    assert answers(found, rule) == oracle.scatter_gather(found, rule)


@given(edges(), RULES, st.randoms())
def test_asking_about_some_payments_gives_them_the_same_answers(found, rule, chance):
    asked = np.array([chance.random() < 0.3 for _ in found], np.bool_)
    wanted = [told for told, is_asked in zip(answers(found, rule), asked, strict=True) if is_asked]
    assert answers(found, rule, asked) == wanted


@given(edges(), RULES)
def test_turned_round_it_compares_what_was_paid_with_what_was_received(found, rule):
    mirrored = [turned(edge) for edge in reversed(found)]
    wanted = oracle.scatter_gather(mirrored, replace(rule, backwards=True))
    assert answers(found, rule, backwards=True) == wanted[::-1]


@settings(max_examples=5)
@given(CHANCE, st.sampled_from((2, 8)))
def test_a_hub_on_both_sides_of_many_payments_is_bounded_as_its_oracle_says(chance, memory):
    """The hub pays or is paid in a third of the rows, and remembers what it got last."""
    found = [
        Edge(*chance.choice(((0, k), (k, 0), (k, j), (j, k))), time, 1000)
        for time in range(150)
        for k, j in [chance.sample(range(1, 12), 2)]
    ]
    rule = oracle.Rule(width=60, memory=memory, pass_on=20, low=800, high=1020)
    told = answers(found, rule)
    assert told == oracle.scatter_gather(found, rule)
    assert sum(forgotten for *_, forgotten in told) > 0
