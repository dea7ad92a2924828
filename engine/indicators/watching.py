"""Where indicators fire: all rows of a batch in one pass, and one row in detail."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.arrays import Floats, Integers
from engine.indicators.definition import Condition, Indicators, Rule
from engine.indicators.horizon import NO_PEERS, Horizon, Nulls
from engine.peers import SIDES, Peers
from engine.peers.traits import SideName
from features.catalogue import Feature
from features.kernels.compile import kernel

Bits = NDArray[np.uint64]
Bools = NDArray[np.bool_]


@kernel
def watch_rows(
    X: Floats,
    groups: Integers,
    time: Integers,
    span: Integers,
    rule_starts: Integers,
    rule_side: Integers,
    rule_bit: Integers,
    column: Integers,
    sign: Floats,
    strict: Bools,
    threshold: Floats,
    cut_start: Integers,
    cuts: Floats,
    back: Integers,
    ahead: Integers,
    unsaid: Bools,
) -> Bits:
    """Return four words a row: bits fired as sender, as receiver, then not known as each.

    ``groups`` holds each row's peer group on both sides, -1 where there is no account: there
    nothing fires and nothing is asked. A condition asks for values of at least its threshold,
    above it where ``strict``; both are negated where ``sign`` is -1. The threshold is that of the
    row's group where ``cut_start`` is not -1. A value that is null fails a condition, unless it is
    not known: it had to see ``back`` before or ``ahead`` after what ``span`` covers, or is
    ``unsaid`` by the source. A threshold that is null is not known.
    """
    words = np.zeros((len(X), 4), np.uint64)
    for i in range(len(X)):
        for r in range(len(rule_side)):
            side = rule_side[r]
            group = groups[i, side]
            if group < 0:
                continue
            failed, unknown = False, False
            for c in range(rule_starts[r], rule_starts[r + 1]):
                x, limit = X[i, column[c]], threshold[c]
                if cut_start[c] >= 0:
                    limit = cuts[cut_start[c] + group]
                if math.isnan(x):
                    early = back[c] > 0 and time[i] - back[c] < span[0]
                    late = ahead[c] > 0 and time[i] + ahead[c] > span[1]
                    failed = not (early or late or unsaid[c])
                else:
                    failed = sign[c] * x < sign[c] * limit or (strict[c] and x == limit)
                unknown = unknown or math.isnan(x) or math.isnan(limit)
                if failed:
                    break
            if not failed:
                bit = np.uint64(1) << np.uint64(rule_bit[r])
                words[i, side + 2 if unknown else side] |= bit
        words[i, 2] &= ~words[i, 0]
        words[i, 3] &= ~words[i, 1]
    return words


@dataclass(frozen=True)
class Flags:
    """Which indicators fired and which are not known, a bit each: arrays ``(rows, 2 sides)``."""

    indicators: Indicators
    fired: Bits
    unknown: Bits

    def __len__(self) -> int:
        return len(self.fired)

    def of(self, id_: str, side: SideName) -> Bools:
        """Return the rows in which an indicator fired for the account on a side."""
        place = [each.id for each in self.indicators].index(id_)
        return bit(self.fired[:, SIDES.index(side)], place)

    def named(self, row: int, side: SideName) -> tuple[str, ...]:
        """Return the ids of the indicators that fired in a row for the account on a side."""
        return names(self.indicators, int(self.fired[row, SIDES.index(side)]))

    def rule_score(self) -> Floats:
        """Return the weighted count of the indicators that fired in each row, on either side.

        What a set of rules alone would rank by: a baseline for a model.
        """
        return rule_score(self.indicators, self.fired[:, 0] | self.fired[:, 1])


def bit(words: Bits, place: int) -> Bools:
    """Return where a bit is set."""
    found: Bools = (words >> np.uint64(place)) & np.uint64(1) == 1
    return found


def names(indicators: Indicators, word: int) -> tuple[str, ...]:
    """Return the ids of the indicators whose bits are set."""
    return tuple(each.id for place, each in enumerate(indicators) if word >> place & 1)


def rule_score(indicators: Indicators, words: Bits) -> Floats:
    """Add up the weights of the indicators whose bits are set, in the config's order."""
    score = np.zeros(len(words))
    for place, indicator in enumerate(indicators):
        score += indicator.weight * bit(words, place)
    return score


@dataclass(frozen=True)
class Held:
    """A rule that fired in a row, with what each of its conditions was compared with."""

    rule: Rule
    values: tuple[float, ...]
    limits: tuple[float, ...]


