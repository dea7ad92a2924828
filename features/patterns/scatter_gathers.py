"""All scatter-gathers of a history, those that share their intermediaries as one."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from features.kernels.patterns.scatter_gather import scatter_gather
from features.kernels.windows import first_after
from features.patterns.graph import Graph
from features.patterns.instance import Instance
from features.patterns.novelty import new_pairs
from features.patterns.scatter_gather import ScatterGatherRule, Sight
from features.windows import DAY


@dataclass(frozen=True)
class Search:
    """What to look for: days from first to last payment, and how many intermediaries at least.

    These remember their latest ``memory`` receipts. A source that has made more than ``most``
    payments in that time, or a sink that has received more, is left out: many ways lead from one
    such to another. Two accounts are new to each other that have not paid each other for
    ``new_days``.
    """

    days: int
    least: int
    memory: int
    most: int
    new_days: int

    @property
    def rule(self) -> ScatterGatherRule:
        """The rule for any amounts."""
        return ScatterGatherRule(self.memory, 0, 0, 0)


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


def instances(graph: Graph, search: Search) -> list[Instance]:
    """Find the scatter-gathers of a whole history, strongest first.

    Each pair of a source and a sink with ``least`` intermediaries or more, as of each payment that
    completes one, is a find; finds that share legs of two intermediaries are one instance.

    The strength is how many intermediaries there are, times the share of legs between accounts
    with no payments between them, either way, in ``new_days`` before: payments that come to meet
    by chance mostly run between accounts that pay each other anyway.
    """
    finds = _finds(graph, search)
    fresh = new_pairs(graph, search.new_days * DAY)
    merged = [_joined([finds[k] for k in group]) for group in _groups(finds)]
    found = [_instance(graph, one, fresh) for one in merged]
    return sorted(found, key=lambda one: (-one.strength, one.rows))


def _finds(graph: Graph, search: Search) -> list[_Found]:
    legs, rule, width = graph.incoming, search.rule, search.days * DAY
    sizes, *_ = scatter_gather(
        np.arange(len(graph)),
        graph.target[legs.edge],
        legs.starts,
        legs.other,
        legs.time,
        legs.amount,
        width,
        rule.memory,
        rule.pass_on,
        rule.low_permille,
        rule.high_permille,
        False,
    )
    sight = Sight(graph, width, rule, conserving=False, ahead=False)
    sinks = graph.target[legs.edge]
    past, first = (
        first_after(sinks, legs.time - back, legs.starts, legs.time) for back in (0, width)
    )
    closing = np.sort(legs.edge[(sizes >= search.least) & (past - first <= search.most)])
    return [one for edge in closing for one in _completed(sight, int(edge), search)]


def _completed(sight: Sight, edge: int, search: Search) -> Iterator[_Found]:
    paths, numbers = sight.completed(edge), sight.graph.incoming.edge
    for source, size in paths.sizes().items():
        if size < search.least or _paid(sight, source, edge) > search.most:
            continue
        one = _Found()
        own = paths.of(paths.source == source)
        for scatter, gather, account in zip(own.scatter, own.gather, own.through, strict=True):
            one.scatter[int(account)].add(int(numbers[scatter]))
            one.gather[int(account)].add(int(numbers[gather]))
        yield one


def _paid(sight: Sight, account: int, edge: int) -> int:
    """Return how many payments an account has made in the window that an edge ends."""
    out, now = sight.graph.outgoing, sight.graph.time[edge]
    times = out.time[out.starts[account] : out.starts[account + 1]]
    low, high = np.searchsorted(times, [now - sight.width, now], side="right")
    return int(high - low)


def _groups(finds: Sequence[_Found]) -> list[list[int]]:
    """Put finds together that share legs of two intermediaries, and what these share."""
    holders: dict[int, list[int]] = defaultdict(list)
    root = list(range(len(finds)))

    def top(k: int) -> int:
        while root[k] != k:
            root[k] = root[root[k]]
            k = root[k]
        return k

    for k, find in enumerate(finds):
        shared: dict[int, set[int]] = defaultdict(set)
        for leg, account in find.legs():
            for other in holders[leg]:
                shared[other].add(account)
            holders[leg].append(k)
        for other, accounts in shared.items():
            if len(accounts) > 1:
                root[top(other)] = top(k)
    groups: dict[int, list[int]] = defaultdict(list)
    for k in range(len(finds)):
        groups[top(k)].append(k)
    return list(groups.values())


def _joined(finds: Sequence[_Found]) -> _Found:
    whole = _Found()
    for find in finds:
        whole.add(find)
    return whole


def _instance(graph: Graph, found: _Found, fresh: NDArray[np.bool_]) -> Instance:
    scatter = set().union(*found.scatter.values())
    gather = set().union(*found.gather.values())
    edges = sorted(scatter | gather)
    roles = tuple(_role(edge in scatter, edge in gather) for edge in edges)
    strength = len(found.scatter) * float(fresh[edges].mean())
    return Instance("scatter_gather", tuple(graph.row[edges].tolist()), roles, strength)


def _role(scatter: bool, gather: bool) -> str:
    if scatter and gather:
        return "scatter leg and gather leg"
    return "scatter leg" if scatter else "gather leg"
