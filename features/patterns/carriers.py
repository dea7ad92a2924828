"""Accounts that pass on what they were just paid by strangers, to strangers; alone and in stacks."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import log

import numpy as np
from numpy.typing import NDArray

from features.kernels.patterns.carriers import Side, carried
from features.patterns.graph import Adjacency, Codes, Graph, Integers
from features.patterns.groups import Link, grouped
from features.patterns.instance import Instance
from features.patterns.novelty import strangers
from features.patterns.surprise import Floats, Rates, surprise
from features.windows import DAY


@dataclass(frozen=True)
class CarrierSearch:
    """What is looked for; strangers are as in `relations`, over ``new_days``.

    A carrier pays ``low_permille`` to ``high_permille`` of what it got, at most ``reach`` payments
    on a side, all in ``days``. Two are linked where chance does it in less than ``link_permille``
    of cases; no account outside links a carrier with more than the next ``shared`` it deals with.
    No instance has more than ``most`` payments, or fewer than ``least``.
    """

    days: int
    new_days: int
    low_permille: int
    high_permille: int
    reach: int
    link_permille: int
    shared: int
    least: int
    most: int

    @property
    def width(self) -> int:
        """How long an instance may take, in microseconds."""
        return self.days * DAY

    @property
    def link_surprise(self) -> float:
        """The least surprise of a link: minus the logarithm of the chance."""
        return -log(self.link_permille / 1000)


@dataclass(frozen=True)
class Carriers:
    """Carriers of a graph of strangers' payments; no payment stands twice on the same side.

    ``received`` and ``paid`` are edges, in time order; ``strength`` is the surprise.
    """

    graph: Graph
    received: tuple[Integers, ...]
    paid: tuple[Integers, ...]
    strength: Floats

    def __len__(self) -> int:
        return len(self.received)

    @cached_property
    def account(self) -> Codes:
        """Who carries."""
        return self.graph.target[[int(edges[0]) for edges in self.received]]

    @cached_property
    def first(self) -> Integers:
        """When each is first paid."""
        return self.graph.time[[int(edges[0]) for edges in self.received]]

    @cached_property
    def last(self) -> Integers:
        """When each last pays."""
        return self.graph.time[[int(edges[-1]) for edges in self.paid]]


def gather_scatters(
    graph: Graph, search: CarrierSearch, left_out: Counter[str] | None = None
) -> list[Instance]:
    """Find the gather-scatters of a whole history, strongest first.

    A hub is a carrier: strangers pay it, and it passes the money on to strangers, with nothing
    else from strangers or to them in between. Carriers that share accounts on the outside are one
    instance. The strength is the surprise of the carriers: that each is paid so often before it
    pays, and pays so often after it was paid (see `Rates`).
    """
    carriers = find_carriers(graph, search, left_out)
    found = [
        _instance("gather_scatter", carriers, group, _hub_roles)
        for group in _groups(carriers, search, left_out, direct=False)
    ]
    return _ranked(one for one in found if len(one.rows) >= search.least)


def stacks(
    graph: Graph, search: CarrierSearch, left_out: Counter[str] | None = None
) -> list[Instance]:
    """Find the stacks of a whole history, strongest first.

    A stack is two carriers or more that share accounts on the outside or pay one another. A
    payment's layer is one more than the highest of those that its payer passes on. The strength is
    as for `gather_scatters`.
    """
    carriers = find_carriers(graph, search, left_out)
    found = [
        _instance("stack", carriers, group, _layers)
        for group in _groups(carriers, search, left_out, direct=True)
        if len(group) > 1
    ]
    return _ranked(one for one in found if len(one.rows) >= search.least)


def find_carriers(graph: Graph, search: CarrierSearch, left_out: Counter[str] | None) -> Carriers:
    """Find carriers; of several that share a payment the strongest is kept, then the shortest."""
    part = strangers(graph, search.new_days * DAY, search.width)
    rates, into, out = Rates(part.time, part.accounts), part.incoming, part.outgoing
    rule = (search.width, search.low_permille, search.high_permille, search.reach)
    first, middle, stop, value, more = carried(_side(into, rates), _side(out, rates), rates.mean, rule)
    _leave_out(left_out, "carriers: payments with too many around them", int(more.sum()))
    runs = np.flatnonzero(stop)
    took = out.time[stop[runs] - 1] - into.time[first[runs]]
    runs = runs[np.lexsort((out.time[runs], took, -value[runs]))]
    got, gave, kept = np.zeros(len(part), np.bool_), np.zeros(len(part), np.bool_), []
    for run in runs.tolist():
        ins, outs = slice(first[run], middle[run]), slice(run, stop[run])
        if not (got[ins].any() or gave[outs].any()):
            got[ins] = gave[outs] = True
            kept.append(run)
    return Carriers(
        part,
        tuple(into.edge[first[run] : middle[run]] for run in kept),
        tuple(out.edge[run : stop[run]] for run in kept),
        value[kept],
    )


def _side(side: Adjacency, rates: Rates) -> Side:
    """Return a side as the kernel takes it."""
    before, until = rates.before(side.time), rates.until(side.time)
    return side.starts, side.time, side.amount, before, until


def _groups(
    carriers: Carriers, search: CarrierSearch, left_out: Counter[str] | None, *, direct: bool
) -> list[list[int]]:
    if not len(carriers):
        return []
    one, other, weight, crowded = _shared(carriers, search)
    _leave_out(left_out, "carriers: outside accounts with too many carriers", crowded)
    if direct:
        links = _paying(carriers, search.width)
        one, other, weight = (
            np.concatenate(both) for both in zip((one, other, weight), links, strict=True)
        )
    held = [
        {*ins.tolist(), *outs.tolist()}
        for ins, outs in zip(carriers.received, carriers.paid, strict=True)
    ]
    links = _strong(carriers, one, other, weight, search.link_surprise)
    found, refused = grouped(held, links, search.most)
    _leave_out(left_out, "carriers: groups with too many payments", refused)
    return found


def _strong(
    carriers: Carriers, one: Integers, other: Integers, weight: Floats, least: float
) -> Iterator[Link]:
    """Add up the surprises of a pair; yield pairs with enough, weighed with the weaker carrier."""
    low, high = np.minimum(one, other), np.maximum(one, other)
    pairs, which = np.unique(low * len(carriers) + high, return_inverse=True)
    total = np.zeros(len(pairs))
    order = np.lexsort((weight, which))
    np.add.at(total, which[order], weight[order])
    kept = total >= least
    first, second = pairs[kept] // len(carriers), pairs[kept] % len(carriers)
    weaker = np.minimum(carriers.strength[first], carriers.strength[second])
    yield from zip(
        (total[kept] + weaker).tolist(), first.tolist(), second.tolist(), strict=True
    )


def _shared(carriers: Carriers, search: CarrierSearch) -> tuple[Integers, Integers, Floats, int]:
    """Return pairs of carriers that share an account outside, how surprising, and what is left out.

    It is as surprising as that the less likely of the two pays that account, or is paid by it, at
    all in the time that both take.
    """
    outer, number = _outside(carriers)
    order = np.lexsort((carriers.last[number], carriers.first[number], outer))
    outer, number = outer[order], number[order]
    found: list[tuple[Integers, Integers, Floats]] = []
    crowded = 0
    for apart in range(1, search.shared + 2):
        near = np.flatnonzero(outer[apart:] == outer[:-apart]) if apart < len(outer) else ()
        one, other = number[near], number[np.add(near, apart)]
        begin = carriers.first[one]
        close = np.maximum(carriers.last[one], carriers.last[other]) - begin < search.width
        if apart > search.shared:
            crowded = int(np.count_nonzero(close))
            break
        close &= carriers.account[one] != carriers.account[other]
        one, other, begin = one[close], other[close], begin[close]
        end = np.maximum(carriers.last[one], carriers.last[other])
        outside = outer[np.asarray(near)[close]]
        least = np.minimum(
            *(_chance(carriers, outside, carriers.account[k], begin, end) for k in (one, other))
        )
        found.append((one, other, least))
    one, other, weight = (np.concatenate(column) for column in zip(*found, strict=True))
    return one, other, weight, crowded
