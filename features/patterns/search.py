"""Look for the instances of every pattern in a history."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from features.catalogue.settings import pattern_settings
from features.history import History
from features.patterns import chain, cycle, gather_scatters, scatter_gathers
from features.patterns.bipartite import blocks
from features.patterns.blocks import BlockRule
from features.patterns.carriers import stacks
from features.patterns.fans import FanRule, fans, new_edges
from features.patterns.graph import Graph
from features.patterns.instance import Instance
from features.windows import DAY

Finder = Callable[[History], list[Instance]]
WIDTH = 28 * DAY
"""No instance lasts as long. Planted ones last up to three weeks in public simulators."""


def _fans_in(history: History) -> list[Instance]:
    rule = pattern_settings("fans", FanRule)
    return fans(history.graph, rule, "in", WIDTH, history.coverage_from + rule.horizon)


def _fans_out(history: History) -> list[Instance]:
    rule = pattern_settings("fans", FanRule)
    return fans(history.graph, rule, "out", WIDTH, history.coverage_from + rule.horizon)


def _new_edges(history: History) -> Graph:
    horizon = pattern_settings("fans", FanRule).horizon
    return new_edges(history.graph, horizon, history.coverage_from + horizon)


def _blocks(history: History) -> list[Instance]:
    return blocks(_new_edges(history), pattern_settings("blocks", BlockRule), WIDTH)


def _stacks(history: History) -> list[Instance]:
    return stacks(_new_edges(history), pattern_settings("blocks", BlockRule), WIDTH)


def _scatter_gathers(history: History) -> list[Instance]:
    search = pattern_settings("scatter_gather_instances", scatter_gathers.Search)
    return scatter_gathers.instances(history.graph, search)


def _gather_scatters(history: History) -> list[Instance]:
    search = pattern_settings("gather_scatter_instances", gather_scatters.HubSearch)
    return gather_scatters.instances(history.graph, search)


def _cycles(history: History) -> list[Instance]:
    return cycle.instances(history.graph, pattern_settings("cycle", cycle.CycleRule))


def _chains(history: History) -> list[Instance]:
    return chain.instances(history.graph, pattern_settings("chain", chain.ChainRule))


FINDERS: Mapping[str, Finder] = MappingProxyType(
    {
        "fan_in": _fans_in,
        "fan_out": _fans_out,
        "scatter_gather": _scatter_gathers,
        "gather_scatter": _gather_scatters,
        "cycle": _cycles,
        "chain": _chains,
        "bipartite": _blocks,
        "stack": _stacks,
    }
)


def find(history: History, pattern: str) -> list[Instance]:
    """Return the instances of a pattern, the strongest first.

    Raises
    ------
    KeyError
        If there is no such pattern.
    """
    return sorted(FINDERS[pattern](history), key=lambda one: (-one.strength, one.rows))
