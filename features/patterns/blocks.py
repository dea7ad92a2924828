"""Payments by receiver and by sender, and what of a block is around one of them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.patterns.graph import Adjacency, Codes, Graph
from features.windows import HOUR

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class BlockRule:
    """What a block is, and when a stack of blocks conserves money.

    An account with more than ``hub_edges`` edges in the window on the side it is looked at from is
    a hub. A block has ``least_accounts`` or more on either side and at least ``density_permille``
    of their pairs. Money is conserved where what an account paid in ``(t - pass_on, t]`` is between
    the two permille of what it was paid in ``(t - pass_on, t)``; looking ahead, what it pays in
    ``(t, t + pass_on)`` of what it was paid in ``[t, t + pass_on)``.
    """

    hub_edges: int
    least_accounts: int
    density_permille: int
    pass_on_hours: int
    low_permille: int
    high_permille: int

    @property
    def pass_on(self) -> int:
        """The time to pass money on, in microseconds."""
        return self.pass_on_hours * HOUR


@dataclass(frozen=True)
class Flows:
    """A graph's edges end to end by receiver and by sender.

    ``row`` is the history row of an edge. ``turned``: time runs back.
    """

    received: Adjacency
    sent: Adjacency
    row: Codes
    turned: bool

    @classmethod
    def of(cls, graph: Graph, *, ahead: bool) -> "Flows":
        """Take the edges as they are, or with their time turned round."""
        if ahead:
            back = graph.reversed
            return cls(back.outgoing, back.incoming, back.row, turned=True)
        return cls(graph.incoming, graph.outgoing, graph.row, turned=False)


Side = tuple[Integers, Codes, Integers]
Sides = tuple[Side, Side, tuple[Codes, Codes, Codes]]


def sides_of(graph: Graph) -> Sides:
    """Return both sides and what links them, as the kernel of blocks takes it."""
    into, out = graph.incoming, graph.outgoing
    received, sent = (into.starts, into.other, into.time), (out.starts, out.other, out.time)
    return received, sent, (graph.across, out.edge, into.places)


@dataclass(frozen=True)
class Sight:
    """What a payment sees now: the payments in ``(since, until]``, less those of hubs.

    Accounts are codes; edges are numbers in the graph that the flows are of.
    """

    flows: Flows
    since: int
    now: int
    until: int
    most: int

    @property
    def swapped(self) -> "Sight":
        """The same with who pays and who is paid turned round."""
        flows = self.flows
        other = Flows(flows.sent, flows.received, flows.row, flows.turned)
        return Sight(other, self.since, self.now, self.until, self.most)

    def partners(self, side: Adjacency, account: int, until: int | None = None) -> dict[int, int]:
        """Return with whom an account has payments on a side, and the latest; none for a hub."""
        chosen = self._payments(side, account, self.until if until is None else until)
        if len(chosen) > self.most:
            return {}
        return {int(side.other[k]): int(k) for k in chosen}

    def between(self, senders: set[int], receivers: set[int]) -> Integers:
        """Return the edges from some senders to some receivers."""
        side = self.flows.sent
        found = [
            side.edge[k]
            for sender in senders
            for k in self._payments(side, sender, self.until)
            if int(side.other[k]) in receivers
        ]
        return np.array(sorted(found), np.int64)

    def hub(self, side: Adjacency, account: int) -> bool:
        """Whether an account has too many payments on a side."""
        return len(self._payments(side, account, self.until)) > self.most

    def shared_receivers(self, sender: int, receiver: int) -> dict[int, set[int]]:
        """Return, for each co-payer, which of the sender's other receivers it pays."""
        flows = self.flows
        own = set(self.partners(flows.sent, sender)) - {receiver}
        own = {account for account in own if not self.hub(flows.received, account)}
        found = {}
        for payer in self.partners(flows.received, receiver) if own else {}:
            both = own & set(self.partners(flows.sent, payer))
            if payer != sender and both:
                found[payer] = both
        return found

    def stacked(self, sender: int, receiver: int) -> dict[int, set[int]]:
        """Return, for each co-payer, the accounts that paid both before; at least two of them."""
        flows = self.flows
        own = set(self.partners(flows.received, sender, self.now - 1)) - {receiver}
        own = {account for account in own if not self.hub(flows.sent, account)}
        found = {}
        for payer in self.shared_receivers(sender, receiver):
            last = self.last_paid(payer, receiver)
            origins = own & set(self.partners(flows.received, payer, last - 1))
            if len(origins) > 1:
                found[payer] = origins
        return found

    def last_paid(self, payer: int, receiver: int) -> int:
        """Return when a payer last paid a receiver."""
        side = self.flows.received
        return int(side.time[self.partners(side, receiver)[payer]])

    def layers(self, sender: int, payer: int, receiver: int, origins: set[int]) -> list[int]:
        """Return the edges of both layers of a stack through two middle accounts."""
        receivers = self.shared_receivers(sender, receiver)[payer] | {receiver}
        edges = list(self.between({sender, payer}, receivers))
        side = self.flows.received
        for account, until in ((sender, self.now), (payer, self.last_paid(payer, receiver))):
            paid = self._payments(side, account, until - 1)
            edges += [side.edge[k] for k in paid if int(side.other[k]) in origins]
        return edges

    def conserves(self, account: int, now: int, rule: BlockRule) -> bool:
        """Whether an account had passed on a plausible share of its money by then."""
        early = Sight(self.flows, max(now - rule.pass_on, self.since), now, now, self.most)
        received, sent = self.flows.received, self.flows.sent
        came = int(received.amount[early._payments(received, account, now - 1)].sum())
        left = int(sent.amount[early._payments(sent, account, now)].sum())
        if self.flows.turned:
            came, left = left, came
        return came > 0 and rule.low_permille * came <= 1000 * left <= rule.high_permille * came

    def _payments(self, side: Adjacency, account: int, until: int) -> Integers:
        start, stop = side.starts[account], side.starts[account + 1]
        low, high = np.searchsorted(side.time[start:stop], [self.since, until], side="right")
        return np.arange(start + low, start + high)


def dense_part(shared: dict[int, set[int]], rule: BlockRule) -> tuple[set[int], set[int]]:
    """Return the other senders and receivers of the block, of what each co-payer shares."""
    members = {w: both for w, both in shared.items() if len(both) + 1 >= rule.least_accounts}
    size = len(members) + 1
    receivers = {
        account
        for account in set().union(*members.values())
        if 1000 * (1 + sum(account in both for both in members.values()))
        >= rule.density_permille * size
    }
    if size < rule.least_accounts or len(receivers) + 1 < rule.least_accounts:
        return set(), set()
    return set(members), receivers
