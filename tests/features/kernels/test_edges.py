"""What lies just at an edge: of an instant, of an account, of a bound."""

import numpy as np
import pytest
from oracles.ledgers import whole

from features.history.sieve import running_sums
from features.kernels.commission import smallest_between
from features.kernels.fifo import moved_between
from features.kernels.ledger import group_starts, grouped_order
from features.kernels.spike import spikes_between
from features.kernels.successor import successor_shares

ONE = np.zeros(1, np.int32)


def _adjacent(near, far, times, count):
    starts = group_starts(near, count)
    order = grouped_order(near, starts)
    return starts, times[order], far[order]


@pytest.mark.parametrize("few", [0, 12])
def test_a_payment_of_nothing_is_the_smallest_there_can_be(few):
    about = (ONE, whole([0]), whole([3]), whole([0, 3]), whole([0, 20, 10]))
    assert smallest_between(*about, whole([0]), whole([20]), few).tolist() == [0]


@pytest.mark.parametrize(
    ("times", "amounts", "wanted"),
    [
        ((10, 10, 20, 30, 40), (5, 5, 10, 10, 30), 20.0),
        ((5, 10, 20, 30, 40), (5, 5, 10, 10, 30), 20.0),
        ((5, 6, 10, 10, 20, 30, 40), (2, 3, 2, 3, 10, 10, 30), 20.0),
        ((5, 6, 7, 10, 20, 30, 40), (2, 3, 2, 3, 10, 10, 30), 20.0),
    ],
)
def test_a_stretch_holds_all_of_the_instant_it_ends_with(times, amounts, wanted):
    last = len(times)
    places = (whole([0]), whole([last - 1]), whole([last]))
    about = (ONE, whole([40]), *places, whole(times), running_sums(whole(amounts)))
    assert spikes_between(*about, 10, 3, 1).tolist() == [wanted]


@pytest.mark.parametrize(
    ("times", "amounts"), [((5, 15, 1), (5, 3, 4)), ((5, 15, 16, 1), (5, 1, 2, 4))]
)
def test_the_stretches_of_an_account_end_with_its_last_payment(times, amounts):
    """The next one's payments lie behind, and are earlier."""
    last = len(times) - 1
    places = (whole([0]), whole([last]), whole([last]))
    about = (ONE, whole([40]), *places, whole(times), running_sums(whole(amounts)))
    assert spikes_between(*about, 10, 3, 1).tolist() == [-1.5]


def test_a_silent_account_of_as_many_payments_as_the_bound_still_tells():
    edges = np.array([(0, 1, 3), (0, 2, 3), (9, 1, 4), (9, 2, 4)], np.int64)
    payer, payee = (np.ascontiguousarray(edges[:, k].astype(np.int32)) for k in (1, 2))
    times = np.ascontiguousarray(edges[:, 0])
    around = (*_adjacent(payee, payer, times, 5), *_adjacent(payer, payee, times, 5))
    shares, left_out = successor_shares(
        np.array([4], np.int32), whole([9]), *around, 9, 5, 2, 2, 99, 1
    )
    assert (shares.tolist(), left_out.tolist()) == ([1.0], [0])


def test_what_moved_ends_with_the_account():
    """The next one's money lies behind, and moved earlier."""
    ends = (whole([8, 1]), whole([9, 2]), whole([0, 10, 30]))
    assert moved_between(ONE, whole([9]), whole([0, 1, 2]), *ends, 5).tolist() == [10]
