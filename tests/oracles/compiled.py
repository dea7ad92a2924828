"""What numba compiles when the whole catalogue is computed; for a process of its own."""

import re
from dataclasses import dataclass

from features.catalogue import CATALOGUE
from features.kernels import alike, ledger, windows
from features.workspace import Workspace
from oracles.worlds import BASE, DAY, Payment, World

_ARRAY = re.compile(r"Array\((\w+), (\d), '(\w)', (\w+)")


@dataclass(frozen=True)
class Compiled:
    """One kernel: how many copies there are, and what arrays they take and give.

    An array is (type, dimensions, layout, read-only).
    """

    name: str
    copies: int
    arrays: frozenset[tuple[str, ...]]
    gives: frozenset[str]


def compiled() -> list[Compiled]:
    """Compute values and evidence of all features of some worlds; tell what was compiled for it."""
    rows = [Payment(f"t{n}", BASE + n * DAY, *pair) for n, pair in enumerate(("ab", "ba", "aa"))]
    for world in (World.of(rows), World.of([]), World.of(rows[:1], precision="day")):
        space = Workspace(world.history())
        for feature in CATALOGUE:
            feature.value(space)
            for at in range(len(space.rows)):
                feature.evidence(space, at)
    return [_tell(kernel) for module in (alike, ledger, windows) for kernel in kernels_of(module)]


def kernels_of(module) -> list:
    """Return the compiled functions that a module defines."""
    own = [thing for thing in vars(module).values() if hasattr(thing, "nopython_signatures")]
    return [kernel for kernel in own if kernel.py_func.__module__ == module.__name__]


def _tell(kernel) -> Compiled:
    told = [str(signature) for signature in kernel.nopython_signatures]
    return Compiled(
        kernel.py_func.__name__,
        len(told),
        frozenset(array for text in told for array in _ARRAY.findall(text)),
        frozenset(text.split(" -> ")[1] for text in told),
    )
