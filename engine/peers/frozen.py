"""The peer groups of a model: frozen on training rows, kept in its bundle.

A feature of the sender is compared among payments whose sender is like this one, a feature of the
receiver among payments whose receiver is; a feature of the payment or the pair on the side that
is looked at.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from engine.arrays import Arrays, Floats, Integers, prefixed, under
from engine.peers.grids import Cells
from engine.peers.groups import Groups, Vocabulary
from engine.peers.traits import SIDES, SideName, Sides
from engine.settings import EnsembleConfig
from features.catalogue import Feature


@dataclass(frozen=True)
class Comparison:
    """Where a value stands among the payments of a group; ``percentile`` None: not known.

    ``note`` says why the group is a coarser one than the account's traits name.
    """

    percentile: float | None
    group: str | None
    payments: int | None
    accounts: int | None
    note: str | None


NOTHING = Comparison(None, None, None, None, None)


def own_side(feature: Feature, viewed: SideName) -> SideName:
    """Return whose peers a feature is compared with, seen from one side of the payment."""
    lens = feature.statistic.lens
    return lens.subject if lens and lens.subject != "pair" else viewed


def on_side(feature: Feature, side: SideName) -> bool:
    """Whether a feature can be compared on a side: its own, or that of both accounts."""
    return own_side(feature, side) == side


@dataclass(frozen=True)
class _Side:
    """One side's groups, and the distributions of the features ``names`` in each."""

    names: tuple[str, ...]
    groups: Groups
    cells: Cells

    @cached_property
    def columns(self) -> dict[str, int]:
        return {name: column for column, name in enumerate(self.names)}


@dataclass(frozen=True)
class Peers:
    """Groups of accounts alike, on each side of a payment, and what is usual in each."""

    vocabulary: Vocabulary
    sides: Mapping[SideName, _Side]

    @classmethod
    def fit(
        cls,
        X: Floats,
        features: Sequence[Feature],
        sides: Sides,
        accounts: Mapping[SideName, Integers],
        sample: Integers,
        config: EnsembleConfig,
    ) -> Self:
        """Freeze the groups of training rows, and the distributions of the sampled ones.

        ``X`` holds the features of the sampled rows, in their order; ``sides`` and ``accounts``
        (numbers of no meaning) describe all training rows.
        """
        vocabulary = Vocabulary.of(sides, config.peer_classes)
        found: dict[SideName, _Side] = {}
        for name in SIDES:
            groups = Groups.of(
                vocabulary,
                sides[name],
                accounts[name],
                sample,
                least_payments=config.peer_least_payments,
                least_accounts=config.peer_least_accounts,
            )
            chosen = [c for c, feature in enumerate(features) if on_side(feature, name)]
            levels = groups.levels(sides[name].take(sample))
            cells = Cells.fit(X[:, chosen], levels, len(groups), config.peer_points)
            found[name] = _Side(tuple(features[c].name for c in chosen), groups, cells)
        return cls(vocabulary, found)

    def groups(self, sides: Sides) -> dict[SideName, Integers]:
        """Return each row's finest group on each side; -1: the world outside."""
        return {name: self.sides[name].groups.finest(sides[name]) for name in SIDES}

    def knows(self, side: SideName, name: str) -> bool:
        """Whether a feature can be compared on a side."""
        return name in self.sides[side].columns

    def cut(self, side: SideName, name: str, share: float, *, above: bool) -> Floats:
        """Return, for each group of a side, the value at a percentile (see `Cells.cut`)."""
        mine = self.sides[side]
        return mine.cells.cut(mine.columns[name], share, above=above)

    def percentile(self, side: SideName, name: str, values: Floats, groups: Integers) -> Floats:
        """Return where values of a feature stand among those of each one's group."""
        mine = self.sides[side]
        return mine.cells.percentile(values, groups, mine.columns[name])

    def compare(
        self, feature: Feature, value: float, sides: Sides, row: int, viewed: SideName
    ) -> Comparison:
        """Compare a value with the payments of accounts like the row's on the feature's side."""
        name = own_side(feature, viewed)
        if not self.knows(name, feature.name) or not sides[name].known[row]:
            return NOTHING
        groups = self.sides[name].groups
        one = sides[name].take(np.array([row]))
        group = groups.finest(one)
        share = float(self.percentile(name, feature.name, np.array([value]), group)[0])
        at = int(group[0])
        return Comparison(
            None if np.isnan(share) else share,
            groups.words(at),
            int(groups.payments[at]),
            int(groups.accounts[at]),
            groups.note(at, one, 0),
        )

    def facts(self) -> dict[str, object]:
        """Say how many groups there are, for the manifest of a model."""
        return {name: {"groups": len(self.sides[name].groups)} for name in SIDES}

    def arrays(self) -> Arrays:
        """Return the frozen state."""
        arrays = prefixed("vocabulary", self.vocabulary.arrays())
        for name, side in self.sides.items():
            arrays |= {f"{name}/names": np.array(side.names, np.str_)}
            arrays |= prefixed(f"{name}/groups", side.groups.arrays())
            arrays |= prefixed(f"{name}/cells", side.cells.arrays())
        return arrays

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> Self:
        """Take the frozen state back."""
        vocabulary = Vocabulary.from_arrays(under("vocabulary", arrays))
        return cls(
            vocabulary,
            {
                name: _Side(
                    tuple(arrays[f"{name}/names"].tolist()),
                    Groups.from_arrays(vocabulary, under(f"{name}/groups", arrays)),
                    Cells.from_arrays(under(f"{name}/cells", arrays)),
                )
                for name in SIDES
            },
        )
