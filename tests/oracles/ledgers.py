"""Small events and anchors for the kernels: few instants, so that ties and edges abound."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from hypothesis import strategies as st

from oracles import kernels

INSTANTS = st.integers(0, 9)
VALUES = st.sampled_from((0, 1, 2, 2, 3, 5, 8, 2**62))


@dataclass(frozen=True)
class Case:
    """Events end to end by group, anchors sorted by group, and a window around each anchor."""

    starts: np.ndarray
    times: np.ndarray
    values: np.ndarray
    codes: np.ndarray
    groups: np.ndarray
    anchors: np.ndarray
    shifts: tuple[int, int]

    @cached_property
    def low(self) -> np.ndarray:
        """Where each anchor's window begins, by the oracle."""
        return self.edge(self.shifts[0])

    @cached_property
    def high(self) -> np.ndarray:
        """Where it ends."""
        return self.edge(self.shifts[1])

    def edge(self, shift):
        """Return each anchor's first event later than ``shift`` after it, by the oracle."""
        found = kernels.first_after(self.groups, self.anchors + shift, self.starts, self.times)
        return places(found)

    @cached_property
    def position(self) -> np.ndarray:
        """Some other order of the anchors, the first place of all left free."""
        return places(np.arange(len(self.groups), 0, -1))


def places(numbers) -> np.ndarray:
    """Return the places, rows and codes that kernels take."""
    return np.array(numbers, np.int32)


def whole(numbers) -> np.ndarray:
    """Return the integers kernels take."""
    return np.array(numbers, np.int64)


@st.composite
def cases(draw, most=9):
    """Up to four groups of events, some empty; anchors of any group or none, in contiguous runs."""
    count = draw(st.integers(1, 4))
    sizes = [draw(st.integers(0, most)) for _ in range(count)]
    times = [sorted(draw(st.lists(INSTANTS, min_size=n, max_size=n))) for n in sizes]
    total = sum(sizes)
    runs = [
        [(group, time) for time in sorted(draw(st.lists(INSTANTS, max_size=6)))]
        for group in draw(st.permutations([*range(count), -1]))
    ]
    anchors = [anchor for run in runs for anchor in run]
    return Case(
        starts=whole([0, *np.cumsum(sizes)]),
        times=whole([time for group in times for time in group]),
        values=whole(draw(st.lists(VALUES, min_size=total, max_size=total))),
        codes=np.array(
            draw(st.lists(st.integers(-1, 3), min_size=total, max_size=total)), np.int32
        ),
        groups=np.array([group for group, _ in anchors], np.int32),
        anchors=whole([time for _, time in anchors]),
        shifts=draw(st.tuples(st.integers(-6, 5), st.integers(1, 6)).map(lambda p: (p[0], sum(p)))),
    )
