import numpy as np
import pytest
from hypothesis import given
from numba import njit
from oracles.ledgers import cases

from features.kernels.ahead import fetch_ahead


@njit
def asked_for(groups, low, high, values):
    """Walk over the anchors, and return up to which each step has asked."""
    found, asked = np.empty(len(groups), np.int64), 0
    for k in range(len(groups)):
        asked = fetch_ahead(groups, low, high, values, asked, k)
        found[k] = asked
    return found


@given(cases())
def test_every_anchor_is_asked_for_before_its_turn_and_nothing_changes(case):
    before = case.values.copy()
    found = asked_for(case.groups, case.low, case.high, case.values)
    size = len(case.groups)
    assert found.tolist() == [min(k + 16, size) for k in range(size)]
    np.testing.assert_array_equal(case.values, before)


@pytest.mark.parametrize("kind", [np.int64, np.int32])
def test_numbers_of_both_sizes_are_asked_for_past_what_a_line_holds(kind):
    groups, edges = np.zeros(40, np.int32), np.arange(40)
    values = np.arange(400).astype(kind)
    assert asked_for(groups, edges, edges + 300, values)[-1] == 40