class Watch:
    """Indicators, ready to be asked about rows of features.

    Parameters
    ----------
    features
        The columns of the rows, all that the indicators ask about among them.
    """

    def __init__(
        self,
        indicators: Indicators,
        features: Sequence[Feature],
        peers: Peers,
        minor_digits: int,
        horizon: Horizon,
    ) -> None:
        self.indicators = indicators
        self._column = {feature.name: column for column, feature in enumerate(features)}
        self._peers = peers
        self._digits = minor_digits
        self.horizon = horizon
        self._cuts: dict[tuple[SideName, Condition], Floats] = {
            (side, condition): peers.cut(
                side, condition.feature.name, condition.threshold, above=condition.above
            )
            for side, condition in indicators.conditions
            if condition.peers
        }
        self._arrays = self._compiled()

    def _compiled(self) -> tuple[Any, ...]:
        """Lay rules and conditions end to end."""
        blind = not self.horizon.clock_known
        rules = [(k, rule) for k, each in enumerate(self.indicators) for rule in each.rules]
        asked = [(rule.side, condition) for _, rule in rules for condition in rule.conditions]
        nulls = [Nulls.of(condition.feature) for _, condition in asked]
        begins = dict(
            zip(
                self._cuts,
                np.cumsum([0, *(len(cut) for cut in self._cuts.values())]).tolist(),
                strict=False,
            )
        )
        return (
            np.cumsum([0, *(len(rule.conditions) for _, rule in rules)]).astype(np.int64),
            np.array([SIDES.index(rule.side) for _, rule in rules], np.int64),
            np.array([place for place, _ in rules], np.int64),
            np.array([self._column[c.feature.name] for _, c in asked], np.int64),
            np.array([1.0 if condition.above else -1.0 for _, condition in asked]),
            np.array(["=" not in condition.op for _, condition in asked], np.bool_),
            np.array([condition.level(self._digits) for _, condition in asked], np.float64),
            np.array([begins.get(key, -1) for key in asked], np.int64),
            np.concatenate([np.empty(0), *self._cuts.values()]),
            np.array([each.back for each in nulls], np.int64),
            np.array([each.ahead for each in nulls], np.int64),
            np.array([each.source or (each.clock and blind) for each in nulls], np.bool_),
        )

    def flags(self, values: Floats, time: Integers, groups: Mapping[SideName, Integers]) -> Flags:
        """Ask all indicators about all rows.

        ``time`` is in microseconds since 1970; ``groups`` are the rows' peer groups
        (`Peers.groups`).
        """
        X = np.ascontiguousarray(values, np.float64)
        both = np.ascontiguousarray(np.column_stack([groups[side] for side in SIDES]), np.int64)
        span = np.array([self.horizon.coverage_from, self.horizon.as_of], np.int64)
        words = watch_rows(X, both, np.ascontiguousarray(time), span, *self._arrays)
        return Flags(self.indicators, words[:, :2], words[:, 2:])

    def held(self, place: int, side: SideName, values: Floats, group: int) -> Held | None:
        """Return the first rule of an indicator that fires in one row, or None."""
        for rule in self.indicators.items[place].rules:
            if rule.side != side or group < 0:
                continue
            own = tuple(self._value(condition, values) for condition in rule.conditions)
            limits = tuple(self._limit(side, condition, group) for condition in rule.conditions)
            if all(map(_holds, (c.op for c in rule.conditions), own, limits)):
                return Held(rule, own, limits)
        return None

    def unknown(
        self, place: int, side: SideName, values: Floats, time: int, group: int
    ) -> tuple[str, ...]:
        """Say why it is not known whether an indicator fires in one row; empty: it is known."""
        found: dict[str, None] = {}
        for rule in self.indicators.items[place].rules:
            if rule.side != side or group < 0:
                continue
            reasons = []
            for condition in rule.conditions:
                value, limit = self._value(condition, values), self._limit(side, condition, group)
                why = self.horizon.why(condition.feature, time) if np.isnan(value) else None
                if why is None and not np.isnan(value) and np.isnan(limit):
                    why = NO_PEERS
                if why is None and not _holds(condition.op, value, limit):
                    break
                reasons += [why] if why else []
            else:
                found |= dict.fromkeys(reasons)
        return tuple(found)

    def _value(self, condition: Condition, values: Floats) -> float:
        return float(values[self._column[condition.feature.name]])

    def _limit(self, side: SideName, condition: Condition, group: int) -> float:
        if condition.peers:
            return float(self._cuts[side, condition][group])
        return condition.level(self._digits)


def _holds(op: str, value: float, limit: float) -> bool:
    """Whether a condition holds; False where either number is not known."""
    match op:
        case ">=":
            return value >= limit
        case ">":
            return value > limit
        case "<=":
            return value <= limit
        case _:
            return value < limit
