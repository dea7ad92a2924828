from itertools import accumulate

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles.patterns import chain as oracle
from oracles.patterns.edges import Edge, edges, graph, turned

from features.kernels.patterns.chain import chains_ending, chains_through

RULES = st.builds(
    oracle.Rule,
    width=st.sampled_from((1, 3, 5, 9, 30)),
    hops=st.sampled_from((1, 2, 3, 5)),
    memory=st.sampled_from((1, 2, 3, 50)),
    hold=st.sampled_from((1, 2, 4, 30)),
    high=st.sampled_from((1020, 1300)),
    backwards=st.booleans(),
)
DENSE = edges(most=24, accounts=(3, 4, 5), times=(6, 9))


def answers(found, rule, asked=None):
    """Ask about edges by number, all of them by default."""
    whole = graph(found)
    return chains_ending(
        np.arange(len(found)) if asked is None else np.array(asked, np.int64),
        (whole.source, whole.target, whole.time),
        whole.amount,
        whole.accounts,
        rule.width,
        (rule.hops, rule.memory, rule.hold),
        (rule.low, rule.high),
        rule.backwards,
    )


def rows(hops, starts):
    """Cut the starts of all edges into those of each; none where the payment is alone."""
    own = [many if many > 1 else 0 for many in hops.tolist()]
    return [
        starts[end - many : end].tolist() for end, many in zip(accumulate(own), own, strict=True)
    ]


def several(latest):
    """Return the starts of a payment; none where it is alone."""
    return latest if len(latest) > 1 else []


@settings(max_examples=150)
@given(st.one_of(edges(), DENSE), RULES)
def test_chains_ending_equals_its_oracle(found, rule):
    hops, kept, first, _, starts, starts_kept = answers(found, rule)
    assert (len(starts), len(starts_kept)) == (hops[hops > 1].sum(), kept[kept > 1].sum())
    wanted = [
        [oracle.starts(found, k, rule, conserving=conserving) for k in range(len(found))]
        for conserving in (False, True)
    ]
    for many, want in zip((hops, kept), wanted, strict=True):
        assert many.tolist() == [len(latest) for latest in want]
    for told, want in zip((rows(hops, starts), rows(kept, starts_kept)), wanted, strict=True):
        assert told == [[time for time, _ in several(latest)] for latest in want]
    assert first.tolist() == [latest[-1][1] if several(latest) else 0 for latest in wanted[1]]


@given(st.one_of(edges(), DENSE), RULES)
def test_where_nothing_was_forgotten_a_longer_memory_changes_nothing(found, rule):
    hops, kept, *_ = answers(found, rule)
    forgot = answers(found, rule)[3]
    if not forgot.any():
        more = answers(found, oracle.Rule(**{**vars(rule), "memory": 99}))
        assert (more[0].tolist(), more[1].tolist()) == (hops.tolist(), kept.tolist())


@given(st.one_of(edges(), DENSE), RULES, st.data())
def test_asking_about_some_payments_gives_them_the_same_answers(found, rule, data):
    asked = sorted(data.draw(st.sets(st.integers(0, max(len(found) - 1, 0)), max_size=len(found))))
    whole, some = answers(found, rule), answers(found, rule, asked)
    for one, other in zip(some[:4], whole[:4], strict=True):
        assert one.tolist() == other[asked].tolist()
    for hops, starts in ((0, 4), (1, 5)):
        every = rows(whole[hops], whole[starts])
        assert rows(some[hops], some[starts]) == [every[k] for k in asked]


@settings(max_examples=80)
@given(st.one_of(edges(most=16), DENSE), RULES)
def test_chains_through_equals_its_oracle(found, rule):
    mirrored = [turned(edge) for edge in reversed(found)]
    behind = answers(found, rule)
    ahead = answers(mirrored, oracle.Rule(**{**vars(rule), "backwards": not rule.backwards}))
    for conserving, hops, starts in ((False, 0, 4), (True, 1, 5)):
        through = chains_through(
            behind[hops], behind[starts], ahead[hops], ahead[starts], rule.width
        )
        assert through.tolist() == [
            oracle.through(found, k, rule, conserving=conserving) for k in range(len(found))
        ]


def test_nothing_is_no_share_of_nothing():
    found = [Edge(0, 1, 1, 0), Edge(1, 2, 2, 0), Edge(2, 3, 3, 5)]
    hops, kept, *_ = answers(found, oracle.Rule(9, 5, 9, 9))
    assert (hops.tolist(), kept.tolist()) == ([1, 2, 3], [1, 1, 1])
