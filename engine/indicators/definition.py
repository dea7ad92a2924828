"""What an indicator is: a published red flag and the conditions under which it fires.

An indicator has rules; a rule fires where all of its conditions hold, and an indicator where one of
its rules does. A condition on a value that is not known is neither true nor false (the logic of
Kleene 1938): a rule one of whose conditions fails does not fire whatever the others would say; a
rule with none failed and one not known is itself not known.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, Self

from engine.peers import ACTIVITY, SIDES
from engine.peers.traits import SideName
from features.catalogue import CATALOGUE, Feature, pick
from features.dataset.manifest import canonical_digest

Op = Literal[">=", ">", "<=", "<"]
MOST = 64


@dataclass(frozen=True)
class Condition:
    """``feature op threshold``: in the feature's unit, or a percentile among peers.

    Money stands in major units here, as in the config.
    """

    feature: Feature
    op: Op
    threshold: float
    peers: bool

    @property
    def above(self) -> bool:
        """Whether high values fire."""
        return self.op in {">=", ">"}

    def level(self, minor_digits: int) -> float:
        """Return the threshold in the feature's own unit; money in minor units."""
        if self.peers or self.feature.unit != "money":
            return self.threshold
        return float(round(self.threshold * 10**minor_digits))

    def __str__(self) -> str:
        measure = "of peers" if self.peers else self.feature.unit
        level = int(self.threshold) if self.threshold.is_integer() else self.threshold
        return f"{self.feature.name} {self.op} {level} {measure}"


@dataclass(frozen=True)
class Rule:
    """Conditions that must all hold, about the account on one side of a payment.

    The first one is what is shown.
    """

    side: SideName
    conditions: tuple[Condition, ...]

    @property
    def leading(self) -> bool:
        """Whether it asks what happened to the money next."""
        return any(condition.feature.direction == "leading" for condition in self.conditions)


@dataclass(frozen=True)
class Indicator:
    """A published red flag; ``goaml`` are codes of goAML report indicators that fit it."""

    id: str
    name: str
    typology: str
    source: str
    goaml: tuple[str, ...]
    weight: float
    rules: tuple[Rule, ...]

    def plain(self) -> dict[str, object]:
        """Return all that decides where it fires, as plain values."""
        rules = [[rule.side, *map(str, rule.conditions)] for rule in self.rules]
        return {"id": self.id, "weight": self.weight, "rules": rules}


@dataclass(frozen=True)
class Indicators:
    """All indicators of a config, in its order; ``text`` is the config as it was read."""

    version: str
    items: tuple[Indicator, ...]
    text: str

    def __iter__(self) -> Iterator[Indicator]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    @cached_property
    def digest(self) -> str:
        """Return the SHA-256 of the version and all definitions; words are left out."""
        plain = [indicator.plain() for indicator in self.items]
        return canonical_digest({"version": self.version, "indicators": plain})

    def differing(self, other: "Indicators") -> tuple[str, ...]:
        """Name the indicators that fire elsewhere in another config, or are in one only."""
        one, two = ({each.id: each.plain() for each in config} for config in (self, other))
        return tuple(sorted(id_ for id_ in one.keys() | two.keys() if one.get(id_) != two.get(id_)))

    @property
    def leads(self) -> bool:
        """Whether any rule looks ahead."""
        return any(rule.leading for each in self.items for rule in each.rules)

    def known_at_once(self) -> Self:
        """Leave out the rules that look ahead: for a model that never does."""
        return replace(
            self,
            items=tuple(
                replace(each, rules=tuple(rule for rule in each.rules if not rule.leading))
                for each in self.items
            ),
        )

    @cached_property
    def conditions(self) -> tuple[tuple[SideName, Condition], ...]:
        """Return every condition with the side it is asked on, each once."""
        every = (
            (rule.side, condition)
            for each in self.items
            for rule in each.rules
            for condition in rule.conditions
        )
        return tuple(dict.fromkeys(every))

    def measured(self, features: Sequence[Feature]) -> tuple[Feature, ...]:
        """Return a model's features, then what indicators and peer groups need beside them."""
        own = {feature.name for feature in features}
        activity = pick(name for side in SIDES for name in ACTIVITY[side])
        needed = {condition.feature.name for _, condition in self.conditions}
        needed |= {feature.name for feature in activity}
        return (*features, *(f for f in CATALOGUE if f.name in needed - own))

    @cached_property
    def by_id(self) -> Mapping[str, Indicator]:
        """Return the indicators by their ids."""
        return {each.id: each for each in self.items}
