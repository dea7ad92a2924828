"""Where all that features make of a history is too much at once: some features after the others.

A *pass* is some features of a slice, computed for all rows asked about, from a history that
reaches as far as they look. What they made of it is dropped before the next pass; their values wait
on disk.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache

from features.catalogue.feature import Feature
from features.slices.needs import Needs, Size
from features.slices.planning import Reach

_SHARE = 2  # of what one feature must have, whatever is left: the others may have so much anyway
_NEARLY = 1.5  # a feature joins those that look at so many times its rows, or if it makes nothing


@dataclass(frozen=True)
class Pass:
    """Some features by their place in the catalogue, how far they look, and what they make."""

    features: tuple[int, ...]
    reach: Reach
    size: Size


@dataclass
class _Atom:
    """Features of one pass: they make the same, or one bound counts what it leaves out for all."""

    reach: Reach
    made: frozenset[object]
    features: list[int] = field(default_factory=list)


def cut_features(
    catalogue: Sequence[Feature],
    needs: Needs,
    accounts: int,
    rows: Callable[[Reach], int],
    left: int,
) -> list[Pass]:
    """Cut a catalogue into passes that need no more memory than is left, or than one must.

    ``rows`` says how many rows lie within a reach of the slice. Features that look far come first,
    each with those that make what it makes.
    """
    atoms, rows = _atoms(catalogue, needs), cache(rows)
    alone = [needs.size(atom.made).of(rows(atom.reach), accounts) for atom in atoms]
    found = _packed(atoms, needs, accounts, rows, max(left, max(alone, default=0) // _SHARE))
    return found or [Pass((), Reach.of([]), Size())]


def _atoms(catalogue: Sequence[Feature], needs: Needs) -> list[_Atom]:
    found: dict[object, _Atom] = {}
    told = _told_together(needs.told)
    for number, feature in enumerate(catalogue):
        reach, made = Reach.of([feature]), needs.of[number]
        atom = found.setdefault(told[number] or (reach, made), _Atom(reach, made))
        atom.reach, atom.made = atom.reach.joined(reach), atom.made | made
        atom.features.append(number)
    return sorted(found.values(), key=lambda atom: atom.reach.lookback, reverse=True)


def _told_together(told: Sequence[frozenset[str]]) -> list[frozenset[str]]:
    """Return, for each feature, what all tell who tell some of the same: each counts once.

    >>> _told_together([frozenset("a"), frozenset("ab"), frozenset("c"), frozenset()])[0] == {*"ab"}
    True
    """
    groups: list[frozenset[str]] = []
    for names in told:
        near = [group for group in groups if not group.isdisjoint(names)]
        groups = [group for group in groups if group not in near] + [names.union(*near)]
    return [next((g for g in groups if not g.isdisjoint(names)), names) for names in told]


def _packed(
    atoms: Sequence[_Atom],
    needs: Needs,
    accounts: int,
    rows: Callable[[Reach], int],
    left: int,
) -> list[Pass]:
    """Begin each pass with the feature that looks furthest, and add what costs least as it fits."""
    waiting, found = list(atoms), []
    while waiting:
        first = waiting.pop(0)
        made, features, reach = first.made, list(first.features), first.reach
        while waiting:
            many = rows(reach)
            extra = [needs.size(atom.made - made).of(many, accounts) for atom in waiting]
            able = [
                k
                for k, atom in enumerate(waiting)
                if not extra[k] or rows(atom.reach) * _NEARLY >= many
            ]
            if not able:
                break
            best = waiting[min(able, key=extra.__getitem__)]
            wider = reach.joined(best.reach)
            if needs.size(made | best.made).of(rows(wider), accounts) > left:
                break
            waiting.remove(best)
            made, reach = made | best.made, wider
            features += best.features
        found.append(Pass(tuple(sorted(features)), reach, needs.size(made)))
    return found
