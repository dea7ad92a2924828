"""Read indicators from a TOML file, checked as a whole: every fault is found, then all are raised.

A condition is written ``FEATURE >= NUMBER UNIT`` (also ``>``, ``<=``, ``<``) or ``FEATURE >= SHARE
of peers`` (also ``<=``). In a name, ``{side}`` stands for the rule's side, and ``{own}`` for that
side's part in the payment: ``sender_out`` or ``receiver_in``.
"""

import math
import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from engine.indicators.definition import MOST, Condition, Indicator, Indicators, Op, Rule
from engine.peers import SIDES
from engine.peers.frozen import on_side
from engine.peers.traits import SideName
from features.catalogue import CATALOGUE, Feature
from features.configs import find_config
from features.errors import ConfigError, Fault
from features.windows import SECOND

_ID = re.compile(r"IND-\d{2}")
_WRITTEN = re.compile(r"(\S+) (>=|<=|>|<) (-?[\d_]+(?:\.\d+)?) (\S.*)")
_FORM = "'FEATURE >= NUMBER UNIT' or 'FEATURE >= SHARE of peers'"
_PEERS = "of peers"
_OWN: Mapping[SideName, str] = {"sender": "sender_out", "receiver": "receiver_in"}
_IN_SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86_400}
_LARGEST: Mapping[str, float] = {"share": 1, "yes/no": 1, "hour": 23, "weekday": 6}


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Rule(_Table):
    side: Literal["sender", "receiver", "both"]
    all: tuple[str, ...] = ()
    any: tuple[str, ...] = ()


class _Indicator(_Table):
    name: str = Field(min_length=3)
    typology: str = Field(min_length=3)
    source: str = Field(min_length=3)
    goaml: tuple[str, ...] = ()
    weight: float = Field(default=1.0, gt=0, allow_inf_nan=False)
    rules: tuple[_Rule, ...] = Field(min_length=1)


def load_indicators(name: str = "indicators") -> Indicators:
    """Read an indicator config: a file, or a shipped one by its bare name.

    Raises
    ------
    ConfigError
        If it cannot be read or says something it must not; lists every mistake.
    """
    path = find_config(name)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not readable: {error}") from error
    return parse_indicators(text, path)


def parse_indicators(text: str, path: Path) -> Indicators:
    """Check a config's text; ``path`` names it in what is said about mistakes.

    Raises
    ------
    ConfigError
        If it is no TOML, or a feature, unit or threshold in it can't be; lists every mistake.
    """
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: not a readable TOML file: {error}") from error
    reader = _Reader(path.name)
    version = content.pop("version", None)
    if not isinstance(version, str) or not version:
        reader.fault("version", repr(version), "a text that changes with the file")
    items = [reader.indicator(id_, table) for id_, table in content.items()]
    if not items or len(items) > MOST:
        reader.fault("", f"{len(items)} indicators", f"1 to {MOST}")
    if reader.faults:
        raise ConfigError(f"{path}: not an indicator config", tuple(reader.faults))
    return Indicators(str(version), tuple(each for each in items if each), text)


class _Reader:
    """Turns tables into indicators and keeps what is wrong with them."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.faults: list[Fault] = []
        self._features = {feature.name: feature for feature in CATALOGUE}

    def fault(self, place: str, found: str, wanted: str) -> None:
        """Remember a mistake."""
        self.faults.append(Fault(self.where, place or None, found, wanted))

    def indicator(self, id_: str, table: Any) -> Indicator | None:
        """Read one table."""
        if not _ID.fullmatch(id_):
            self.fault(id_, "a table of this name", "an id such as IND-01")
        try:
            said = _Indicator.model_validate(table)
        except ValidationError as error:
            for item in error.errors(include_url=False):
                place = ".".join(map(str, (id_, *item["loc"])))
                self.fault(place, repr(item["input"])[:80], item["msg"])
            self._sound_rules(id_, table)
            return None
        rules = [rule for k, each in enumerate(said.rules) for rule in self._rules(id_, k, each)]
        if len(set(rules)) < len(rules):
            self.fault(id_, "a rule twice", "each rule once")
        named = said.model_dump(exclude={"rules"})
        return Indicator(id=id_, **named, rules=tuple(rules))

    def _sound_rules(self, id_: str, table: Any) -> None:
        """Read the rules of a faulty table that can be read, for what is wrong in them."""
        rules = table.get("rules") if isinstance(table, dict) else None
        for number, each in enumerate(rules if isinstance(rules, list) else []):
            with suppress(ValidationError):
                list(self._rules(id_, number, _Rule.model_validate(each)))

    def _rules(self, id_: str, number: int, said: _Rule) -> Iterator[Rule]:
        """Write a rule out: one for each side, and for each of its alternatives."""
        place = f"{id_}.rules.{number}"
        if not said.all and not said.any:
            self.fault(place, "no conditions", "some under all or any")
        for side in SIDES if said.side == "both" else (said.side,):
            shared = [self._condition(place, side, text) for text in said.all]
            others = [[self._condition(place, side, text)] for text in said.any] or [[]]
            for other in others:
                found = [each for each in (*shared, *other) if each is not None]
                if len(found) == len(shared) + len(other):
                    yield Rule(side, tuple(found))

    def _condition(self, place: str, side: SideName, text: str) -> Condition | None:
        written = _WRITTEN.fullmatch(text)
        if written is None:
            self.fault(place, repr(text), _FORM)
            return None
        said, op, number, unit = written.groups()
        name = said.replace("{side}", side).replace("{own}", _OWN[side])
        feature = self._features.get(name)
        if feature is None:
            known = ", ".join(_near(name, self._features))
            self.fault(place, f"no feature {name!r}", f"such as {known}")
            return None
        if not on_side(feature, side):
            self.fault(place, f"{feature.name} is of the other side", f"features of the {side}")
        threshold, peers = float(number), unit == _PEERS
        if not peers:
            threshold *= self._factor(place, feature, unit)
        if wrong := _impossible(feature, op, threshold, peers=peers):
            self.fault(place, f"{text!r} {wrong}", "a threshold that some values pass")
        return Condition(feature, cast("Op", op), threshold, peers)

    def _factor(self, place: str, feature: Feature, unit: str) -> float:
        """Return what turns a written number into the feature's unit."""
        if feature.unit == "seconds" and unit in _IN_SECONDS:
            return _IN_SECONDS[unit]
        if unit != feature.unit:
            self.fault(place, f"{feature.name} in {unit}", f"{feature.unit}, its unit")
        return 1.0


def _impossible(feature: Feature, op: str, threshold: float, *, peers: bool) -> str | None:
    """Say why a threshold cannot be meant: everything passes it, or nothing."""
    if peers and (op not in {">=", "<="} or not 0 < threshold < 1):
        return "is no percentile to reach"
    low, high = 0.0, 1.0 if peers else _LARGEST.get(feature.unit, math.inf)
    if feature.unit == "seconds" and not peers:
        high = feature.statistic.lookback / SECOND
    never = {">=": threshold > high, ">": threshold >= high, "<=": threshold < low}
    always = {">=": threshold <= low, "<=": threshold >= high, "<": threshold > high}
    if never.get(op, threshold <= low):
        return "never holds"
    return "always holds" if always.get(op, threshold < low) else None


def _near(name: str, known: Mapping[str, Feature]) -> list[str]:
    """Return the known names that share the longest beginning with a name."""

    def shared(other: str) -> int:
        pairs = zip(name, other, strict=False)
        return next((k for k, (one, two) in enumerate(pairs) if one != two), len(name))

    return sorted(known, key=lambda other: (-shared(other), other))[:3]
