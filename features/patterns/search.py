"""Look for the instances of every pattern in a history."""

from collections import Counter
from collections.abc import Callable, Mapping
from types import MappingProxyType

from features.catalogue.settings import pattern_settings
from features.history import History
from features.patterns import chain, cycle, scatter_gathers
from features.patterns.bipartite import blocks
from features.patterns.blocks import BlockRule
from features.patterns.carriers import CarrierSearch
from features.patterns.fans import FanSearch, fans
from features.patterns.instance import Instance
from features.patterns.novelty import strangers
from features.patterns.stacks import gather_scatters, stacks
from features.windows import DAY

Finder = Callable[[History, Counter[str]], list[Instance]]


def _fans_in(history: History, left_out: Counter[str]) -> list[Instance]:
    return fans(history.graph, pattern_settings("fan_instances", FanSearch), "in", left_out)


def _fans_out(history: History, left_out: Counter[str]) -> list[Instance]:
    return fans(history.graph, pattern_settings("fan_instances", FanSearch), "out", left_out)


def _blocks(history: History, _: Counter[str]) -> list[Instance]:
    search = pattern_settings("fan_instances", FanSearch)
    part = strangers(history.graph, search.new_days * DAY, search.width)
    return blocks(part, pattern_settings("blocks", BlockRule), search.width)


def _stacks(history: History, left_out: Counter[str]) -> list[Instance]:
    return stacks(history.graph, pattern_settings("carriers", CarrierSearch), left_out)


def _gather_scatters(history: History, left_out: Counter[str]) -> list[Instance]:
    return gather_scatters(history.graph, pattern_settings("carriers", CarrierSearch), left_out)


def _scatter_gathers(history: History, left_out: Counter[str]) -> list[Instance]:
    search = pattern_settings("scatter_gather_instances", scatter_gathers.Search)
    return scatter_gathers.instances(history.graph, search, left_out)


def _cycles(history: History, _: Counter[str]) -> list[Instance]:
    return cycle.instances(history.graph, pattern_settings("cycle", cycle.CycleRule))


def _chains(history: History, _: Counter[str]) -> list[Instance]:
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


def find(history: History, pattern: str, left_out: Counter[str] | None = None) -> list[Instance]:
    """Return the instances of a pattern, the strongest first; count what bounds leave out.

    Raises
    ------
    KeyError
        If there is no such pattern.
    """
    found = FINDERS[pattern](history, Counter() if left_out is None else left_out)
    return sorted(found, key=lambda one: (-one.strength, one.rows))
