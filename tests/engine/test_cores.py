import numpy as np
import pytest

from engine import cores
from engine.cores import on_all_cores
from features.errors import InputError

X = np.arange(60.0).reshape(20, 3)
NAMES = ("a", "b", "c")


@pytest.mark.parametrize("lie", [np.ascontiguousarray, np.asfortranarray])
@pytest.mark.parametrize("together", [1, 7, 20, 1_024])
def test_every_row_is_worked_on_once_and_in_order(monkeypatch, lie, together):
    monkeypatch.setattr(cores, "TOGETHER", together)
    parts = on_all_cores(lambda rows: (rows.copy(), rows.T.flags.c_contiguous), lie(X), NAMES)
    assert max(len(rows) for rows, _ in parts) <= together
    assert np.array_equal(np.concatenate([rows for rows, _ in parts]), X)
    assert all(by_column for _, by_column in parts)


def test_no_rows_are_no_work():
    assert on_all_cores(len, X[:0], NAMES) == []


def test_an_infinite_value_is_refused_wherever_it_lies_and_counted_over_all_rows(monkeypatch):
    monkeypatch.setattr(cores, "TOGETHER", 4)
    broken = X.copy()
    broken[[3, 17], 1] = np.inf
    with pytest.raises(InputError) as refused:
        on_all_cores(len, broken, NAMES)
    assert "b: 2 rows infinite" in str(refused.value)
