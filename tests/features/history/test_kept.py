from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from features.history.kept import Kept


def test_what_many_threads_ask_for_at_once_is_made_once():
    kept, made, together = Kept(), [], Barrier(4)

    def ask(_):
        together.wait()
        return kept.get("key", lambda: made.append(1) or object())

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(ask, range(4)))
    assert len(made) == 1
    assert all(thing is found[0] for thing in found)
    assert kept.values() == [found[0]]


def test_a_failure_is_the_same_for_all_who_ask():
    kept = Kept()
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            kept.get("key", lambda: 1 // 0)
