from types import SimpleNamespace

import numpy as np
import pytest

from engine.candidates.view import MOST_COMPANY, MOST_EVIDENCE, View
from features.catalogue import CATALOGUE, COMPANY

ROWS = 3 * MOST_EVIDENCE


@pytest.fixture(params=range(3))
def history(request):
    """Rows with many ties, whose ids are in no order."""
    draw = np.random.default_rng(request.param)
    return SimpleNamespace(
        time=draw.integers(0, 4, ROWS),
        amount=draw.integers(1, 4, ROWS),
        suspicion=draw.integers(0, 3, ROWS).astype(np.int32),
        ids=[f"t{number:03}" for number in draw.permutation(ROWS)],
    )


def cited(history, features, rows):
    """What a view cites where each feature's evidence are some of the rows."""
    told = [
        SimpleNamespace(family=feature.family, evidence=lambda *_, own=own: own)
        for feature, own in zip(features, rows, strict=True)
    ]
    space = SimpleNamespace(history=history, rows=np.arange(ROWS))
    return View(space, (), None, None, None, history.ids, None).cited(told, 5)


def ordered(history, weight):
    """Rows from what weighs most, then the largest, then the earliest."""
    return sorted(
        range(ROWS),
        key=lambda row: (-weight[row], -history.amount[row], *place(history, row)),
    )


def place(history, row):
    return history.time[row], history.ids[row]


def in_time(history, rows):
    return [history.ids[row] for row in sorted(rows, key=lambda row: place(history, row))]


def test_of_too_many_rows_the_largest_are_cited(history):
    found = cited(history, CATALOGUE[:2], (np.arange(250), np.arange(200, ROWS)))
    largest = ordered(history, history.amount)[:MOST_EVIDENCE]
    assert found == (in_time(history, largest), ROWS)


def test_of_company_those_are_cited_that_make_up_most_of_it_and_all_are_counted(history):
    history.suspicion[:] = 1
    history.suspicion[[7, 30, 200]] = 1000, 200, 200
    found = cited(history, COMPANY[:1], (np.arange(ROWS),))
    assert found == (in_time(history, [7, 30, 200]), ROWS)


def test_of_too_much_company_the_most_suspicious_are_cited(history):
    found = cited(history, COMPANY[:1], (np.arange(ROWS),))
    most = ordered(history, history.suspicion)[:MOST_COMPANY]
    assert found == (in_time(history, most), ROWS)


def test_what_is_cited_beside_company_is_not_chosen_by_suspicion(history):
    history.suspicion[:] = 1
    history.suspicion[7] = 10_000
    found = cited(history, (CATALOGUE[0], COMPANY[0]), (np.arange(20, 50), np.arange(100)))
    assert found == (in_time(history, [7, *range(20, 50)]), 100)


def test_few_rows_are_all_cited_once_each_and_in_time_order(history):
    found, total = cited(history, CATALOGUE[:2], (np.arange(50), np.arange(40, 90)))
    wanted = sorted(range(90), key=lambda row: (history.time[row], history.ids[row]))
    assert found == [history.ids[row] for row in wanted]
    assert total == 90


def test_where_nothing_shows_a_value_the_row_itself_is_cited(history):
    nothing = np.empty(0, np.int64)
    for features in ((), CATALOGUE[:1]):
        assert cited(history, features, (nothing,) * len(features)) == ([history.ids[5]], 1)
