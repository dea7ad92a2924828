"""The company a payment is in: how suspicious the other payments of its accounts are."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.history import Codes, Integers
from features.statistics.windowed import Windowed
from features.workspace import Floats, Workspace

_MILLION = 1e6

NAMED_PERCENT = 80
"""How much of what is expected the payments that are named for it make up, at least.

Most payments add next to nothing, and most of those are honest: decision 0018 has the counts.
"""


@dataclass(frozen=True)
class Expected(Windowed):
    """How many illicit ones are expected among the *other* payments in a window.

    The sum of what a first look made of each by itself; NaN where none was taken. Those of the same
    instant count, the payment itself does not. What one model says of the neighbours is given to
    the next: Kou and Cohen, "Stacked graphical models for efficient inference in Markov random
    fields", SIAM International Conference on Data Mining, 2007.
    """

    @property
    def label(self) -> str:
        """Subject, flow, window."""
        return f"{self.lens.label}_expected_suspicious_{self.window.label}"

    @property
    def null_rules(self) -> tuple[str, ...]:
        """When it is null beside its window."""
        return ("look",)

    def value(self, space: Workspace) -> Floats:
        """Return the exact sum of whole millionths, rounded once."""
        if not len(space.history.suspicion):
            return np.full(len(space.rows), np.nan)
        values = space.suspected(self.lens, self.window)
        if self.window.start < 0 <= self.window.stop:
            values -= space.shared(("own suspicion", self.lens), lambda: self._own(space))
        values /= _MILLION
        return space.known(values, self.window)

    def _own(self, space: Workspace) -> Codes:
        """Return the suspicion of each row where it is one of its lens's own events, and else 0.

        A payment that its sender made always is, one that its sender received only if it paid
        itself.
        """
        history, subject, flow = space.history, self.lens.subject, self.lens.flow
        owners = history.sender if flow == "out" else history.receiver
        if subject == "pair":
            owners = history.groups_of("pair", "out")
        mine = owners[space.rows] == history.groups_of(subject, flow)[space.rows]
        found: Codes = np.where(mine, history.suspicion[space.rows], np.int32(0))
        return found

    def earlier(self) -> None:
        """Return nothing: a first look reaches no further back than these windows do."""
        return

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return the other rows that are suspicious at all, the most suspicious first."""
        if not len(space.history.suspicion):
            return np.empty(0, np.int64)
        events = space.events(self.lens, self.window, at)
        suspicion = space.history.suspicion[events]
        kept = (suspicion > 0) & (events != space.rows[at])
        found: Integers = events[kept][np.argsort(-suspicion[kept], kind="stable")]
        return found


def named(suspicion: Integers | Codes) -> NDArray[np.bool_]:
    """Tell which payments to name: the fewest, the most suspicious, that make up most of the sum.

    Most is at least `NAMED_PERCENT` of it; of payments that are equally suspicious all are
    named or none, so that nothing but the suspicion decides. Where the sum is 0, none is.

    >>> named(np.array([5, 70, 15, 10])).tolist(), named(np.array([60, 20, 20])).tolist()
    ([False, True, True, False], [True, True, True])
    """
    falling = np.sort(suspicion.astype(np.int64))[::-1]
    sums = np.cumsum(falling)
    if not sums.any():
        return np.zeros(len(suspicion), np.bool_)
    last = np.searchsorted(100 * sums, NAMED_PERCENT * sums[-1])
    found: NDArray[np.bool_] = suspicion >= falling[last]
    return found
