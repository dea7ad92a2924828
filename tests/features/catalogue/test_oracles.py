import numpy as np
import pytest
from hypothesis import given, settings
from oracles import statistics
from oracles.strategies import worlds

from features.catalogue import ALL
from features.workspace import Workspace

EARLIER = tuple(
    dict.fromkeys(
        earlier for feature in ALL if (earlier := feature.statistic.earlier()) is not None
    )
)


def assert_as_the_oracle_says(names, found, wanted):
    for column, name in enumerate(names):
        np.testing.assert_array_equal(found[:, column], wanted[column], err_msg=name)


@pytest.mark.parametrize("precision", ["second", "day"])
def test_every_feature_equals_its_slow_twin(precision):
    @settings(max_examples=15)
    @given(worlds(precision=precision))
    def compare(world):
        found = world.values(ALL)
        names = [feature.name for feature in ALL]
        wanted = [statistics.column(feature.statistic, world) for feature in ALL]
        assert_as_the_oracle_says(names, found, wanted)

    compare()


@settings(max_examples=15)
@given(worlds())
def test_every_own_past_equals_its_slow_twin(world):
    space = Workspace(world.history())
    found = np.column_stack([statistic.value(space) for statistic in EARLIER])
    wanted = [statistics.column(statistic, world) for statistic in EARLIER]
    assert_as_the_oracle_says([statistic.label for statistic in EARLIER], found, wanted)
