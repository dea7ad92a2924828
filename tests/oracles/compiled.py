"""What numba compiles when the whole catalogue is computed; for a process of its own."""

import importlib
import pkgutil
import re
from dataclasses import dataclass, replace

import numpy as np

from features import kernels
from features.catalogue import ALL
from features.slices import frame_from_table
from features.workspace import Workspace
from oracles.worlds import BASE, DAY, Payment, World

_ARRAY = re.compile(r"Array\((\w+), (\d), '(\w)', (\w+)")


@dataclass(frozen=True)
class Compiled:
    """One kernel: how many copies there are, and what arrays they take and give.

    An array is (type, dimensions, layout, read-only). A private kernel is compiled with each kernel
    that calls it, anew for every constant and every width of number it is given there, and only
    where that kernel is not in the cache: of its copies, those for other arrays count.
    """

    module: str
    name: str
    copies: int
    arrays: frozenset[tuple[str, ...]]
    gives: frozenset[str]


def compiled() -> list[Compiled]:
    """Compute values and evidence of all features of some worlds; tell what was compiled for it."""
    rows = [Payment(f"t{n}", BASE + n * DAY, *pair) for n, pair in enumerate(("ab", "ba", "aa"))]
    rows = [replace(row, suspicion=1) for row in rows]
    for world in (World.of(rows), World.of([]), World.of(rows[:1], precision="day")):
        space = Workspace(world.history())
        for feature in ALL:
            feature.value(space)
            for at in range(len(space.rows)):
                feature.evidence(space, at)
        assert frame_from_table(world.table(), ALL, **world.facts).values.dtype == np.float64
    return [_tell(kernel) for module in modules() for kernel in kernels_of(module)]


def modules() -> list:
    """Return all modules of kernels."""
    found = pkgutil.walk_packages(kernels.__path__, f"{kernels.__name__}.")
    return [importlib.import_module(each.name) for each in found]


def kernels_of(module) -> list:
    """Return the compiled functions that a module defines."""
    own = [thing for thing in vars(module).values() if hasattr(thing, "nopython_signatures")]
    return [kernel for kernel in own if kernel.py_func.__module__ == module.__name__]


def _tell(kernel) -> Compiled:
    told = [str(signature) for signature in kernel.nopython_signatures]
    name, arrays = kernel.py_func.__name__, {tuple(_ARRAY.findall(text)) for text in told}
    return Compiled(
        kernel.py_func.__module__.removeprefix("features.kernels."),
        name,
        len(arrays if name.startswith("_") else told),
        frozenset(array for text in told for array in _ARRAY.findall(text)),
        frozenset(text.split(" -> ")[1] for text in told),
    )
