import numpy as np
import pytest

from engine.booster import single_columns, singles


@pytest.mark.parametrize("lie", [np.ascontiguousarray, np.asfortranarray])
@pytest.mark.parametrize("with_logits", [False, True])
def test_trees_see_the_same_row_by_row_and_column_by_column(unseen, lie, with_logits):
    X, logits = lie(unseen.X), unseen.X[:, :2] if with_logits else None
    rows, columns = singles(X, logits), single_columns(X, logits)
    wanted = (unseen.X if logits is None else np.hstack([unseen.X, logits])).astype(np.float32)
    assert rows.dtype == columns.dtype == np.float32
    assert np.array_equal(rows, wanted, equal_nan=True)
    assert np.array_equal(columns, wanted, equal_nan=True)
    assert rows.flags.c_contiguous
    assert columns.T.flags.c_contiguous


def test_what_is_beyond_float32_counts_as_its_largest():
    X = np.array([[1e300, -1e300, 3.5e38, 1e-300, np.nan]])
    largest = np.finfo(np.float32).max
    wanted = np.array([[largest, -largest, largest, 0.0, np.nan]], np.float32)
    assert np.array_equal(singles(X, None), wanted, equal_nan=True)
