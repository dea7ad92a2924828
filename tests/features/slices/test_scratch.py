import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.slices.scratch import Scratch


@given(st.integers(1, 9), st.integers(1, 4), st.integers(1, 9), st.data())
def test_what_is_written_in_parts_is_read_back_in_others(rows, width, step, data):
    columns = np.arange(5.0 * rows).reshape(5, rows)
    columns[2, ::2] = np.nan
    split = data.draw(st.permutations(range(5)))
    with Scratch() as scratch:
        for features in (split[:2], split[2:]):
            for first in range(0, rows, width):
                part = np.ascontiguousarray(columns[features, first : first + width])
                scratch.write(features, first, part, {})
        for first in range(0, rows, step):
            last = min(first + step, rows)
            found = np.full((5, last - first), -1.0)
            assert scratch.read(first, last, found) == {}
            np.testing.assert_array_equal(found, columns[:, first:last])


def test_columns_of_others_are_left_as_they_are():
    found = np.zeros((3, 4))
    with Scratch() as scratch:
        scratch.write([1], 2, np.array([[5.0, 6.0]]), {})
        scratch.read(0, 4, found)
    assert found.tolist() == [[0, 0, 0, 0], [0, 0, 5, 6], [0, 0, 0, 0]]


def test_what_was_left_out_is_told_once_and_added_up():
    with Scratch() as scratch:
        scratch.write([0], 0, np.zeros((1, 4)), {"a": 1})
        scratch.write([1], 0, np.zeros((1, 4)), {"a": 2, "b": 3})
        told = [scratch.read(first, first + 2, np.zeros((2, 2))) for first in (0, 2)]
    assert told == [{"a": 3, "b": 3}, {}]


def test_a_file_that_ends_early_is_an_error():
    with Scratch() as scratch:
        scratch.write([0], 0, np.zeros((1, 4)), {})
        scratch._file.truncate(8)
        with pytest.raises(OSError, match="ended early"):
            scratch.read(0, 4, np.zeros((1, 4)))
