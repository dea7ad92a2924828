import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from features.kernels.layout import lay_rows


@given(st.integers(0, 30), st.integers(0, 12))
def test_columns_are_laid_row_by_row(count, width):
    columns = np.arange(float(count * width)).reshape(width, count)
    rows = np.full(count * width, np.nan)
    lay_rows(columns.ravel(), width, rows)
    np.testing.assert_array_equal(rows.reshape(count, width), columns.T)
