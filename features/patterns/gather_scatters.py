"""All gather-scatters of a history, hubs that share accounts on the outside as one."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.kernels.patterns.gather_scatter import conserving_runs
from features.patterns.graph import Graph, Integers
from features.patterns.instance import Instance
from features.patterns.novelty import new_pairs
from features.windows import DAY


@dataclass(frozen=True)
class HubSearch:
    """What to look for: days from first to last payment, and how many payments.

    ``least`` in all, ``most`` on either side; before each, none between its two accounts for
    ``new_days``. What goes out is ``low_permille`` to ``high_permille`` of what came in.
    """

    days: int
    least: int
    most: int
    new_days: int
    low_permille: int
    high_permille: int


@dataclass(frozen=True)
class _Find:
    """Edges into a hub and out of it, in time order, and how unlikely as many were by chance."""

    gather: tuple[int, ...]
    scatter: tuple[int, ...]
    strength: float

    @property
    def legs(self) -> set[tuple[int, str]]:
        """Each edge with its role."""
        return {(k, "gather") for k in self.gather} | {(k, "scatter") for k in self.scatter}


def instances(graph: Graph, search: HubSearch) -> list[Instance]:
    """Find the gather-scatters of a whole history, strongest first.

    A hub is paid by accounts new to it, and then pays others new to it a conserving share of the
    sum, with nothing else from or to new accounts in between. Of a hub's finds that share a payment
    the strongest is kept. Hubs that share two accounts on the outside in ``days`` are one instance.

    The strength of a hub is minus the logarithm of Chernoff's bound on the chance of as many new
    payers, and payees, in the time they took, at the rate the hub meets new ones in all of the
    history; the strengths of the hubs of an instance add up.
    """
    finds = _apart(graph, _finds(graph, search))
    groups = _groups(graph, finds, search.days * DAY)
    found = [_instance(graph, [finds[k] for k in group]) for group in groups]
    return sorted(found, key=lambda one: (-one.strength, one.rows))


def _finds(graph: Graph, search: HubSearch) -> list[_Find]:
    fresh = np.flatnonzero(new_pairs(graph, search.new_days * DAY))
    part = Graph(
        fresh,
        graph.source[fresh],
        graph.target[fresh],
        graph.time[fresh],
        graph.amount[fresh],
        graph.accounts,
    )
    into, out = part.incoming, part.outgoing
    first, begin, end = conserving_runs(
        into.starts,
        into.time,
        into.amount,
        out.starts,
        out.time,
        out.amount,
        search.days * DAY,
        search.most,
        search.low_permille,
        search.high_permille,
    )
    last = np.flatnonzero(first >= 0)
    last = last[last - first[last] + end[last] - begin[last] + 2 >= search.least]
    first, begin, end = first[last], begin[last], end[last]
    hub = part.target[into.edge[last]]
    gather = _surprise(last - first + 1, into.time[last] - into.time[first], into.starts, hub, part)
    scatter = _surprise(end - begin + 1, out.time[end] - into.time[last], out.starts, hub, part)
    return [
        _Find(
            tuple(fresh[into.edge[a : b + 1]].tolist()),
            tuple(fresh[out.edge[c : d + 1]].tolist()),
            float(strength),
        )
        for a, b, c, d, strength in zip(first, last, begin, end, gather + scatter, strict=True)
    ]


def _surprise(
    count: Integers, took: Integers, starts: Integers, hub: NDArray[np.int32], graph: Graph
) -> NDArray[np.float64]:
    """Return Chernoff's bound for so many Poisson events in the time it took, and a day.

    ``P(N >= k) <= exp(-(k log(k / m) - k + m))`` for ``k > m``: Mitzenmacher & Upfal, Probability
    and Computing, theorem 5.4.
    """
    whole = max(int(graph.time[-1] - graph.time[0]), 1) if len(graph) else 1
    mean = np.diff(starts)[hub] * ((took + DAY) / (whole + DAY))
    bound = count * np.log(count / mean) - count + mean
    return np.where(count > mean, bound, 0.0)


def _apart(graph: Graph, finds: Sequence[_Find]) -> list[_Find]:
    """Keep, of a hub's finds that share a payment, the strongest; of several, the earliest."""

    def rank(find: _Find) -> tuple[float, list[int], list[int]]:
        edges = [*find.gather, *find.scatter]
        return -find.strength, graph.time[edges].tolist(), graph.amount[edges].tolist()

    taken: set[tuple[int, str]] = set()
    kept = []
    for find in sorted(finds, key=rank):
        if taken.isdisjoint(find.legs):
            taken |= find.legs
            kept.append(find)
    return sorted(kept, key=lambda one: one.gather)


def _groups(graph: Graph, finds: Sequence[_Find], width: int) -> list[list[int]]:
    """Put finds together that share two accounts on the outside; they come by first edge."""
    root = list(range(len(finds)))
    holders: dict[tuple[bool, int], list[int]] = defaultdict(list)

    def top(k: int) -> int:
        while root[k] != k:
            root[k] = root[root[k]]
            k = root[k]
        return k

    for k, find in enumerate(finds):
        shared: dict[int, int] = defaultdict(int)
        until = graph.time[find.scatter[-1]]
        for outer in _outside(graph, find):
            for other in reversed(holders[outer]):
                if until - graph.time[finds[other].gather[0]] >= width:
                    break
                shared[other] += 1
            holders[outer].append(k)
        for other, count in shared.items():
            if count > 1:
                root[top(other)] = top(k)
    groups: dict[int, list[int]] = defaultdict(list)
    for k in range(len(finds)):
        groups[top(k)].append(k)
    return list(groups.values())


def _outside(graph: Graph, find: _Find) -> Iterator[tuple[bool, int]]:
    """Yield each account that pays the hub, and each that it pays."""
    for scatter, edges, accounts in (
        (False, find.gather, graph.source),
        (True, find.scatter, graph.target),
    ):
        yield from ((scatter, account) for account in set(accounts[list(edges)].tolist()))


def _instance(graph: Graph, finds: Sequence[_Find]) -> Instance:
    roles: dict[int, set[str]] = defaultdict(set)
    for find in finds:
        for edge, role in find.legs:
            roles[edge].add(role)
    edges = sorted(roles)
    return Instance(
        "gather_scatter",
        tuple(graph.row[edges].tolist()),
        tuple(" and ".join(sorted(roles[edge])) for edge in edges),
        sum(find.strength for find in finds),
    )
