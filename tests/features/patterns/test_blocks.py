"""Blocks and stacks: exact, bounded, and the same however the payments are cut or named."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles.patterns import blocks as oracle
from oracles.patterns.contract import check_order_and_names, check_slow_twins, check_some_rows
from oracles.strategies import CHANCE, worlds
from oracles.worlds import BASE, DAY, HOUR, Payment, World, same_bits

from features.patterns.blocks import BlockRule
from features.statistics.patterns.blocks import Block
from features.statistics.patterns.stacks import Stack, StackMember
from features.workspace import Workspace

WEEK = 7 * DAY
RULE = BlockRule(64, 3, 600, 72, 800, 1020)
MEASURES = ("butterflies", "senders", "receivers", "pairs")


def every(rule=RULE, width=WEEK):
    """Return each measure of blocks and stacks, in both directions of time."""
    found = [Block(width, ahead, rule, what) for what in MEASURES for ahead in (False, True)]
    stacks = [Stack(width, ahead, rule, kept) for kept in (False, True) for ahead in (False, True)]
    return [*found, *stacks, StackMember(width, True, rule)]


@st.composite
def crowds(draw, size=45):
    """Few accounts in three layers, some paying against the stream; few instants, some ties."""
    chance = draw(CHANCE)
    rows = []
    layers = chance.choice((("abc", "de", "fgh"), ("ab", "cd", "ef"), ("abcdefgh",) * 3))
    for n in range(size):
        layer = chance.choice((0, 0, 1, 1, 1, 2))
        payer, paid = chance.choice(layers[layer]), chance.choice(layers[(layer + 1) % 3])
        time = BASE + (layer * 2 + chance.choice((0, 1, 2, 6, 7))) * DAY
        time += chance.choice((0, 0, 0, 1, -1, HOUR))
        rows.append(Payment(f"{n:02}", time, payer, paid, amount=chance.choice((100, 90, 200))))
    return World.of(rows, as_of=BASE + chance.choice((11, 18, 30)) * DAY)


RULES = (RULE, BlockRule(6, 2, 600, 48, 800, 1020), BlockRule(3, 2, 1000, 72, 500, 2000))


@pytest.mark.parametrize("rule", RULES)
def test_every_measure_equals_its_slow_twin(rule):
    @settings(max_examples=40)
    @given(st.one_of(crowds(), crowds(), worlds(), worlds(precision="day")))
    def compare(world):
        check_slow_twins(oracle.VALUES, (*every(rule), *every(rule, 3 * DAY)), world)

    compare()


@given(crowds(), st.data())
def test_some_rows_asked_for_in_any_order_are_answered_as_all_rows_are(world, data):
    last = len(world.visible) - 1
    check_some_rows(every(RULES[1]), world, data.draw(st.lists(st.integers(0, last), max_size=8)))


@given(crowds(), st.randoms(use_true_random=False))
def test_names_and_the_order_of_an_instant_change_nothing(world, chance):
    check_order_and_names(every(RULES[1]), world, chance, "abcdefgh")


@settings(max_examples=15)
@given(crowds())
def test_evidence_lies_in_the_window_and_with_the_row_tells_the_value(world):
    space = Workspace(world.history())
    for statistic in every(RULES[1]):
        values = statistic.value(space)
        for at in np.flatnonzero(~np.isnan(values)):
            row = world.visible[at]
            rows = [world.visible[n] for n in statistic.evidence(space, at)]
            assert len({other.id for other in rows}) == len(rows)
            back, ahead = max(statistic.lookback, 1), max(statistic.lookahead, 1)
            assert all(row.time - back < other.time < row.time + ahead for other in rows)
            if getattr(statistic, "conserving", False) or not values[at]:
                continue  # what came and left is told by all of an account's payments
            if getattr(statistic, "measure", "") == "pairs":
                assert len({(other.sender, other.receiver) for other in rows}) == values[at]
                continue  # why a sender is one may lie in a receiver that is none
            alone = world.having({row, *rows})
            assert oracle.VALUES[type(statistic)](statistic, alone, row) == values[at]


@given(crowds(), st.integers(0, 13))
def test_only_what_lies_in_reach_is_an_input(world, day):
    cut = BASE + day * DAY
    for statistic in every(RULES[1]):
        whole = statistic.value(Workspace(world.history()))
        for kept in (
            [row for row in world.visible if row.time > cut - statistic.lookback],
            [row for row in world.visible if row.time < cut + max(statistic.lookahead, 1)],
        ):
            part = world.having(kept)
            found = statistic.value(Workspace(part.history()))
            for n, row in enumerate(part.visible):
                if row.time == cut:
                    place = next(m for m, other in enumerate(world.visible) if other is row)
                    assert same_bits(found[n : n + 1], whole[place : place + 1]).all()


def grid(senders, receivers, first=0, step=HOUR, amount=100):
    """Every sender pays every receiver, one payment a step."""
    pairs = [(s, r) for s in senders for r in receivers]
    return [
        Payment(f"{first}{n:02}", BASE + first * DAY + n * step, s, r, amount=amount)
        for n, (s, r) in enumerate(pairs)
    ]


def last_of(rows, statistic, **facts):
    return statistic.value(Workspace(World.of(rows, **facts).history()))[-1]


def first_of(rows, statistic):
    world = World.of(rows, as_of=BASE + 90 * DAY)
    return statistic.value(Workspace(world.history()))[0]


def test_the_last_payment_of_a_full_block_sees_all_of_it_and_so_does_the_first():
    rows = grid("abc", "wxyz")
    for see in (last_of, first_of):
        ahead = see is first_of
        values = [see(rows, Block(WEEK, ahead, RULE, what)) for what in MEASURES]
        assert values == [6, 2, 4, 12]


def test_a_block_of_two_by_two_is_a_butterfly_and_no_block():
    values = [last_of(grid("ab", "xy"), Block(WEEK, False, RULE, what)) for what in MEASURES]
    assert values == [1, 1, 2, 0]


def test_a_block_with_gaps_is_one_as_long_as_six_of_ten_pairs_are_there():
    rows = [row for row in grid("abcd", "wxyz") if row.sides != {"b", "w"}]
    assert last_of(rows, Block(WEEK, False, RULE, "pairs")) == 15


def test_a_receiver_that_everybody_pays_makes_no_block():
    rows = grid("ab", "xy")
    crowd = [Payment(f"9{n:02}", BASE, f"p{n}", "x") for n in range(64)]
    butterflies = Block(WEEK, False, RULE, "butterflies")
    assert last_of(rows, butterflies) == 1
    space = Workspace(World.of([*rows, *crowd]).history())
    assert butterflies.value(space)[-1] == 0
    assert sum(space.left_out.values()) > 0


def test_a_stack_is_seen_by_its_last_and_by_its_first_payment():
    rows = [*grid("ab", "mn"), *grid("mn", "yz", first=1)]
    assert last_of(rows, Stack(WEEK, False, RULE, False)) == 1
    assert first_of(rows, Stack(WEEK, True, RULE, False)) == 1


def test_the_layers_of_a_stack_follow_one_another():
    rows = [*grid("ab", "mn", first=1), *grid("mn", "yz")]
    assert last_of(rows, Stack(WEEK, False, RULE, False)) == 0


def test_a_middle_payment_of_three_layers_is_a_member():
    rows = [*grid("ab", "mn"), *grid("mn", "yz", first=1), *grid("yz", "pq", first=2)]
    history = World.of(rows, as_of=BASE + 90 * DAY).history()
    found = StackMember(WEEK, True, RULE).value(Workspace(history))
    assert found[:4].tolist() == found[8:].tolist() == [0, 0, 0, 0]
    assert found[4:8].tolist() == [1, 1, 1, 1]


@pytest.mark.parametrize(("amount", "wanted"), [(79, 0), (80, 1), (102, 1), (103, 0)])
def test_money_is_conserved_between_80_and_102_percent(amount, wanted):
    rows = [*grid("ab", "mn"), *grid("mn", "yz", first=1, amount=amount)]
    for see in (last_of, first_of):
        stack = Stack(WEEK, see is first_of, RULE, True)
        assert see(rows, stack) == wanted


def test_what_came_before_the_window_is_not_asked_after():
    """It came to another than the payment's sender, whose last payment is earlier."""
    rows = [*grid("ab", "mn"), *grid("mn", "yz", first=1)]
    early = Payment("e", BASE - 2 * DAY + 2 * HOUR, "x", "m", amount=10**6)
    assert last_of([early, *rows], Stack(3 * DAY, False, RULE, True)) == 1


def test_money_held_for_longer_than_the_window_is_refused():
    with pytest.raises(ValueError, match="longer"):
        Stack(DAY, False, RULE, False)


def test_a_hub_on_both_sides_is_counted_and_blows_nothing_up():
    chance = np.random.default_rng(0)
    rows = [
        Payment(f"{n:04}", BASE + int(chance.integers(0, 20)) * HOUR, *pair)
        for n, pair in enumerate(
            ("h", f"a{chance.integers(50)}") if n % 2 else (f"a{chance.integers(50)}", "h")
            for n in range(400)
        )
    ]
    space = Workspace(World.of(rows, as_of=BASE + 30 * DAY).history())
    for statistic in every():
        assert not statistic.value(space).any() or statistic.label.startswith("block_receivers")
    assert sum(space.left_out.values()) >= 2 * 400
