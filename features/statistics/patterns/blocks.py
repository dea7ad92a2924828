"""Blocks of accounts that pay the same accounts, and stacks of them, as a payment sees them."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from features.history import Codes, History, Integers
from features.kernels.patterns.blocks import blocks_through
from features.kernels.patterns.stacks import stacks_through
from features.patterns.blocks import BlockRule, Flows, Sight, dense_part, sides_of
from features.patterns.graph import Adjacency
from features.statistics.patterns.edges import AskedEdges
from features.statistics.patterns.part import PartOfPattern
from features.statistics.patterns.swept import Rows, swept
from features.workspace import Floats, Workspace

Measure = Literal["butterflies", "senders", "receivers", "pairs"]
_MEASURES = ("butterflies", "senders", "receivers", "pairs")


def flows_of(history: History, *, ahead: bool) -> Flows:
    """Return the edges of a history by receiver and by sender."""
    return history.keep(("block flows", ahead), lambda: Flows.of(history.graph, ahead=ahead))


@dataclass(frozen=True)
class Seen(PartOfPattern):
    """What is around the payment: ``(t - width, t]`` looking back, ``[t, t + width)`` ahead.

    0 for a self-payment and a payment from or to a hub, which is counted as left out; NaN where a
    side is unknown.
    """

    width: int
    ahead: bool
    rule: BlockRule

    @property
    def counted(self) -> str:
        """What is counted as left out."""
        return f"block_{self.window.label}"

    @property
    def beyond(self) -> int:
        """How far after the payment it sees, with time turned round where it looks ahead."""
        return 0

    @property
    def reach(self) -> tuple[int, int]:
        """The first instant after which a payment is seen, and the last, from the row's on."""
        back = (-self.width, self.beyond)
        return (-self.beyond - 1, self.width - 1) if self.ahead else back

    def sight(self, space: Workspace, at: int) -> tuple[Sight, int, int] | None:
        """Return what a row sees, its sender and receiver; nothing for a hub or a row no edge."""
        history, row = space.history, space.rows[at]
        sender, receiver = int(history.sender[row]), int(history.receiver[row])
        if sender < 0 or receiver < 0 or sender == receiver:
            return None
        flows = flows_of(history, ahead=self.ahead)
        now = -int(space.time[at]) if self.ahead else int(space.time[at])
        sight = Sight(flows, now - self.width, now, now + self.beyond, self.rule.hub_edges)
        if sight.hub(flows.sent, sender) or sight.hub(flows.received, receiver):
            return None
        return sight, sender, receiver

    def told(self, space: Workspace) -> tuple[Integers, ...]:
        """Return the four measures of each row, how many stand beside it, and conserve money."""
        left_out = (
            f"{self.counted}: accounts with too many payments",
            f"{self.counted}, stacked: accounts with too many payments",
        )
        key = (Seen, self.rule, self.width, self.beyond, self.ahead)
        return swept(space, key, self._sweep, *left_out)

    def _sweep(self, rows: Rows) -> tuple[Integers, ...]:
        asked = AskedEdges.of(rows, "incoming", ahead=False)
        *measures, skipped = self.around(asked)
        *stacked, passed_by = self.stacked(asked, measures[0], ahead=self.ahead)
        return tuple(map(asked.spread, (*measures, *stacked, skipped, passed_by)))

    def around(self, asked: AskedEdges) -> tuple[Codes, ...]:
        """Return the four measures of each edge, and how many hubs were skipped."""
        rule = self.rule
        limits = (rule.hub_edges, rule.least_accounts, rule.density_permille)
        sides = sides_of(asked.graph)
        return blocks_through(asked.places, asked.accounts, *sides, (*self.reach, *limits))

    def stacked(self, asked: AskedEdges, wings: Codes, *, ahead: bool) -> tuple[Codes, ...]:
        """Return how many stand beside each edge, those that conserve money, and the skipped.

        Only edges in a butterfly are looked at: others see no stack.
        """
        rule, graph, inside = self.rule, asked.graph, np.flatnonzero(wings)
        into, out, places = graph.incoming, graph.outgoing, asked.places[inside]
        sides, ends = (_side(into), _side(out)), graph.target[into.edge[places]]
        if ahead:
            sides, ends = sides[::-1], into.other[places]
            places = graph.across[places].astype(np.int64)
        keep = (rule.pass_on, rule.low_permille, rule.high_permille, ahead)
        counts = stacks_through(places, ends, *sides, (*self.reach, rule.hub_edges), keep)
        found = np.zeros((len(counts), len(wings)), np.int32)
        found[:, inside] = counts
        return tuple(found)


def _side(side: Adjacency) -> tuple[Integers, Codes, Integers, Codes, Codes, Integers]:
    return side.starts, side.other, side.time, side.edge, side.places, side.amount


@dataclass(frozen=True)
class Block(Seen):
    """Measure the block of senders and receivers that a payment is in.

    Another sender shares a receiver with the payment's where both pay it; the payment's receiver
    is one that all here share.

    - ``butterflies``: pairs of another sender and another receiver, all four paired.
    - ``senders``: other senders that share the payment's receiver and at least one more.
    - ``receivers``: the most that one other sender shares, the payment's own included; 1 where
      there is none.
    - ``pairs``: paired accounts in the block: the sender and those that share at least
      ``least_accounts`` receivers with it, and the sender's receivers that at least the given
      share of these pay; 0 with less than ``least_accounts`` of either.
    """

    measure: Measure

    @property
    def label(self) -> str:
        """The measure and the window."""
        return f"block_{self.measure}_{self.window.label}"

    def value(self, space: Workspace) -> Floats:
        """Return the measure."""
        return self.known(space, self.told(space)[_MEASURES.index(self.measure)])

    def evidence(self, space: Workspace, at: int) -> Integers:
        """Return the payments between the accounts counted; the payment alone where none are."""
        found = self.sight(space, at)
        if found is None:
            return np.empty(0, np.int64)
        sight, sender, receiver = found
        senders, receivers = self._members(sight.shared_receivers(sender, receiver))
        if not senders and self.measure != "receivers":
            return np.empty(0, np.int64)
        edges = sight.between(senders | {sender}, receivers | {receiver})
        return np.sort(sight.flows.row[edges])

    def _members(self, shared: dict[int, set[int]]) -> tuple[set[int], set[int]]:
        if self.measure == "receivers":
            best = max(map(len, shared.values()), default=0)
            shared = {payer: both for payer, both in shared.items() if len(both) == best}
        if self.measure == "pairs":
            return dense_part(shared, self.rule)
        return set(shared), set().union(*shared.values())
