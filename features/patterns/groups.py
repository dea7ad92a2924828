"""Put things together that hang together, unless that makes something too large to read."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import groupby

Link = tuple[float, int, int]


def grouped(
    members: Sequence[Iterable[int]], links: Iterable[Link], most: int
) -> tuple[list[list[int]], int]:
    """Join things by their links, the strongest first; return the groups, and what was refused.

    A thing is what it holds, as numbers; a link is its strength and the numbers of two things.
    Where a link, or several of equal strength, would make a group that holds more than ``most``,
    its parts stay as they are and take no weaker link. So no order but that of strengths counts.

    >>> grouped([{1, 2}, {2, 3}, {4}], [(5.0, 0, 1), (3.0, 1, 2)], 3)
    ([[0, 1], [2]], 1)
    """
    groups = _Groups(members)
    refused = 0
    ordered = sorted(links, key=lambda link: -link[0])
    for _, equal in groupby(ordered, key=lambda link: link[0]):
        refused += groups.join([(one, other) for _, one, other in equal], most)
    return groups.listed(), refused


class _Groups:
    """A forest of things (union-find); the top of each tree knows what the group holds."""

    def __init__(self, members: Sequence[Iterable[int]]) -> None:
        self.above = list(range(len(members)))
        self.held = [set(one) for one in members]
        self.closed = [False] * len(members)

    def top(self, k: int) -> int:
        while self.above[k] != k:
            self.above[k] = self.above[self.above[k]]
            k = self.above[k]
        return k

    def join(self, links: Iterable[tuple[int, int]], most: int) -> int:
        """Join what links of one strength connect; return how many groups they would make."""
        open_ = [
            (a, b)
            for a, b in ((self.top(a), self.top(b)) for a, b in links)
            if a != b and not (self.closed[a] or self.closed[b])
        ]
        refused = 0
        for parts in _connected(open_):
            whole = set().union(*(self.held[k] for k in parts))
            if len(whole) > most:
                refused += 1
                for k in parts:
                    self.closed[k] = True
                continue
            for k in parts:
                self.above[k] = parts[0]
            self.held[parts[0]] = whole
        return refused

    def listed(self) -> list[list[int]]:
        found: dict[int, list[int]] = defaultdict(list)
        for k in range(len(self.above)):
            found[self.top(k)].append(k)
        return list(found.values())


def _connected(links: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Return what hangs together, each thing once."""
    if len(links) == 1:
        return [list(links[0])]
    beside: dict[int, set[int]] = defaultdict(set)
    for a, b in links:
        beside[a].add(b)
        beside[b].add(a)
    seen: set[int] = set()
    found = []
    for start in beside:
        if start in seen:
            continue
        seen.add(start)
        whole, ahead = [start], [start]
        while ahead:
            fresh = beside[ahead.pop()] - seen
            seen |= fresh
            whole += fresh
            ahead += fresh
        found.append(whole)
    return found
