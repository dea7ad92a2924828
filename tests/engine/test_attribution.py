import numpy as np
import pytest

from engine.attribution import ReceiptError, divide, receipt, rescale


def test_dividing_keeps_the_sum_and_the_sign():
    draw = np.random.default_rng(0)
    amount, parts = draw.standard_normal(500), draw.standard_normal((500, 7))
    divided = divide(amount, parts)
    assert np.allclose(divided.sum(axis=1), amount, rtol=1e-12)
    assert (divided * amount[:, None] >= 0).all()
    same = parts * amount[:, None] > 0
    assert not divided[~same & same.any(axis=1, keepdims=True)].any()


def test_without_a_part_of_the_sign_sizes_decide_and_then_all_get_the_same():
    parts = np.array([[-1.0, -3.0], [0.0, 0.0], [5e-324, 0.0]])
    divided = divide(np.array([4.0, 4.0, 4.0]), parts)
    assert divided.tolist() == [[1.0, 3.0], [2.0, 2.0], [4.0, 0.0]]


def test_rescaling_keeps_the_sum_and_passes_nothing_on_where_parts_cancel():
    parts = np.array([[3.0, -1.0], [1.0, -1.0]])
    rescaled = rescale(parts, parts.sum(axis=1), np.array([5.0, 1e-13]))
    assert rescaled.tolist() == [[7.5, -2.5], [0.0, 0.0]]


def test_a_receipt_that_does_not_add_up_is_an_error():
    base, parts = np.zeros(2), np.array([[1.0, 1.0], [1.0, 1.0]])
    stated = receipt(base, parts, np.array([2.0, 2.00009]))
    assert np.allclose(stated.difference, [0.0, 9e-5])
    with pytest.raises(ReceiptError, match=r"1 rows do not add up \(first: row 1"):
        receipt(base, parts, np.array([2.0, 2.001]))
    with pytest.raises(ReceiptError):
        receipt(base, parts, np.array([2.0, np.nan]))
