"""Fans, blocks and stacks as they are listed: planted ones are found, whole and with roles."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracles.patterns import carriers as oracle
from oracles.strategies import CHANCE
from oracles.worlds import BASE, DAY, HOUR, Payment, World

from features.kernels.patterns.carriers import carried
from features.patterns.bipartite import blocks
from features.patterns.blocks import BlockRule
from features.patterns.carriers import stacks
from features.patterns.fans import FanRule, fans, new_edges

WEEK = 7 * DAY
FAN = FanRule(28, 950, 1050, 24, 3)
BLOCK = BlockRule(64, 3, 600, 72, 800, 1020)
SIDE = st.lists(
    st.lists(st.tuples(st.integers(0, 6), st.sampled_from((80, 100, 102, 50))), max_size=6),
    min_size=2,
    max_size=2,
)


def graph_of(rows):
    return World.of(rows).history().graph


def grid(senders, receivers, first=0, amount=100):
    return [
        Payment(f"{s}{r}", BASE + first * DAY + n * HOUR, s, r, amount=amount)
        for n, (s, r) in enumerate((s, r) for s in senders for r in receivers)
    ]


def shuffled(rows, seed):
    """Return the same payments with other names and ids."""
    chance = Random(seed)  # noqa: S311
    names = sorted({side for row in rows for side in row.sides})
    other = names.copy()
    chance.shuffle(other)
    new = dict(zip(names, other, strict=True))
    ids = [row.id for row in rows]
    chance.shuffle(ids)
    return [
        replace(row, id=id_, sender=new[row.sender], receiver=new[row.receiver])
        for row, id_ in zip(rows, ids, strict=True)
    ]


@pytest.mark.parametrize("flow", ["in", "out"])
def test_a_fan_is_listed_once_and_whole(flow):
    rows = [
        Payment(s, BASE + n * DAY, *(s, "z")[:: 1 if flow == "in" else -1])
        for n, s in enumerate("abcd")
    ]
    (found,) = fans(graph_of(rows), FAN, flow, WEEK, known_from=BASE)
    assert found.rows == (0, 1, 2, 3)
    assert found.strength == 4
    assert set(found.roles) == {"payer" if flow == "in" else "payee"}


def test_amounts_that_differ_make_a_fan_weaker():
    rows = [Payment(s, BASE + n, s, "z", amount=10 * 4**n) for n, s in enumerate("abcd")]
    (found,) = fans(graph_of(rows), FAN, "in", WEEK, known_from=BASE)
    amounts = np.array([row.amount for row in rows])
    assert found.strength == pytest.approx(4 / (1 + amounts.std() / amounts.mean()))


def test_legs_before_new_can_be_told_are_in_no_fan():
    rows = [Payment(s, BASE + n * DAY, s, "z") for n, s in enumerate("abcd")]
    assert not fans(graph_of(rows), FAN, "in", WEEK)
    assert not len(new_edges(graph_of(rows), FAN.horizon))
    assert len(new_edges(graph_of(rows), FAN.horizon, BASE)) == 4


def test_money_that_came_back_and_old_friends_make_no_fan():
    rows = [Payment(s, BASE + n, s, "z") for n, s in enumerate("abc")]
    back = Payment("9", BASE + DAY, "z", "a")
    assert not fans(graph_of([*rows, back]), FAN, "in", WEEK, known_from=BASE)
    before = replace(back, time=BASE - DAY)
    assert not fans(graph_of([*rows, before]), FAN, "in", WEEK, known_from=BASE)


def test_two_bursts_of_one_account_are_two_fans_the_larger_first():
    rows = [Payment(s, BASE + n * HOUR, s, "z") for n, s in enumerate("abc")]
    rows += [Payment(s, BASE + 20 * DAY + n * HOUR, s, "z") for n, s in enumerate("efgh")]
    found = fans(graph_of(rows), FAN, "in", WEEK, known_from=BASE)
    assert [len(one.rows) for one in found] == [4, 3]


@pytest.mark.parametrize("seed", range(5))
def test_a_block_is_listed_once_whatever_it_is_called(seed):
    rows = shuffled([*grid("abc", "wxyz"), Payment("n", BASE, "a", "q")], seed)
    (found,) = blocks(graph_of(rows), BLOCK, WEEK)
    assert (len(found.rows), found.strength) == (12, 12)
    assert set(found.roles) == {"originator to beneficiary"}


def test_two_blocks_that_share_nothing_are_two():
    rows = [*grid("abc", "wxyz"), *grid("efg", "rst", first=30)]
    assert [one.strength for one in blocks(graph_of(rows), BLOCK, WEEK)] == [12, 9]


@pytest.mark.parametrize("seed", range(5))
def test_a_stack_is_listed_with_its_layers(seed):
    rows = [
        *grid("abc", "mn", amount=100),
        *grid("mn", "xy", first=1, amount=140),
        *grid("xy", "p", first=2, amount=260),
    ]
    (found,) = stacks(graph_of(shuffled(rows, seed)), BLOCK, WEEK)
    assert found.strength == 4
    assert found.roles == ("layer 1",) * 6 + ("layer 2",) * 4 + ("layer 3",) * 2


def test_one_account_that_passes_on_is_no_stack():
    rows = [*grid("abc", "m"), *grid("m", "xyz", first=1)]
    assert not stacks(graph_of(rows), BLOCK, WEEK)


def test_layers_that_do_not_conserve_money_are_no_stack():
    rows = [*grid("a", "m"), *grid("m", "x", first=1, amount=70), *grid("x", "p", first=2)]
    assert not stacks(graph_of(rows), BLOCK, WEEK)


@given(CHANCE)
def test_names_and_the_order_of_an_instant_change_no_listing(chance):
    rows = [
        Payment(
            f"{n:02}",
            BASE + chance.randrange(6) * DAY,
            *chance.sample("abcdefgh", 2),
            amount=chance.choice((100, 90, 190)),
        )
        for n in range(40)
    ]
    one = graph_of(rows)
    other = graph_of(shuffled(rows, chance.randrange(1000)))
    for listed in (
        lambda graph: fans(graph, FAN, "in", WEEK, known_from=BASE),
        lambda graph: stacks(graph, BLOCK, WEEK),
    ):
        assert _told(listed(one)) == _told(listed(other))


def _told(instances):
    return sorted((one.strength, len(one.rows), sorted(one.roles)) for one in instances)


@given(SIDE, SIDE, st.sampled_from((1, 2, 4, 9)), st.integers(1, 4))
def test_carried_equals_its_oracle(received, paid, width, reach):
    received, paid = (
        [sorted(one, key=lambda x: x[0]) for one in side] for side in (received, paid)
    )
    rule = (width, 800, 1020, reach)
    sides = [_end_to_end(side) for side in (received, paid)]
    first, middle, stop, taken = carried(*sides[0], *sides[1], rule)
    wanted = oracle.carried(received, paid, rule)
    for account in range(2):
        at_in, at_out = sides[0][0][account], sides[1][0][account]
        for s in range(len(paid[account])):
            k = at_out + s
            found = (taken[k], first[k] - at_in, middle[k] - at_in, stop[k] - at_out)
            assert (found if stop[k] else None) == wanted.get((account, s))


def _end_to_end(side):
    starts = np.cumsum([0, *map(len, side)])
    rows = [row for one in side for row in one]
    return starts, *(np.array([row[n] for row in rows], np.int64) for n in (0, 1))
