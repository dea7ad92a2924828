"""Blocks of accounts that pay the same accounts, and stacks of them, as a payment sees them."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from features.history import History, Integers
from features.kernels.patterns.blocks import blocks_through
from features.patterns.blocks import BlockRule, Flows, Sight, dense_part
from features.windows import Window, leading, trailing
from features.workspace import Floats, Workspace

Measure = Literal["butterflies", "senders", "receivers", "pairs"]
_MEASURES = ("butterflies", "senders", "receivers", "pairs")


@dataclass(frozen=True)
class Edges:
    """The rows asked about that are edges, in the order they lie in by receiver.

    ``position`` is where each lies among the rows asked about.
    """

    flows: Flows
    places: Integers
    position: Integers

    @classmethod
    def of(cls, space: Workspace, *, ahead: bool) -> "Edges":
        """Find the edges, with time as it is or turned round."""
        return space.shared(("block edges", ahead), lambda: cls._find(space, ahead=ahead))

    @classmethod
    def _find(cls, space: Workspace, *, ahead: bool) -> "Edges":
        history, flows = space.history, flows_of(space, ahead=ahead)
        place = history.keep(("block places", ahead), lambda: _places_of_rows(history, flows))
        asked = place[space.rows]
        keys = np.sort((asked << 32 | np.arange(len(asked)))[asked >= 0])
        return cls(flows, keys >> 32, keys & 0xFFFFFFFF)

    def spread(self, space: Workspace, found: Integers) -> Integers:
        """Bring numbers to the rows asked about; 0 where a row is no edge."""
        numbers = np.zeros(len(space.rows), np.int64)
        numbers[self.position] = found
        return numbers


def _places_of_rows(history: History, flows: Flows) -> Integers:
    """Return where each row of a history lies by receiver; -1 where it is no edge."""
    places = np.full(len(history), -1)
    places[flows.row[flows.received.edge]] = np.arange(len(flows.row))
    return places


def flows_of(space: Workspace, *, ahead: bool) -> Flows:
    """Return the edges of a workspace's history by receiver and by sender."""
    history = space.history
    return history.keep(("block flows", ahead), lambda: Flows.of(history.graph, ahead=ahead))


@dataclass(frozen=True)
class Seen:
    """What is around the payment: ``(t - width, t]`` looking back, ``[t, t + width)`` ahead.

    0 for a self-payment and a payment from or to a hub, which is counted as left out; NaN where a
    side is unknown.
    """

    width: int
    ahead: bool
    rule: BlockRule

    @property
    def window(self) -> Window:
        """The window as it is named."""
        return leading(self.width) if self.ahead else trailing(self.width)

    @property
    def lens(self) -> None:
        """None: it is more than the two accounts' own payments."""
        return

    @property
    def lookback(self) -> int:
        """The window's."""
        return self.window.lookback

    @property
    def lookahead(self) -> int:
        """The window's."""
        return self.window.lookahead

    @property
    def null_rules(self) -> tuple[str, ...]:
        """When it is null."""
        return ("side", "ahead") if self.ahead else ("side",)

    @property
    def counted(self) -> str:
        """What is counted as left out."""
        return f"block_{self.window.label}"

    @property
    def beyond(self) -> int:
        """How far after the payment it sees, with time turned round where it looks ahead."""
        return 0

    def earlier(self) -> None:
        """Return nothing: what a payment completes has no window before."""
        return

    def known(self, space: Workspace, found: Integers) -> Floats:
        """Blank what can't be known, and rows with an unknown side."""
        values = np.where(space.history.internal[space.rows], found.astype(np.float64), np.nan)
        return space.known(values, self.window)

    def sight(self, space: Workspace, at: int) -> tuple[Sight, int, int] | None:
        """Return what a row sees, its sender and receiver; nothing for a hub or a row no edge."""
        history, row = space.history, space.rows[at]
        sender, receiver = int(history.sender[row]), int(history.receiver[row])
        if sender < 0 or receiver < 0 or sender == receiver:
            return None
        flows = flows_of(space, ahead=self.ahead)
        now = -int(space.time[at]) if self.ahead else int(space.time[at])
        sight = Sight(flows, now - self.width, now, now + self.beyond, self.rule.hub_edges)
        if sight.hub(flows.sent, sender) or sight.hub(flows.received, receiver):
            return None
        return sight, sender, receiver

    def blocks(self, space: Workspace) -> tuple[Integers, ...]:
        """Return the four measures of every row asked about, in their order."""
        key = ("blocks", self.rule, self.width, self.beyond, self.ahead)
        return space.shared(key, lambda: self._find(space))

    def _find(self, space: Workspace) -> tuple[Integers, ...]:
        rule, asked = self.rule, Edges.of(space, ahead=self.ahead)
        limits = (rule.hub_edges, rule.least_accounts, rule.density_permille)
        *measures, skipped = blocks_through(
            asked.places, *asked.flows.sides, (self.width, self.beyond, *limits)
        )
        what = f"{self.counted}: accounts with too many payments"
        space.leave_out(what, int(skipped.sum()))
        return tuple(asked.spread(space, measure) for measure in measures)


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
        return self.known(space, self.blocks(space)[_MEASURES.index(self.measure)])

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
