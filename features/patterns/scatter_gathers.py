"""All scatter-gathers of a history, those that share their intermediaries as one."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import fsum
from typing import Literal

import numpy as np

from features.kernels.patterns.scatter_gather import scatter_gather
from features.kernels.windows import first_after
from features.patterns.graph import Codes, Graph, Integers
from features.patterns.groups import Link, grouped
from features.patterns.instance import Instance
from features.patterns.novelty import strangers
from features.patterns.scatter_gather import legs_of
from features.patterns.surprise import Floats, Rates
from features.windows import DAY

Side = Literal["left", "right"]


@dataclass(frozen=True)
class Search:
    """What to look for: days from first to last payment, and how many intermediaries at least.

    These remember their latest ``memory`` receipts. Only payments between strangers count, as in
    `relations` over ``new_days``. A source that has made more than ``busy`` of them in that time,
    or a sink that has received more, is left out: many ways lead from one such to another. Finds
    are put together up to ``most`` payments.
    """

    days: int
    least: int
    memory: int
    busy: int
    new_days: int
    most: int


@dataclass
class _Found:
    """Legs by the intermediary they belong to, as edge numbers."""

    scatter: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    gather: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))

    def add(self, other: "_Found") -> None:
        """Take the legs of another."""
        for mine, its in ((self.scatter, other.scatter), (self.gather, other.gather)):
            for account, legs in its.items():
                mine[account] |= legs

    def legs(self) -> Iterator[tuple[int, int]]:
        """Yield each leg with its intermediary."""
        for side in (self.scatter, self.gather):
            for account, legs in side.items():
                yield from ((leg, account) for leg in legs)


def instances(graph: Graph, search: Search, left_out: Counter[str] | None = None) -> list[Instance]:
    """Find the scatter-gathers of a whole history, strongest first.

    Each pair of a source and a sink with ``least`` intermediaries or more, as of each payment that
    completes one, is a find; finds that share legs of two intermediaries are one instance.

    The strength is the surprise at so many payments by each source, and to each sink, in the time
    that all of it takes (see `Rates`).
    """
    left_out = Counter() if left_out is None else left_out
    part = strangers(graph, search.new_days * DAY, search.days * DAY)
    finds = _finds(part, search, left_out)
    held = [[leg for leg, _ in find.legs()] for find in finds]
    groups, refused = grouped(held, _links(finds), search.most)
    left_out["scatter-gathers: groups with too many payments"] += refused
    found = [_instance(part, _joined([finds[k] for k in group])) for group in groups]
    return sorted(found, key=lambda one: (-one.strength, one.rows))


def _finds(graph: Graph, search: Search, left_out: Counter[str]) -> list[_Found]:
    legs, width = graph.incoming, search.days * DAY
    sinks = graph.target[legs.edge]
    rule = (width, search.memory, 0, 0, 0, 1)
    sizes, *_ = scatter_gather(0, len(graph), *legs_of(graph, ahead=False), rule)
    sizes = sizes[legs.edge]
    past, first = (
        first_after(sinks, legs.time - back, legs.starts, legs.time) for back in (0, width)
    )
    enough, busy = sizes >= search.least, past - first > search.busy
    left_out["scatter-gathers: payments to busy sinks"] += int(np.count_nonzero(enough & busy))
    ways = _Ways(graph, search)
    closing = np.sort(legs.edge[enough & ~busy])
    return [one for edge in closing.tolist() for one in ways.completed(edge, left_out)]


class _Ways:
    """The ways of two legs into a sink; legs are positions among an account's receipts."""

    def __init__(self, graph: Graph, search: Search) -> None:
        self.graph, self.search, self.width = graph, search, search.days * DAY
        self.times = np.unique(graph.time)
        legs = graph.incoming
        self.moments = self._key(graph.target[legs.edge], np.searchsorted(self.times, legs.time))

    def completed(self, edge: int, left_out: Counter[str]) -> Iterator[_Found]:
        """Yield what an edge completes with each source that is paid through the edge's payer."""
        legs, numbers = self.graph.incoming, self.graph.incoming.edge
        now, through = self.graph.time[edge], self.graph.source[edge]
        scatter, gather = self._into(self.graph.target[edge], through, now)
        order = np.argsort(legs.other[scatter], kind="stable")
        scatter, gather = scatter[order], gather[order]
        source = legs.other[scatter]
        cuts = np.flatnonzero(np.diff(source)) + 1
        for legs_out, legs_in in zip(np.split(scatter, cuts), np.split(gather, cuts), strict=True):
            middle = legs.other[legs_in]
            if len(np.unique(middle)) < self.search.least:
                continue
            if self._paid(int(legs.other[legs_out[0]]), int(now)) > self.search.busy:
                left_out["scatter-gathers: ways from busy sources"] += 1
                continue
            one = _Found()
            for near, far, account in zip(
                numbers[legs_out].tolist(), numbers[legs_in].tolist(), middle.tolist(), strict=True
            ):
                one.scatter[account].add(near)
                one.gather[account].add(far)
            yield one

    def _into(self, sink: int, through: int, now: int) -> tuple[Integers, Integers]:
        """Return the legs of all ways from the sources that pay one account."""
        legs = self.graph.incoming
        gathers = _ranges(*self._window(np.array([sink]), now, at_end=True))
        gathers = gathers[np.argsort(legs.other[gathers], kind="stable")]
        payers = legs.other[gathers]
        middle = np.unique(payers)
        begin, end = self._window(middle, now, at_end=False)
        who, past = np.repeat(middle, end - begin), np.repeat(end, end - begin)
        scatters = _ranges(begin, end)
        kept = past - self._first(who, legs.time[scatters], "left") <= self.search.memory
        kept &= legs.other[scatters] != sink
        kept &= np.isin(legs.other[scatters], legs.other[scatters[kept & (who == through)]])
        scatters, who = scatters[kept], who[kept]
        low, high = (np.searchsorted(payers, who, side) for side in ("left", "right"))
        scatter, gather = np.repeat(scatters, high - low), gathers[_ranges(low, high)]
        later = legs.time[gather] > legs.time[scatter]
        return scatter[later], gather[later]

    def _window(self, accounts: Codes, now: int, *, at_end: bool) -> tuple[Integers, Integers]:
        """Return where receipts since ``now - width`` begin, and end before now or with it."""
        times = np.full(len(accounts), now, np.int64)
        begin = self._first(accounts, times - self.width, "right")
        return begin, self._first(accounts, times, "right" if at_end else "left")

    def _first(self, accounts: Codes, times: Integers, side: Side) -> Integers:
        """Return the first of an account's receipts not before a time (left), or after it."""
        rank = np.searchsorted(self.times, times, side)
        return np.searchsorted(self.moments, self._key(accounts, rank)).astype(np.int64)

    def _key(self, accounts: Codes, rank: Integers) -> Integers:
        return accounts.astype(np.int64) * (len(self.times) + 1) + rank

    def _paid(self, account: int, now: int) -> int:
        """Return how many payments an account makes in the window that ends now."""
        out = self.graph.outgoing
        times = out.time[out.starts[account] : out.starts[account + 1]]
        low, high = np.searchsorted(times, [now - self.width, now], side="right")
        return int(high - low)


