import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracles import statistics as oracle
from oracles.strategies import worlds
from oracles.worlds import BASE, DAY, HOUR, Payment, World

from features.catalogue.lenses import LENSES, PAIR, PAIR_BACK, SENDER_OUT
from features.filters import Every, Known
from features.statistics import Total
from features.windows import SAME_INSTANT, Window, leading, strictly_before, trailing
from features.workspace import Workspace

ALL_LENSES = (*LENSES, PAIR, PAIR_BACK)
WINDOWS = (trailing(HOUR), leading(DAY), strictly_before(7 * DAY), SAME_INSTANT, Window(-5, -3))


@pytest.mark.parametrize("lens", ALL_LENSES, ids=lambda lens: lens.label)
def test_the_events_of_a_row_are_those_of_its_lens_and_window(lens):
    @given(worlds())
    def compare(world):
        space = Workspace(world.history())
        for window in WINDOWS:
            for at, row in enumerate(world.visible):
                wanted = [
                    number
                    for number, other in enumerate(world.visible)
                    if oracle.has_subject(lens, row)
                    and oracle.belongs(lens, row, other)
                    and oracle.in_window(window, row, other)
                ]
                assert sorted(space.events(lens, window, at).tolist()) == wanted

    compare()


@pytest.mark.parametrize("lens", ALL_LENSES, ids=lambda lens: lens.label)
def test_anchors_are_the_rows_with_the_subject_in_runs_of_one_group_in_time_order(lens):
    @given(worlds())
    def check(world):
        anchors = Workspace(world.history()).anchors(lens)
        wanted = [n for n, row in enumerate(world.visible) if oracle.has_subject(lens, row)]
        assert sorted(anchors.position.tolist()) == wanted
        runs = [
            g
            for g, before in zip(anchors.groups, [-2, *anchors.groups], strict=False)
            if g != before and g >= 0
        ]
        assert len(runs) == len(set(runs))
        for group in runs:
            times = anchors.time[anchors.groups == group]
            assert (np.diff(times) >= 0).all()

    check()


def test_what_two_statistics_share_is_computed_once():
    space = Workspace(World.of([Payment("1", BASE), Payment("2", BASE + 1)]).history())
    edge = space.edge(SENDER_OUT, -DAY)
    running = space.running(SENDER_OUT, Known(), weighed=True)
    Total(SENDER_OUT, trailing(DAY), Known(), weighed=True).value(space)
    assert space.edge(SENDER_OUT, -DAY) is edge
    assert space.running(SENDER_OUT, Known(), weighed=True) is running
    assert space.running(SENDER_OUT, Every(), weighed=True) is not running


@pytest.mark.parametrize(("short", "known"), [(0, True), (1, False)])
def test_a_value_is_known_from_the_instant_its_window_is_over_and_its_history_covered(short, known):
    row = [Payment("1", BASE)]
    over = Workspace(World.of(row, as_of=BASE + DAY - short).history())
    assert np.isnan(over.known(np.zeros(1), leading(DAY))).tolist() == [not known]
    begun = Workspace(World.of(row, coverage_from=BASE - DAY + short).history())
    blank = begun.known(np.zeros(1), trailing(DAY), history_needed=DAY)
    assert np.isnan(blank).tolist() == [not known]
    assert begun.known(np.zeros(1), trailing(DAY)).tolist() == [0]


@given(worlds(), st.data())
def test_what_a_filter_keeps_is_told_of_all_rows_and_of_those_asked_about(world, data):
    history = world.history()
    numbers = st.lists(st.integers(0, max(len(history) - 1, 0)), max_size=9 * len(history))
    rows = np.array(data.draw(numbers) if len(history) else [], np.int64)
    space = Workspace(history, rows)
    for condition in (Every(), Known()):
        wanted = condition.mask(history)
        np.testing.assert_array_equal(space.mask(condition), wanted)
        np.testing.assert_array_equal(space.holds(condition), wanted[rows])


def test_no_rows_are_no_trouble():
    space = Workspace(World.of([]).history())
    for lens in ALL_LENSES:
        assert Total(lens, trailing(DAY)).value(space).shape == (0,)
