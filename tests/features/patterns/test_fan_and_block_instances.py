"""Fans, blocks and stacks as they are listed: planted ones are found, whole and with roles."""

from collections import Counter
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles.patterns import bursts as burst_oracle
from oracles.patterns import carriers as carrier_oracle
from oracles.patterns.edges import edges, graph
from oracles.strategies import CHANCE
from oracles.worlds import BASE, DAY, HOUR, Payment, World

from features.kernels.patterns.bursts import bursts
from features.kernels.patterns.carriers import carried
from features.patterns.bipartite import blocks
from features.patterns.blocks import BlockRule
from features.patterns.carriers import CarrierSearch
from features.patterns.fans import FanSearch, fans
from features.patterns.stacks import gather_scatters, stacks

WEEK = 7 * DAY
FAN = FanSearch(days=7, new_days=28, least=3, most=20)
CARRIER = CarrierSearch(
    days=7,
    new_days=28,
    low_permille=800,
    high_permille=1020,
    reach=10,
    link_permille=300,
    shared=20,
    least=3,
    most=30,
)
BLOCK = BlockRule(64, 3, 600, 72, 800, 1020)


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


def others(count=60, days=90):
    """Payments between accounts that take no part, one pair each."""
    return [
        Payment(f"o{n:03}", BASE + n * days * DAY // count, f"o{n}", f"p{n}", amount=7)
        for n in range(count)
    ]


def fan(names, first=0, flow="in", amount=100):
    return [
        Payment(
            f"{first}{s}", BASE + first * DAY + n * HOUR, *(s, "z")[:: 1 if flow == "in" else -1]
        )
        for n, s in enumerate(names)
    ]


@pytest.mark.parametrize("flow", ["in", "out"])
def test_a_fan_is_listed_once_and_whole(flow):
    (found,) = fans(graph_of([*fan("abcd", 40, flow), *others()]), FAN, flow)
    assert len(found.rows) == 4
    assert set(found.roles) == {"payer" if flow == "in" else "payee"}


def test_amounts_that_differ_make_a_fan_weaker():
    rows = fan("abcd", 40)
    unlike = [replace(row, amount=10 * 4**n) for n, row in enumerate(rows)]
    (one,), (other,) = (fans(graph_of([*legs, *others()]), FAN, "in") for legs in (rows, unlike))
    amounts = np.array([row.amount for row in unlike])
    assert one.strength / other.strength == pytest.approx(1 + amounts.std() / amounts.mean())


def test_as_many_legs_surprise_less_of_an_account_that_always_has_many():
    often = [row for day in range(0, 90, 9) for row in fan("efg"[: 1 + day % 2], day)]
    often = [replace(row, sender=f"{row.sender}{row.id}") for row in often]
    strengths = [
        fans(graph_of([*fan("abcd", 41), *more, *others()]), FAN, "in")[0].strength
        for more in ([], often)
    ]
    assert strengths[0] > strengths[1]


def test_what_is_new_to_everyone_is_less_surprising():
    then = [replace(row, time=BASE + 40 * DAY + n) for n, row in enumerate(others())]
    strengths = [
        fans(graph_of([*fan("abcd", 40), *rest]), FAN, "in")[0].strength
        for rest in (others(), then)
    ]
    assert strengths[0] > strengths[1]


@pytest.mark.parametrize("day", [-1, 1, 20, 60])
def test_who_dealt_before_or_deals_again_is_no_leg(day):
    again = Payment("again", BASE + (40 + day) * DAY, "z", "a")
    found = fans(graph_of([*fan("abcd", 40), again, *others()]), FAN, "in")
    assert [len(one.rows) for one in found] == [3 if abs(day) < 28 else 4]


def test_two_bursts_of_one_account_are_two_fans_the_larger_first():
    rows = [*fan("abc", 10), *fan("efgh", 40), *others()]
    assert [len(one.rows) for one in fans(graph_of(rows), FAN, "in")] == [4, 3]


def test_a_fan_too_large_to_read_is_cut_and_counted():
    left_out = Counter()
    rows = [*fan([f"n{n:02}" for n in range(45)], 40), *others()]
    found = fans(graph_of(rows), FAN, "in", left_out)
    assert max(len(one.rows) for one in found) == FAN.most
    assert left_out["fan_in: windows cut at the most legs"] > 0


@pytest.mark.parametrize("seed", range(5))
def test_a_block_is_listed_once_whatever_it_is_called(seed):
    rows = shuffled([*grid("abc", "wxyz"), Payment("n", BASE, "a", "q")], seed)
    (found,) = blocks(graph_of(rows), BLOCK, WEEK)
    assert (len(found.rows), found.strength) == (12, 12)
    assert set(found.roles) == {"originator to beneficiary"}


def test_two_blocks_that_share_nothing_are_two():
    rows = [*grid("abc", "wxyz"), *grid("efg", "rst", first=30)]
    assert [one.strength for one in blocks(graph_of(rows), BLOCK, WEEK)] == [12, 9]


def stack(first=40):
    return [
        *grid("abc", "mn", first, amount=100),
        *grid("mn", "xy", first + 1, amount=140),
        *grid("xy", "p", first + 2, amount=260),
    ]


@pytest.mark.parametrize("seed", range(5))
def test_a_stack_is_listed_with_its_layers(seed):
    (found,) = stacks(graph_of(shuffled([*stack(), *others()], seed)), CARRIER)
    assert found.roles == ("layer 1",) * 6 + ("layer 2",) * 4 + ("layer 3",) * 2


def test_carriers_side_by_side_are_one_stack_and_one_gather_scatter():
    rows = [*grid("abc", "mn", 40), *grid("mn", "xy", 41, amount=140), *others()]
    for find in (stacks, gather_scatters):
        (found,) = find(graph_of(rows), CARRIER)
        assert len(found.rows) == 10


def test_one_account_that_passes_on_is_a_gather_scatter_and_no_stack():
    rows = [*grid("abc", "m", 40), *grid("m", "xyz", first=41), *others()]
    assert not stacks(graph_of(rows), CARRIER)
    (found,) = gather_scatters(graph_of(rows), CARRIER)
    assert found.roles == ("gather",) * 3 + ("scatter",) * 3


def test_layers_that_do_not_conserve_money_are_no_stack():
    rows = [*grid("a", "m", 40), *grid("m", "x", 41, amount=70), *grid("x", "p", 42), *others()]
    assert not stacks(graph_of(rows), CARRIER)


def test_what_would_be_too_large_to_read_stays_apart_and_is_counted():
    left_out = Counter()
    found = stacks(graph_of([*stack(), *others()]), replace(CARRIER, most=11), left_out)
    assert max(len(one.rows) for one in found) <= 11
    assert left_out["carriers: groups with too many payments"] == 1


@pytest.mark.parametrize(("payers", "payees"), [("abc", "x"), ("ab", "xyz")])
def test_a_carrier_with_more_payments_than_are_tried_is_counted(payers, payees):
    left_out = Counter()
    rows = [*grid(payers, "m", 40, amount=60), *grid("m", payees, 41, amount=38), *others()]
    gather_scatters(graph_of(rows), replace(CARRIER, reach=2), left_out)
    assert left_out["carriers: payments with too many around them"] == 1


def test_an_account_that_deals_with_many_carriers_links_none_and_is_counted():
    left_out = Counter()
    rows = [*grid("a", "mnopq", 40), *grid("mnopq", "x", 41, amount=95), *others()]
    assert stacks(graph_of(rows), CARRIER)
    assert not stacks(graph_of(rows), replace(CARRIER, shared=4), left_out)
    assert left_out["carriers: outside accounts with too many carriers"] == 2


@given(CHANCE)
def test_names_and_the_order_of_an_instant_change_no_listing(chance):
    rows = [
        Payment(
            f"{n:02}",
            BASE + chance.randrange(6) * DAY,
            *chance.sample("abcdefghijklmnop", 2),
            amount=chance.choice((100, 90, 190)),
        )
        for n in range(40)
    ]
    one = graph_of(rows)
    other = graph_of(shuffled(rows, chance.randrange(1000)))
    for listed in (
        lambda graph: fans(graph, FAN, "in"),
        lambda graph: stacks(graph, CARRIER),
        lambda graph: gather_scatters(graph, CARRIER),
    ):
        assert _told(listed(one)) == _told(listed(other))


def _told(instances):
    return sorted((one.strength, len(one.rows), sorted(one.roles)) for one in instances)


@settings(max_examples=300)
@given(edges(accounts=(3, 4)), st.sampled_from((1, 3, 5, 30)), st.integers(1, 4), st.booleans())
def test_carried_equals_its_oracle(drawn, width, reach, few):
    whole = graph(drawn)
    into, out = whole.incoming, whole.outgoing
    mean, rule = 0.5 if few else 20.0, (width, 800, 1020, reach)
    sides = [
        (side.starts, side.time, side.amount, *_counts(side.time, whole.time))
        for side in (into, out)
    ]
    first, middle, stop, value, _ = carried(*sides, mean, rule)
    told = [
        [
            list(zip(time.tolist(), amount.tolist(), strict=True))
            for time, amount in zip(
                *(np.split(column, side.starts[1:-1]) for column in (side.time, side.amount)),
                strict=True,
            )
        ]
        for side in (into, out)
    ]
    wanted = carrier_oracle.carried(*told, mean, rule)
    for account, start in enumerate(out.starts[:-1]):
        for k in range(start, out.starts[account + 1]):
            *run, surprise = wanted.get((account, k - start), (0,) * 4)
            begin = into.starts[account]
            found = (first[k] - begin, middle[k] - begin, stop[k] - start) if stop[k] else (0,) * 3
            assert value[k] == pytest.approx(surprise)
            assert found == tuple(run)


@given(
    st.lists(st.lists(st.integers(0, 8), max_size=9), min_size=2, max_size=3),
    st.sampled_from((1, 2, 4, 9)),
    st.integers(1, 3),
    st.integers(3, 5),
)
def test_bursts_equals_its_oracle(sides, width, least, most):
    sides = [sorted(side) for side in sides]
    times = np.sort([time for side in sides for time in side])
    starts, time = (
        np.cumsum([0, *map(len, sides)]),
        np.array([t for s in sides for t in s], np.int64),
    )
    before, until = _counts(time, times)
    rule = (width, least, most)
    stop, value, more = bursts(starts, time, before, until, 0.5, rule)
    wanted = burst_oracle.bursts(sides, 0.5, rule)
    for account, side in enumerate(sides):
        for a in range(len(side)):
            k = starts[account] + a
            end, surprise = wanted.get((account, a), (0, 0))
            assert (stop[k] - starts[account] if stop[k] else 0) == end
            assert value[k] == pytest.approx(surprise)
            crowded = sum(side[a] <= t < side[a] + width for t in side[a:]) > most
            assert more[k] == (crowded and len(side) >= least and side[a - 1 : a] != [side[a]])


def _counts(time, times):
    return [np.searchsorted(times, time, way).astype(np.int64) for way in ("left", "right")]
