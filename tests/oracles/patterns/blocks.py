"""Blocks and stacks again: for each payment, sets of accounts in its window."""

from math import nan

from features.statistics.patterns import blocks, stacks
from oracles.patterns.fans import is_edge
from oracles.worlds import DAY


class View:
    """What a payment sees: (time, payer, paid, amount) of the edges in its window.

    ``turned``: time runs back, so that what comes after seems to come before.
    """

    def __init__(self, world, row, width, most, *, turned, swapped=False, beyond=0):
        sign = -1 if turned else 1
        self.now, self.most, self.turned = sign * row.time, most, turned
        self.edges = []
        for other in world.visible:
            time = sign * other.time
            if is_edge(other) and self.now - width < time <= self.now + beyond:
                pair = (other.sender, other.receiver)
                payer, paid = pair[::-1] if swapped else pair
                self.edges.append((time, payer, paid, other.amount))

    def made(self, account):
        return [edge for edge in self.edges if edge[1] == account]

    def got(self, account):
        return [edge for edge in self.edges if edge[2] == account]

    def hub(self, edges):
        return len(edges) > self.most

    def receivers(self, account):
        return set() if self.hub(self.made(account)) else {edge[2] for edge in self.made(account)}

    def payers(self, account):
        return set() if self.hub(self.got(account)) else {edge[1] for edge in self.got(account)}

    def shared(self, sender, receiver):
        """Each co-payer with the receivers, beside the payment's, that it has in common."""
        own = {v for v in self.receivers(sender) - {receiver} if not self.hub(self.got(v))}
        found = {w: own & self.receivers(w) for w in self.payers(receiver) - {sender}}
        return {w: both for w, both in found.items() if both}


def _unknown(statistic, world, row):
    if row.sender is None or row.receiver is None:
        return True
    if world.precision == "day" and statistic.width < DAY:
        return True
    return statistic.ahead and row.time + statistic.width > world.as_of


def _block(statistic, world, row):
    if _unknown(statistic, world, row):
        return nan
    view = View(world, row, statistic.width, statistic.rule.hub_edges, turned=statistic.ahead)
    hub = view.hub(view.made(row.sender)) or view.hub(view.got(row.receiver))
    if hub or not is_edge(row):
        return 0.0
    shared = view.shared(row.sender, row.receiver)
    match statistic.measure:
        case "butterflies":
            return float(sum(map(len, shared.values())))
        case "senders":
            return float(len(shared))
        case "receivers":
            return float(1 + max(map(len, shared.values()), default=0))
        case "pairs":
            return float(_pairs(statistic.rule, view, shared, row))


def _pairs(rule, view, shared, row):
    senders = {row.sender} | {
        w for w, both in shared.items() if len(both) + 1 >= rule.least_accounts
    }
    receivers, pairs = set(), 0
    for v in {row.receiver}.union(*shared.values()):
        payers = {w for w in senders if v in view.receivers(w)}
        if 1000 * len(payers) >= rule.density_permille * len(senders):
            receivers.add(v)
            pairs += len(payers)
    wide = len(senders) >= rule.least_accounts and len(receivers) >= rule.least_accounts
    return pairs if wide else 0


def _stack(statistic, world, row):
    if _unknown(statistic, world, row):
        return nan
    return _beside(statistic, world, row, ahead=statistic.ahead)


def _beside(statistic, world, row, *, ahead, beyond=0):
    if not is_edge(row):
        return 0.0
    most = statistic.rule.hub_edges
    view = View(world, row, statistic.width, most, turned=ahead, swapped=ahead, beyond=beyond)
    middle, end = (row.receiver, row.sender) if ahead else (row.sender, row.receiver)
    if view.hub(view.made(middle)) or view.hub(view.got(end)):
        return 0.0
    conserving, count = getattr(statistic, "conserving", False), 0
    for w in view.shared(middle, end):
        last = max(time for time, payer, paid, _ in view.edges if (payer, paid) == (w, end))
        fed = _origins(view, middle, view.now) & _origins(view, w, last)
        fed = {a for a in fed - {end} if not view.hub(view.made(a))}
        kept = not conserving or (
            _kept(statistic, view, middle, view.now) and _kept(statistic, view, w, last)
        )
        count += len(fed) > 1 and kept
    return float(count)


def _origins(view, account, until):
    early = [edge for edge in view.got(account) if edge[0] < until]
    return set() if view.hub(early) else {edge[1] for edge in early}


def _kept(statistic, view, account, now):
    rule = statistic.rule
    came = sum(e[3] for e in view.got(account) if now - rule.pass_on < e[0] < now)
    left = sum(e[3] for e in view.made(account) if now - rule.pass_on < e[0] <= now)
    if view.turned:
        came, left = left, came
    low, high = rule.low_permille * came, rule.high_permille * came
    return came > 0 and low <= left * 1000 <= high


def _member(statistic, world, row):
    if _unknown(statistic, world, row):
        return nan
    both = (
        _beside(statistic, world, row, ahead=ahead, beyond=statistic.width - 1)
        for ahead in (False, True)
    )
    return min(both)


VALUES = {blocks.Block: _block, stacks.Stack: _stack, stacks.StackMember: _member}
