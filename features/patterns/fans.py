"""Fans: an account that is paid by, or pays, many it had no dealings with, in a short time."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from features.history import Flow
from features.patterns.graph import Graph
from features.patterns.instance import Instance
from features.patterns.legs import Legs, LegsOfEnd
from features.windows import DAY, HOUR

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class FanRule:
    """What is new, what is alike, how long a burst is, and how many legs make a fan."""

    horizon_days: int
    alike_low_permille: int
    alike_high_permille: int
    burst_hours: int
    least_accounts: int

    @property
    def horizon(self) -> int:
        """How long two accounts must have had no dealings, in microseconds."""
        return self.horizon_days * DAY

    @property
    def burst(self) -> int:
        """How long a burst is, in microseconds."""
        return self.burst_hours * HOUR


def fans(
    graph: Graph, rule: FanRule, flow: Flow, width: int, known_from: int | None = None
) -> list[Instance]:
    """List the fans in or out, strongest first.

    Of an account's new one-way legs, the window shorter than ``width`` that holds most makes a
    fan, the earliest of several; then the one that holds most of the rest, and so on while one
    holds ``least_accounts`` accounts. A leg is one-way where no money came back within ``width``.
    Before ``known_from`` (by default the first edge's time and the horizon) no leg can be told to
    be new, and none is taken.

    The strength is the number of legs over 1 + the coefficient of variation of their amounts.
    """
    legs = new_legs_of(graph, rule.horizon)
    end = legs.received if flow == "in" else legs.sent
    rows = _rows_of_legs(graph, legs)
    since = _told_from(graph, rule.horizon, known_from)
    found = [
        _instance(flow, end, chosen, rows)
        for account in np.flatnonzero(np.diff(end.starts) >= rule.least_accounts)
        for chosen in _windows(end, int(account), width, rule.least_accounts, since)
    ]
    return sorted(found, key=lambda instance: (-instance.strength, instance.rows))


def new_edges(graph: Graph, horizon: int, known_from: int | None = None) -> Graph:
    """Return the graph of edges that are part of a new leg; for ``known_from`` see `fans`."""
    legs = new_legs_of(graph, horizon)
    kept = (legs.of >= 0) & (graph.time >= _told_from(graph, horizon, known_from))
    return Graph(
        graph.row[kept],
        graph.source[kept],
        graph.target[kept],
        graph.time[kept],
        graph.amount[kept],
        graph.accounts,
    )


def _told_from(graph: Graph, horizon: int, known_from: int | None) -> int:
    if known_from is not None or not len(graph):
        return known_from or 0
    return int(graph.time[0]) + horizon


def new_legs_of(graph: Graph, horizon: int) -> Legs:
    """Return the new legs among a graph's edges."""
    low, high = np.minimum(graph.source, graph.target), np.maximum(graph.source, graph.target)
    _, two = np.unique(low.astype(np.int64) * graph.accounts + high, return_inverse=True)
    codes = two.astype(np.int32)
    pairs = int(codes.max(initial=-1)) + 1
    sides = (graph.source, graph.target)
    return Legs.among(codes, pairs, sides, graph.time, graph.amount, graph.accounts, horizon)


def _rows_of_legs(graph: Graph, legs: Legs) -> list[Integers]:
    """Return the history rows of each leg."""
    new = np.flatnonzero(legs.of >= 0)
    new = new[np.argsort(legs.of[new], kind="stable")]
    cuts = np.cumsum(np.bincount(legs.of[new], minlength=len(legs.time)))[:-1]
    return np.split(graph.row[new], cuts)


def _windows(
    end: LegsOfEnd, account: int, width: int, least: int, since: int
) -> Iterator[Integers]:
    """Yield positions of legs: the fullest window, then the fullest of what is left."""
    left = np.arange(end.starts[account], end.starts[account + 1])
    left = left[(end.time[left] >= since) & (end.back[left] - end.time[left] >= width)]
    while len(left) >= least:
        times = end.time[left]
        counts = np.searchsorted(times, times + width) - np.arange(len(left))
        best = int(counts.argmax())
        if counts[best] < least:
            return
        yield left[best : best + counts[best]]
        left = np.delete(left, np.s_[best : best + counts[best]])


def _instance(flow: Flow, end: LegsOfEnd, chosen: Integers, rows: list[Integers]) -> Instance:
    members = np.sort(np.concatenate([rows[leg] for leg in end.leg[chosen]]))
    return Instance(
        f"fan_{flow}",
        tuple(int(row) for row in members),
        ("payer" if flow == "in" else "payee",) * len(members),
        len(chosen) / (1 + _variation([int(amount) for amount in end.amount[chosen]])),
    )


def _variation(amounts: list[int]) -> float:
    """Return the coefficient of variation, from exact sums.

    >>> _variation([1, 3]), _variation([0, 0])
    (0.5, 0.0)
    """
    total, squares = sum(amounts), sum(amount * amount for amount in amounts)
    return sqrt(len(amounts) * squares - total * total) / total if total else 0.0
