import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles.patterns import cycle as oracle
from oracles.patterns.edges import Edge, edges, graph

from features.kernels.patterns.closing import could_close
from features.kernels.patterns.cycle import cycles_by_length, cycles_closed, cycles_listed

RULES = st.builds(
    oracle.Rule,
    width=st.sampled_from((1, 3, 5, 9, 30)),
    limit=st.sampled_from((2, 3, 4, 6, 10)),
    hub=st.sampled_from((1, 2, 3, 50)),
    hold=st.sampled_from((1, 4, 30)),
    low=st.sampled_from((700, 800)),
    high=st.sampled_from((1020, 1300)),
    backwards=st.booleans(),
)
DENSE = edges(most=30, accounts=(3, 4, 5), times=(6, 12))


def answers(found, rule, asked=None):
    """Ask about edges by number, all of them by default."""
    whole = graph(found)
    wanted = np.arange(len(found)) if asked is None else np.array(asked, np.int64)
    return cycles_closed(
        wanted,
        (whole.source, whole.target, whole.time),
        whole.amount,
        whole.accounts,
        0,
        rule.width,
        rule.limit,
        rule.hub,
        (rule.low, rule.high, rule.hold),
        rule.backwards,
    )


@settings(max_examples=150)
@given(st.one_of(edges(), DENSE), RULES)
def test_cycles_closed_equals_its_oracle(found, rule):
    shortest, many, conserving, _, hubs, member = answers(found, rule)
    for k in range(len(found)):
        assert (shortest[k], many[k], conserving[k]) == oracle.measures(found, k, rule)
        if oracle.left_out(found, k, rule) is not None:
            assert not hubs[k]
    assert member.tolist() == oracle.member(found, range(len(found)), rule)


@settings(max_examples=60)
@given(st.one_of(edges(), DENSE), RULES)
def test_where_nothing_was_skipped_there_is_nothing_more_to_find(found, rule):
    _, many, _, skipped, hubs, _ = answers(found, rule)
    for k in range(len(found)):
        if not skipped[k] and not hubs[k]:
            assert many[k] == len(oracle.closed(found, k, rule.width, rule.limit))


@given(st.one_of(edges(), DENSE), RULES, st.data())
def test_asking_about_some_payments_gives_them_the_same_answers(found, rule, data):
    asked = sorted(data.draw(st.sets(st.integers(0, max(len(found) - 1, 0)), max_size=len(found))))
    *whole, _ = answers(found, rule)
    *some, member = answers(found, rule, asked)
    for one, other in zip(some, whole, strict=True):
        assert one.tolist() == other[asked].tolist()
    assert member.tolist() == oracle.member(found, asked, rule)[: max(asked, default=-1) + 1]


@given(st.one_of(edges(), DENSE), st.sampled_from((1, 3, 9)), st.sampled_from((0, 1, 4)), st.data())
def test_could_close_equals_its_oracle(found, width, after, data):
    asked = sorted(data.draw(st.sets(st.integers(0, max(len(found) - 1, 0)), max_size=len(found))))
    whole = graph(found)
    columns = (whole.source, whole.target, whole.time)
    told = could_close(np.array(asked, np.int64), columns, whole.accounts, width, after)
    assert told.tolist() == oracle.could_close(found, asked, width, after)


@given(st.one_of(edges(), DENSE), RULES)
def test_what_could_not_close_a_cycle_closes_none_and_skips_nothing(found, rule):
    whole = graph(found)
    columns = (whole.source, whole.target, whole.time)
    could = could_close(np.arange(len(found)), columns, whole.accounts, rule.width, 0)
    rest = np.setdiff1d(np.arange(len(found)), could)
    assert not any(told[rest].any() for told in answers(found, rule)[:5])


@settings(max_examples=80)
@given(st.one_of(edges(), DENSE), st.sampled_from((2, 3, 6)), st.sampled_from((3, 9, 30)))
def test_cycles_by_length_equals_its_oracle(found, limit, width):
    whole = graph(found)
    columns = (whole.source, whole.target, whole.time)
    tables = cycles_by_length(np.arange(len(found)), columns, whole.accounts, width, limit)
    for table, wanted in zip(tables, oracle.by_length(found, limit, width), strict=True):
        assert table.reshape(-1, limit + 1).tolist() == wanted


@settings(max_examples=80)
@given(st.one_of(edges(), DENSE), RULES)
def test_cycles_listed_names_every_payment_of_every_cycle_and_its_hop(found, rule):
    whole = graph(found)
    cycle, edge, hop = cycles_listed(
        np.arange(len(found)),
        (whole.source, whole.target, whole.time),
        whole.accounts,
        rule.width,
        rule.limit,
        rule.hub,
    )
    told = {}
    for number, k, at in zip(cycle.tolist(), edge.tolist(), hop.tolist(), strict=True):
        told.setdefault(number, set()).add((at, k))
    wanted = [
        {(at + 1, k) for way in c.ways for at, k in enumerate(way)}
        for closing in range(len(found))
        for c in oracle.bounded(found, closing, rule)
    ]
    assert sorted(map(sorted, told.values())) == sorted(map(sorted, wanted))


# Payments as "payer receiver time", and the cycles of 2, 3 and 4 hops that each closes, and those
# it can take part in: what Snap ML's Graph Feature Preprocessor 1.17.2 counts with a window of 100
# (ours is 101: it takes in both ends), told one payment at a time, and all at once.
KNOWN = (
    ("12+10 21+20", "000 100", "100 100"),
    ("12+10 23+20 31+30", "000 000 010", "010 010 010"),
    ("12+10 31+20 23+30", "000 000 000", "000 000 000"),
    ("12+10 23+10 31+30", "000 000 000", "000 000 000"),
    ("12+10 23+30 31+30", "000 000 000", "000 000 000"),
    ("12+10 12+11 23+20 23+21 31+30", "000 000 000 000 010", "010 010 010 010 010"),
    ("12+10 21+20 21+21", "000 100 100", "200 100 100"),
    ("12+10 21+20 12+30 21+40", "000 100 100 100", "200 200 200 100"),
    ("12+10 14+11 23+20 43+22 31+30", "000 000 000 000 020", "010 010 010 010 020"),
    ("12+0 21+100", "000 100", "100 100"),
    ("12+0 21+101", "000 000", "000 000"),
    ("12+1 23+2 32+3 21+4", "000 000 100 100", "100 100 100 100"),
    ("12+0 12+60 23+70 31+110", "000 000 000 010", "000 010 010 010"),
)


@pytest.mark.parametrize(("payments", "closed", "part"), KNOWN)
def test_counts_are_those_of_the_graph_feature_preprocessor(payments, closed, part):
    found = [
        Edge(int(pair[0]), int(pair[1]), int(time), 1)
        for pair, time in (payment.split("+") for payment in payments.split())
    ]
    whole = graph(found)
    columns = (whole.source, whole.target, whole.time)
    tables = cycles_by_length(np.arange(len(found)), columns, whole.accounts, 101, 4)
    for table, wanted in zip(tables, (closed, part), strict=True):
        told = ["".join(map(str, row[2:])) for row in table.reshape(-1, 5).tolist()]
        assert told == wanted.split()


def test_nothing_is_no_share_of_nothing():
    found = [Edge(0, 1, 1, 0), Edge(1, 0, 2, 0)]
    shortest, _, conserving, *_ = answers(found, oracle.Rule(9, 5, 9))
    assert (shortest.tolist(), conserving.tolist()) == ([0, 2], [0, 0])
