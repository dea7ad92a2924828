import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from oracles import kernels
from oracles.ledgers import VALUES, cases, whole

from features.kernels.alike import alike_between

ONE = np.array([0], np.int32)


@given(cases(), st.data())
def test_alike_between_equals_its_oracle(case, data):
    size = len(case.groups)
    smallest = whole(data.draw(st.lists(VALUES, min_size=size, max_size=size)))
    largest = smallest + whole(
        data.draw(st.lists(st.integers(-1, 3), min_size=size, max_size=size))
    )
    found = alike_between(
        case.groups, case.low, case.high, case.starts, case.values, smallest, largest
    )
    assert found.tolist() == kernels.alike_between(
        case.low, case.high, case.values, smallest, largest
    )


def test_both_ends_of_the_range_belong_to_it():
    values, starts = whole([10, 20, 20, 30]), whole([0, 4])
    for smallest, largest, wanted in (
        (10, 20, 3),
        (11, 20, 2),
        (20, 20, 2),
        (21, 29, 0),
        (30, 10, 0),
    ):
        found = alike_between(
            ONE, whole([0]), whole([4]), starts, values, whole([smallest]), whole([largest])
        )
        assert found.tolist() == [wanted]


def test_a_hub_of_many_equal_amounts_is_counted_right():
    size = 300
    anchors = whole(range(size))
    found = alike_between(
        np.zeros(size, np.int32),
        np.maximum(anchors - 50, 0),
        anchors + 1,
        whole([0, size]),
        anchors % 3,
        np.full(size, 1),
        np.full(size, 1),
    )
    wanted = [sum(1 for k in range(max(a - 50, 0), a + 1) if k % 3 == 1) for a in range(size)]
    assert found.tolist() == wanted
