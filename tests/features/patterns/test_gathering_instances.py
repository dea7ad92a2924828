"""All scatter-gathers and gather-scatters of a history."""

from collections import Counter
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles.patterns.edges import edges, graph
from oracles.worlds import BASE, DAY, HOUR, Payment, World

from features.patterns import scatter_gathers
from features.patterns.carriers import CarrierSearch
from features.patterns.groups import grouped
from features.patterns.novelty import relations
from features.patterns.stacks import gather_scatters

SPLITS = scatter_gathers.Search(days=28, least=2, memory=64, busy=500, new_days=90, most=60)
HUBS = CarrierSearch(
    days=28,
    new_days=90,
    low_permille=850,
    high_permille=1020,
    reach=30,
    link_permille=3,
    shared=60,
    least=3,
    most=60,
)
CHANCE = st.randoms(use_true_random=True)


def noise(chance, rows, accounts=400, days=120):
    """Payments among accounts that mostly pay a few partners."""
    for number in range(rows):
        sender = chance.randrange(accounts)
        partners = (7 * sender + 1, 7 * sender + 31, chance.randrange(accounts))
        receiver = chance.choice(partners) % accounts
        time = BASE + chance.randrange(days * 24) * HOUR + number
        yield Payment(
            f"n{number:05}", time, f"n{sender}", f"n{receiver}", chance.randrange(1, 10**6)
        )


def splits(origins, middles, ends):
    """Each origin pays each middle account in a first week, and these the ends in the next."""
    start = BASE + 60 * DAY
    for k, middle in enumerate(middles):
        for j, origin in enumerate(origins):
            yield Payment(f"pa{origin}{middle}", start + k * HOUR + j, origin, middle, 5000 + k)
        for j, end in enumerate(ends):
            time = start + 7 * DAY + k * HOUR + j
            yield Payment(f"pb{middle}{end}", time, middle, end, 4000 + k)


def gathers(hub, payers, payees):
    """Payers pay the hub, which then pays 96 % to payees."""
    start = BASE + 60 * DAY
    for k, payer in enumerate(payers):
        yield Payment(f"pa{payer}", start + k * HOUR, payer, hub, 60_000)
    each = 60_000 * len(payers) * 96 // 100 // len(payees)
    for k, payee in enumerate(payees):
        yield Payment(f"pb{payee}", start + DAY + k * HOUR, hub, payee, each)


def ids(world, instance):
    return [world.visible[row].id for row in instance.rows]


@settings(max_examples=10)
@given(CHANCE, st.sampled_from([(1, 4, 1), (2, 3, 2), (3, 5, 1)]))
def test_a_planted_split_is_the_strongest_instance_and_reported_once(chance, sizes):
    origins, middles, ends = sizes
    names = (range(n, n + size) for n, size in ((0, origins), (10, middles), (20, ends)))
    planted = list(splits(*([f"n{name}" for name in group] for group in names)))
    world = World.of([*noise(chance, 2000), *planted])
    found = scatter_gathers.instances(world.history().graph, SPLITS)
    wanted = {row.id for row in planted}
    assert wanted <= set(ids(world, found[0]))
    assert len(found[0].rows) <= 1.3 * len(wanted)
    assert sum(len(wanted & set(ids(world, one))) > len(wanted) / 2 for one in found) == 1
    roles = dict(zip(ids(world, found[0]), found[0].roles, strict=True))
    assert {roles[name] for name in wanted if name[1] == "a"} == {"scatter leg"}
    assert {roles[name] for name in wanted if name[1] == "b"} == {"gather leg"}


@settings(max_examples=5)
@given(CHANCE)
def test_a_planted_hub_is_the_strongest_instance(chance):
    payers, payees = ([f"n{k}" for k in group] for group in (range(20, 26), range(50, 57)))
    planted = list(gathers("hub", payers, payees))
    world = World.of([*noise(chance, 1500), *planted])
    found = gather_scatters(world.history().graph, HUBS)
    assert set(ids(world, found[0])) == {row.id for row in planted}
    assert Counter(found[0].roles) == {"gather": 6, "scatter": 7}


