import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from oracles import kernels
from oracles.ledgers import places, whole

from features.kernels.layout import spread_parts, spread_whole


@given(
    st.integers(0, 9).flatmap(lambda n: st.tuples(st.just(n), st.permutations(range(n)))), st.data()
)
def test_spread_whole_equals_its_oracle(case, data):
    count, order = case
    position = places(order[: data.draw(st.sampled_from((count // 2, count)))])
    values = whole(position) * 3 - 2**62
    found = spread_whole(values, position, count)
    np.testing.assert_array_equal(found, kernels.spread_whole(values, position, count))
    parts = values / 7
    found = spread_parts(parts, position, count)
    np.testing.assert_array_equal(found, kernels.spread_parts(parts, position, count))