def _ranges(begin: Integers, end: Integers) -> Integers:
    """Return the numbers of several ranges, end to end.

    >>> _ranges(np.array([3, 7]), np.array([5, 8]))
    array([3, 4, 7])
    """
    size = end - begin
    offset = np.repeat(begin - np.cumsum(size) + size, size)
    return offset + np.arange(int(size.sum()))


def _links(finds: Sequence[_Found]) -> Iterator[Link]:
    """Yield finds that share legs of two intermediaries or more, and of how many."""
    holders: dict[int, list[int]] = defaultdict(list)
    for k, find in enumerate(finds):
        shared: dict[int, set[int]] = defaultdict(set)
        for leg, account in find.legs():
            for other in holders[leg]:
                shared[other].add(account)
            holders[leg].append(k)
        for other, accounts in shared.items():
            if len(accounts) > 1:
                yield float(len(accounts)), other, k


def _joined(finds: Sequence[_Found]) -> _Found:
    whole = _Found()
    for find in finds:
        whole.add(find)
    return whole


def _instance(graph: Graph, found: _Found) -> Instance:
    scatter = set().union(*found.scatter.values())
    gather = set().union(*found.gather.values())
    edges = sorted(scatter | gather)
    roles = tuple(_role(edge in scatter, edge in gather) for edge in edges)
    ends = graph.time[edges[:1]], graph.time[edges[-1:]]
    share = Rates(graph.time, graph.accounts).between(*ends)
    strength = [
        *_surprises(graph, graph.source[sorted(scatter)], graph.outgoing.starts, share),
        *_surprises(graph, graph.target[sorted(gather)], graph.incoming.starts, share),
    ]
    return Instance("scatter_gather", tuple(graph.row[edges].tolist()), roles, fsum(strength))


def _surprises(graph: Graph, accounts: Codes, starts: Integers, share: Floats) -> list[float]:
    """Return the surprise of each account at an end, that has as many legs as it stands there."""
    account, count = np.unique(accounts, return_counts=True)
    own = starts[account + 1] - starts[account]
    rates = Rates(graph.time, graph.accounts)
    found: list[float] = rates.surprise(count, own, share).tolist()
    return found


def _role(scatter: bool, gather: bool) -> str:
    if scatter and gather:
        return "scatter leg and gather leg"
    return "scatter leg" if scatter else "gather leg"