def test_two_hubs_with_the_same_outer_accounts_are_one_instance():
    rows = [*gathers("h", "ab", "xy"), *gathers("i", "ab", "xy")]
    rows += [Payment("", BASE + n * DAY, f"s{n}", f"r{n}") for n in range(100)]
    named = [Payment(f"{k}", r.time, r.sender, r.receiver, r.amount) for k, r in enumerate(rows)]
    (found,) = gather_scatters(World.of(named).history().graph, HUBS)
    assert len(found.rows) == 8
    assert Counter(found.roles) == {"gather": 4, "scatter": 4}


def test_old_acquaintances_are_in_no_split():
    rows = list(splits(["s"], ["i", "j"], ["t"]))
    known = [Payment(f"o{r.id}", r.time - 40 * DAY, r.sender, r.receiver) for r in rows[:1]]
    found = [
        scatter_gathers.instances(World.of(world).history().graph, SPLITS)
        for world in (rows, [*known, *rows])
    ]
    assert [len(each) for each in found] == [1, 0]


@given(CHANCE)
def test_names_and_the_order_of_rows_change_no_instance(chance):
    world = World.of([*noise(chance, 60, accounts=8, days=30)])
    names = dict(zip([f"n{k}" for k in range(8)], chance.sample("abcdefgh", 8), strict=True))
    other = World.of(
        Payment(r.id, r.time, names[r.sender], names[r.receiver], r.amount) for r in world.rows
    )
    graphs = world.history().graph, other.history().graph
    for find, search in ((scatter_gathers.instances, SPLITS), (gather_scatters, HUBS)):
        one, two = (find(graph, search) for graph in graphs)
        assert sorted((i.rows, i.roles) for i in one) == sorted((i.rows, i.roles) for i in two)


@given(edges(accounts=(3, 4)), st.sampled_from((1, 2, 5, 30)), st.sampled_from((1, 3, 9)))
def test_relations_are_what_runs_once_and_one_way(found, horizon, width):
    told = relations(graph(found), horizon, width)
    for k, edge in enumerate(found):
        own = _relation(found, edge, horizon)
        once = len({e.source for e in own}) == 1
        once &= max(e.time for e in own) - min(e.time for e in own) < width
        assert (told[k] >= 0) == once
        if once:
            assert sorted(found[n] for n in np.flatnonzero(told == told[k])) == sorted(own)


def _relation(found, edge, horizon):
    """Return the edges between an edge's accounts that no pause parts from it."""
    pair = {edge.source, edge.target}
    both = [e for e in found if {e.source, e.target} == pair]
    times = sorted({e.time for e in both})
    cuts = [b for a, b in pairwise(times) if b - a >= horizon]
    begin = max((t for t in cuts if t <= edge.time), default=times[0])
    end = min((t for t in cuts if t > edge.time), default=times[-1] + 1)
    return [e for e in both if begin <= e.time < end]


@given(CHANCE)
def test_a_group_does_not_depend_on_the_order_of_equal_links(chance):
    links = [(float(chance.randrange(3)), *chance.sample(range(8), 2)) for _ in range(8)]
    members = [{n, n + chance.randrange(3)} for n in range(8)]
    one, other = (grouped(members, way, 5) for way in (links, chance.sample(links, len(links))))
    assert sorted(map(sorted, one[0])) == sorted(map(sorted, other[0]))
    assert one[1] == other[1]
    assert all(len(g) == 1 or len(set().union(*(members[k] for k in g))) <= 5 for g in one[0])


def test_an_empty_history_has_no_instances():
    empty = World.of([]).history().graph
    assert scatter_gathers.instances(empty, SPLITS) == []
    assert gather_scatters(empty, HUBS) == []
    assert relations(empty, 9, 3).tolist() == []
