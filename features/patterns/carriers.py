"""Accounts that pass on to strangers what strangers just paid them."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from math import log

import numpy as np

from features.kernels.patterns.carriers import Side, carried
from features.patterns.graph import Adjacency, Codes, Graph, Integers
from features.patterns.novelty import strangers
from features.patterns.surprise import Floats, Rates
from features.windows import DAY


@dataclass(frozen=True)
class CarrierSearch:
    """What is looked for; strangers are as in `relations`, over ``new_days``.

    A carrier pays ``low_permille`` to ``high_permille`` of what it got, at most ``reach`` payments
    on a side, all in ``days``. Two are linked where chance does it in less than ``link_permille``
    of cases; no account outside links a carrier that deals with more than ``shared``.
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
    received: tuple[Codes, ...]
    paid: tuple[Codes, ...]
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


def find_carriers(graph: Graph, search: CarrierSearch, left_out: Counter[str]) -> Carriers:
    """Find carriers; of several that share a payment the strongest is kept, then the shortest.

    A carrier is paid by strangers, some of its latest receipts from them before it begins to pay
    strangers itself, and passes the money on with its payments to them from then on, leaving none
    out. The strength is the surprise that it is paid so often before it pays, and pays so often
    after it was paid (see `Rates`).
    """
    part = strangers(graph, search.new_days * DAY, search.width)
    rates, into, out = Rates(part.time, part.accounts), part.incoming, part.outgoing
    rule = (search.width, search.low_permille, search.high_permille, search.reach)
    first, middle, stop, value, more = carried(
        _side(into, rates), _side(out, rates), rates.mean, rule
    )
    left_out["carriers: payments with too many around them"] += int(more.sum())
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
