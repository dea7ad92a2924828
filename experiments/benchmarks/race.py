"""Contestants run by turns, so that a slow minute of the machine falls on all of them.

Memory is made ready before, for all alike. A virtual machine's host hands out a page when it is
touched for the first time, and takes longer for it than many a contestant for what it then writes
there: whoever ran first would pay for all who come later. So as much memory as is at hand, up to
``_READY``, is touched once and given back. What a contestant gets from the system after that is
cleared anew each time, and that is part of its time. Of an answer nothing is left when the next one
runs: only its form for comparison, read in the first round.
"""

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from experiments.benchmarks.outcome import OURS, Timing
from features.slices.memory import available, give_back

_READY = 2 * 2**30
_SHARE = 4  # of the memory at hand, one part
_PAGE = 4096


def _as_it_is(answer: Any) -> Any:
    return answer


@dataclass(frozen=True)
class Contestant:
    """Somebody who answers: ``run`` is timed, ``read`` brings the answer into comparable form.

    Contestants of one ``name`` differ in ``how`` they run: the fastest of them counts.
    """

    name: str
    how: str
    rows: int
    run: Callable[[], Any]
    read: Callable[[Any], Any] = _as_it_is


def race(
    contestants: Sequence[Contestant], *, rounds: int = 5, patience: float = 20.0
) -> tuple[tuple[Timing, ...], dict[str, Any]]:
    """Run all by turns; return each one's times and its answer, by name.

    After the first round only the fastest of a name goes on; a peer rests once it has taken
    ``patience`` seconds. Medians of few runs are said to be such by the number of their times.
    """
    taken: dict[Contestant, list[float]] = {one: [] for one in contestants}
    answers: dict[str, Any] = {}
    _make_memory_ready()
    for turn in range(rounds):
        for one in _still_running(taken, turn, patience):
            seconds, answer = _timed(one)
            taken[one].append(seconds)
            if not turn:
                answers[one.name] = one.read(answer)
            del answer
    best = _fastest(taken)
    timings = (Timing(one.name, one.how, one.rows, tuple(taken[one])) for one in best)
    return tuple(timings), answers


@cache
def _make_memory_ready() -> None:
    """Touch memory, once in this process, and give it back."""
    pages = np.empty(min(_READY, available() // _SHARE), np.uint8)
    pages[::_PAGE] = 1
    del pages
    give_back()


def _timed(one: Contestant) -> tuple[float, Any]:
    gc.collect()
    before = time.perf_counter()
    answer = one.run()
    return time.perf_counter() - before, answer


def _still_running(
    taken: dict[Contestant, list[float]], turn: int, patience: float
) -> list[Contestant]:
    if not turn:
        return list(taken)
    return [
        one
        for one in _fastest(taken)
        if one.name.startswith(OURS) or sum(taken[one]) + taken[one][-1] <= patience
    ]


def _fastest(taken: dict[Contestant, list[float]]) -> list[Contestant]:
    """Keep, of each name, the one that was fastest in the first round."""
    best: dict[str, Contestant] = {}
    for one, seconds in taken.items():
        if one.name not in best or seconds[0] < taken[best[one.name]][0]:
            best[one.name] = one
    return list(best.values())
