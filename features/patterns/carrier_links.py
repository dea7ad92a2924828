"""Which carriers hang together, more than by chance: they share accounts, or pay one another."""

from collections.abc import Iterator, Sequence

import numpy as np

from features.patterns.carriers import Carriers, CarrierSearch
from features.patterns.graph import Codes, Integers
from features.patterns.groups import Link
from features.patterns.surprise import Floats, Rates, surprise

Pairs = tuple[Integers, Integers, Floats]


def strong(carriers: Carriers, pairs: Sequence[Pairs], least: float) -> Iterator[Link]:
    """Add up the surprises of a pair; yield pairs with enough, weighed with the weaker carrier."""
    one, other, weight = (np.concatenate(column) for column in zip(*pairs, strict=True))
    low, high = np.minimum(one, other), np.maximum(one, other)
    pair, which = np.unique(low * len(carriers) + high, return_inverse=True)
    total = np.zeros(len(pair))
    order = np.lexsort((weight, which))
    np.add.at(total, which[order], weight[order])
    kept = total >= least
    first, second = pair[kept] // len(carriers), pair[kept] % len(carriers)
    weaker = np.minimum(carriers.strength[first], carriers.strength[second])
    yield from zip((total[kept] + weaker).tolist(), first.tolist(), second.tolist(), strict=True)


def shared(carriers: Carriers, search: CarrierSearch) -> tuple[Pairs, int]:
    """Return pairs of carriers that share an account outside, how surprising, and what is left out.

    It is as surprising as that the likelier of the two pays that account, or is paid by it, at all
    in the time that both take.
    """
    outer, number, crowded = _outside(carriers, search)
    found: list[Pairs] = [(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))]
    for apart in range(1, search.shared):
        near = np.flatnonzero(outer[apart:] == outer[:-apart])
        one, other = number[near], number[near + apart]
        begin, end = carriers.first[one], np.maximum(carriers.last[one], carriers.last[other])
        close = (end - begin < search.width) & (carriers.account[one] != carriers.account[other])
        one, other, begin, end = one[close], other[close], begin[close], end[close]
        outside = outer[near[close]]
        chances = (
            _chance(carriers, outside, carriers.account[k], begin, end) for k in (one, other)
        )
        found.append((one, other, np.minimum(*chances)))
    one, other, weight = (np.concatenate(column) for column in zip(*found, strict=True))
    return (one, other, weight), crowded


def _outside(carriers: Carriers, search: CarrierSearch) -> tuple[Integers, Integers, int]:
    """Return the accounts outside, the carriers they deal with by time, and how many are left out.

    Accounts that are paid come after all that pay. An account is left out that deals with more than
    ``shared`` carriers that begin in ``days``.
    """
    graph = carriers.graph
    ends = ((carriers.received, graph.source, 0), (carriers.paid, graph.target, graph.accounts))
    keys = [
        (number << 32) + beyond + account.astype(np.int64)
        for edges, column, beyond in ends
        for number, account in enumerate(np.split(column[np.concatenate(edges)], _cuts(edges)))
    ]
    key = np.unique(np.concatenate(keys))
    number, outer = key >> 32, key & (2**32 - 1)
    order = np.lexsort((carriers.first[number], outer))
    outer, number = outer[order], number[order]
    begin, far = carriers.first[number], min(search.shared, len(outer))
    busy = (outer[far:] == outer[: len(outer) - far]) & (
        begin[far:] - begin[: len(outer) - far] < search.width
    )
    crowded = np.unique(outer[far:][busy])
    kept = ~np.isin(outer, crowded)
    return outer[kept], number[kept], len(crowded)


def _cuts(edges: Sequence[Codes]) -> Integers:
    return np.cumsum([len(one) for one in edges])[:-1]


def _chance(
    carriers: Carriers, outside: Integers, account: Codes, begin: Integers, end: Integers
) -> Floats:
    """Return how surprising it is that an account outside deals with a carrier from begin to end.

    Two accounts are expected to meet as often as in the configuration model: in proportion to what
    the one pays and the other is paid.
    """
    graph = carriers.graph
    pays, paid = np.diff(graph.outgoing.starts), np.diff(graph.incoming.starts)
    count = len(graph.outgoing.starts) - 1
    meet = np.where(
        outside < count,
        pays[outside % count] * paid[account],
        pays[account] * paid[outside % count],
    )
    share = Rates(graph.time, graph.accounts).between(begin, end)
    return surprise(np.ones(len(meet), np.int64), meet / len(graph) * share)


def paying(carriers: Carriers, width: int) -> Pairs:
    """Return pairs of carriers one of whom pays the other in ``width``, and how surprising."""
    payer, payee = (np.full(len(carriers.graph), -1, np.int64) for _ in range(2))
    for side, edges in ((payer, carriers.paid), (payee, carriers.received)):
        for number, own in enumerate(edges):
            side[own] = number
    both = np.flatnonzero((payer >= 0) & (payee >= 0))
    one, other = payer[both], payee[both]
    begin, end = carriers.first[one], carriers.last[other]
    close = end - begin < width
    one, other, begin, end = one[close], other[close], begin[close], end[close]
    source = carriers.account[one].astype(np.int64)
    return one, other, _chance(carriers, source, carriers.account[other], begin, end)
