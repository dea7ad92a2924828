"""Fans: an account that is paid by, or pays, many it had no dealings with, in a short time."""

from collections import Counter
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from features.history import Flow
from features.kernels.ledger import group_starts, grouped_order
from features.kernels.patterns.bursts import bursts
from features.patterns.graph import Graph
from features.patterns.instance import Instance
from features.patterns.novelty import relations
from features.patterns.surprise import Rates
from features.windows import DAY, HOUR

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class FanRule:
    """What is new, what is alike, and how long a burst is."""

    horizon_days: int
    alike_low_permille: int
    alike_high_permille: int
    burst_hours: int

    @property
    def horizon(self) -> int:
        """How long two accounts must have had no dealings, in microseconds."""
        return self.horizon_days * DAY

    @property
    def burst(self) -> int:
        """How long a burst is, in microseconds."""
        return self.burst_hours * HOUR


@dataclass(frozen=True)
class FanSearch:
    """What is looked for in a whole history: legs in ``days``, their number, and who is new.

    A leg is a one-off relation as in `relations`, over ``new_days``.
    """

    days: int
    new_days: int
    least: int
    most: int

    @property
    def width(self) -> int:
        """How long a fan may take, in microseconds."""
        return self.days * DAY


@dataclass(frozen=True)
class _Legs:
    """One-off relations by account, in time order: when each begins, its sum, and its edges."""

    starts: Integers
    time: Integers
    amount: Integers
    edges: tuple[Integers, ...]


def fans(
    graph: Graph, search: FanSearch, flow: Flow, left_out: Counter[str] | None = None
) -> list[Instance]:
    """List the fans in or out, strongest first.

    A fan is a window of less than ``days`` in which an account begins ``least`` to ``most`` one-off
    relations, surprisingly many (see `Rates`); of several windows that share one the most
    surprising counts, then the earlier. More legs than ``most`` are told as several fans.

    The strength is the surprise over 1 + the coefficient of variation of the legs' amounts.
    """
    legs = _legs(graph, search, flow)
    rates = Rates(np.sort(legs.time), graph.accounts)
    rule = (search.width, search.least, search.most)
    stop, value, more = bursts(
        legs.starts,
        legs.time,
        rates.before(legs.time),
        rates.until(legs.time),
        rates.mean,
        rule,
    )
    if left_out is not None and more.any():
        left_out[f"fan_{flow}: windows cut at the most legs"] += int(more.sum())
    taken, found = np.zeros(len(legs.time), np.bool_), []
    for first in np.argsort(-value, kind="stable")[: np.count_nonzero(stop)].tolist():
        window = slice(first, int(stop[first]))
        if not taken[window].any():
            taken[window] = True
            found.append(_instance(graph, flow, legs, window, float(value[first])))
    return sorted(found, key=lambda instance: (-instance.strength, instance.rows))


def _legs(graph: Graph, search: FanSearch, flow: Flow) -> _Legs:
    number = relations(graph, search.new_days * DAY, search.width)
    edges = np.flatnonzero(number >= 0)
    edges = edges[np.argsort(number[edges], kind="stable")]
    opens = np.flatnonzero(np.diff(number[edges], prepend=-1))
    first = edges[opens]
    order = np.argsort(first)
    account = (graph.target if flow == "in" else graph.source)[first[order]]
    starts = group_starts(account, graph.accounts)
    order = order[grouped_order(account, starts)]
    parts = np.split(edges, opens[1:])
    amount = np.add.reduceat(graph.amount[edges], opens) if len(opens) else opens
    return _Legs(
        starts,
        graph.time[first[order]],
        amount[order],
        tuple(parts[leg] for leg in order.tolist()),
    )


def _instance(graph: Graph, flow: Flow, legs: _Legs, window: slice, surprise: float) -> Instance:
    members = np.sort(graph.row[np.concatenate(legs.edges[window])])
    return Instance(
        f"fan_{flow}",
        tuple(members.tolist()),
        ("payer" if flow == "in" else "payee",) * len(members),
        surprise / (1 + _variation(legs.amount[window].tolist())),
    )


def _variation(amounts: list[int]) -> float:
    """Return the coefficient of variation, from exact sums.

    >>> _variation([1, 3]), _variation([0, 0])
    (0.5, 0.0)
    """
    total, squares = sum(amounts), sum(amount * amount for amount in amounts)
    return sqrt(len(amounts) * squares - total * total) / total if total else 0.0
