"""Gather-scatters and stacks as they are listed: carriers alone, side by side, and in layers."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import fsum

from features.patterns.carrier_links import paying, shared, strong
from features.patterns.carriers import Carriers, CarrierSearch, find_carriers
from features.patterns.graph import Graph
from features.patterns.groups import grouped
from features.patterns.instance import Instance


def gather_scatters(
    graph: Graph, search: CarrierSearch, left_out: Counter[str] | None = None
) -> list[Instance]:
    """Find the gather-scatters of a whole history, strongest first.

    A hub is a carrier; carriers that share accounts on the outside are one instance. The strengths
    of the carriers add up.
    """
    left_out = Counter() if left_out is None else left_out
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
    payment's layer is one more than the highest of those that its payer passes on. The
    strengths of the carriers add up.
    """
    left_out = Counter() if left_out is None else left_out
    carriers = find_carriers(graph, search, left_out)
    found = [
        _instance("stack", carriers, group, _layers)
        for group in _groups(carriers, search, left_out, direct=True)
        if len(group) > 1
    ]
    return _ranked(one for one in found if len(one.rows) >= search.least)


def _groups(
    carriers: Carriers, search: CarrierSearch, left_out: Counter[str], *, direct: bool
) -> list[list[int]]:
    if not len(carriers):
        return []
    beside, crowded = shared(carriers, search)
    left_out["carriers: outside accounts with too many carriers"] += crowded
    pairs = [beside, paying(carriers, search.width)] if direct else [beside]
    held = [
        {*ins.tolist(), *outs.tolist()}
        for ins, outs in zip(carriers.received, carriers.paid, strict=True)
    ]
    links = strong(carriers, pairs, search.link_surprise)
    found, refused = grouped(held, links, search.most)
    left_out["carriers: groups with too many payments"] += refused
    return found


def _instance(
    pattern: str,
    carriers: Carriers,
    group: Sequence[int],
    told: Callable[[Carriers, Sequence[int]], Mapping[int, str]],
) -> Instance:
    roles = told(carriers, group)
    edges = sorted(roles)
    return Instance(
        pattern,
        tuple(carriers.graph.row[edges].tolist()),
        tuple(roles[edge] for edge in edges),
        fsum(carriers.strength[list(group)].tolist()),
    )


def _hub_roles(carriers: Carriers, group: Sequence[int]) -> Mapping[int, str]:
    roles: dict[int, str] = {}
    for number in group:
        roles |= dict.fromkeys(carriers.received[number].tolist(), "gather")
    for number in group:
        for edge in carriers.paid[number].tolist():
            roles[edge] = "gather and scatter" if edge in roles else "scatter"
    return roles


def _layers(carriers: Carriers, group: Sequence[int]) -> Mapping[int, str]:
    """Return each payment's layer; who is paid by a carrier pays later, so one pass is enough."""
    layers: dict[int, int] = defaultdict(lambda: 1)
    for number in sorted(group, key=lambda one: int(carriers.paid[one][0])):
        above = max(layers[edge] for edge in carriers.received[number].tolist())
        layers.update(dict.fromkeys(carriers.paid[number].tolist(), above + 1))
    return {edge: f"layer {layer}" for edge, layer in layers.items()}


def _ranked(found: Iterable[Instance]) -> list[Instance]:
    return sorted(found, key=lambda one: (-one.strength, one.rows))
