"""Blocks stacked on blocks: accounts fed by the same accounts that then pay the same accounts."""

from dataclasses import dataclass, replace

import numpy as np

from features.history import Integers
from features.patterns.blocks import Sight
from features.statistics.patterns.blocks import Seen
from features.statistics.patterns.edges import AskedEdges
from features.statistics.patterns.swept import Rows
from features.windows import span_label
from features.workspace import Floats, Workspace


@dataclass(frozen=True)
class Stack(Seen):
    """Count the accounts that stand in the middle of a stack beside the payment's.

    A stack has two layers: origins pay middle accounts, which then pay receivers. Looking back,
    the payment is in the last layer: an account stands beside the sender where both pay the
    payment's receiver and at least one more, and at least two accounts had paid both, each strictly
    before: the sender before this payment, the other before the last that it makes to this
    receiver. Looking ahead, the payment is in the first layer: an account stands beside the
    receiver where the sender pays both, so does at least one more, and both pay at least two
    accounts strictly after: the receiver after this payment, the other after the first of this
    sender's.

    ``conserving``: both must have passed on, by then, a plausible share of what came to them.
    """

    conserving: bool

    def __post_init__(self) -> None:
        if self.rule.pass_on > self.width:
            raise ValueError("money may not be held for longer than the window")

    @property
    def label(self) -> str:
        """Whether money passed on, and the window."""
        return f"stack_{'conserving' if self.conserving else 'middle'}_{self.window.label}"

    def value(self, space: Workspace) -> Floats:
        """Return the counts."""
        return self.known(space, self.told(space)[4 + self.conserving])

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return the payments of both layers through the accounts counted and the payment's own."""
        found = self.sight(space, at)
        if found is None:
            return np.empty(0, np.int64)
        sight, middle, end = found
        if self.ahead:
            sight, middle, end = sight.swapped, end, middle
        stacked = sight.stacked(middle, end)
        if self.conserving:
            stacked = {
                beside: origins
                for beside, origins in stacked.items()
                if self._conserve(sight, middle, beside, end)
            }
        return _layers(sight, middle, end, stacked)

    def _conserve(self, sight: Sight, middle: int, beside: int, end: int) -> bool:
        last = sight.last_paid(beside, end)
        return all(
            sight.conserves(account, now, self.rule)
            for account, now in ((middle, sight.now), (beside, last))
        )


@dataclass(frozen=True)
class StackMember(Seen):
    """Count the smaller half of the stack of three layers in whose middle layer the payment is.

    It sees ``(t - width, t + width)``. Beside the sender stand those that share a receiver more
    with it and were paid before by at least two accounts that had paid it; beside the receiver
    those that share a payer more with it and then pay at least two accounts that it then pays. The
    value is the smaller of the two numbers; known once ``t + width`` is.
    """

    @property
    def label(self) -> str:
        """The window, on both sides."""
        return f"stack_member_{span_label(self.width)}_and_{self.window.label}"

    @property
    def lookback(self) -> int:
        """The width, as ahead."""
        return self.width

    @property
    def counted(self) -> str:
        """What is counted as left out."""
        return f"block_{span_label(self.width)}_and_{self.window.label}"

    @property
    def beyond(self) -> int:
        """As far as before."""
        return self.width - 1

    def value(self, space: Workspace) -> Floats:
        """Return the smaller count."""
        return self.known(space, self.told(space)[0])

    def _sweep(self, rows: Rows) -> tuple[Integers, ...]:
        asked = AskedEdges.of(rows, "incoming", ahead=False)
        butterflies, *_, skipped = self.around(asked)
        halves = [self.stacked(asked, butterflies, ahead=ahead) for ahead in (False, True)]
        (one, _, passed), (other, _, passed_too) = halves
        told = np.minimum(one, other), skipped, passed + passed_too
        return tuple(map(asked.spread, told))

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return the payments of both halves, where there are two."""
        halves = []
        for half in (replace(self, ahead=False), self):
            found = half.sight(space, at)
            if found is None:
                return np.empty(0, np.int64)
            sight, middle, end = found
            if half.ahead:
                sight, middle, end = sight.swapped, end, middle
            halves.append(_layers(sight, middle, end, sight.stacked(middle, end)))
        return np.union1d(*halves) if all(map(len, halves)) else np.empty(0, np.int64)


def _layers(sight: Sight, middle: int, end: int, stacked: dict[int, set[int]]) -> Integers:
    """Return the rows of both layers through a middle account and those beside it."""
    edges = [
        edge
        for beside, origins in stacked.items()
        for edge in sight.layers(middle, beside, end, origins)
    ]
    return np.unique(sight.flows.row[np.array(edges, np.int64)])
