import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from oracles import kernels
from oracles.ledgers import VALUES, cases, whole

from features.kernels.alike import alike_between, alike_ranges

ONE = np.array([0], np.int32)


@given(cases(), st.data())
def test_alike_between_equals_its_oracle(case, data):
    size = len(case.groups)
    smallest = whole(data.draw(st.lists(VALUES, min_size=size, max_size=size)))
    largest = smallest + whole(
        data.draw(st.lists(st.integers(-1, 3), min_size=size, max_size=size))
    )
    found = alike_between(case.groups, case.low, case.high, case.values, smallest, largest)
    assert found.tolist() == kernels.alike_between(
        case.low, case.high, case.values, smallest, largest
    )


@given(
    st.lists(st.one_of(st.integers(0, 3_000), st.integers(0, 2**61)), max_size=9),
    st.sampled_from(((950, 1050), (1005, 1111), (0, 1000), (1, 2000))),
)
def test_alike_ranges_equals_its_oracle(amounts, permille):
    smallest, largest = alike_ranges(whole(amounts), *permille)
    assert (smallest.tolist(), largest.tolist()) == kernels.alike_ranges(amounts, *permille)


def test_both_ends_of_the_range_belong_to_it():
    values = whole([10, 20, 20, 30])
    for smallest, largest, wanted in (
        (10, 20, 3),
        (11, 20, 2),
        (20, 20, 2),
        (21, 29, 0),
        (30, 10, 0),
    ):
        found = alike_between(
            ONE, whole([0]), whole([4]), values, whole([smallest]), whole([largest])
        )
        assert found.tolist() == [wanted]


def test_a_hub_of_many_equal_amounts_is_counted_right():
    size = 300
    anchors = whole(range(size))
    found = alike_between(
        np.zeros(size, np.int32),
        np.maximum(anchors - 50, 0),
        anchors + 1,
        anchors % 3,
        np.full(size, 1),
        np.full(size, 1),
    )
    wanted = [sum(1 for k in range(max(a - 50, 0), a + 1) if k % 3 == 1) for a in range(size)]
    assert found.tolist() == wanted


def hub(values, width):
    """Each event an anchor, with the events up to it as its window."""
    anchors = np.arange(len(values))
    low, high = np.maximum(anchors + 1 - width, 0), anchors + 1
    return np.zeros(len(values), np.int32), low, high, values


def test_a_hub_with_long_windows_is_counted_as_its_oracle_says():
    """Long enough for bins; amounts of all sizes, many of them equal, at both ends of a range."""
    chance = np.random.default_rng(2)
    amounts = np.concatenate((whole([0, 1, 2, 2**62, 2**63 - 1]), 10 ** np.arange(18)))
    values = np.concatenate((chance.choice(amounts, 1500), chance.integers(0, 10**4, 1500)))
    chance.shuffle(values)
    space = hub(values, 1500)
    permille = ((950, 1050), (1000, 1000), (1005, 1111), (0, 10**4))
    for low, high in permille:
        smallest = np.maximum(values // 1000 * low, 1)
        largest = np.minimum(values, 2**62 // 1000) // 100 * (high // 10)
        found = alike_between(*space, smallest, largest)
        wanted = kernels.alike_between(space[1], space[2], values, smallest, largest)
        assert found.tolist() == wanted


def test_a_value_is_counted_right_at_every_edge_of_a_bin():
    values = np.sort(np.concatenate([2**k + whole([-1, 0, 1]) for k in range(2, 62)] * 14))
    values = values[np.random.default_rng(0).permutation(len(values))]
    space = hub(values, len(values))
    for shift in (-1, 0, 1):
        found = alike_between(*space, values + shift, values + max(shift, 0))
        wanted = kernels.alike_between(
            space[1], space[2], values, values + shift, values + max(shift, 0)
        )
        assert found.tolist() == wanted
