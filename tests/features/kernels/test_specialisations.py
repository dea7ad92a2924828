"""Each kernel is compiled once: a second copy would mean an array of another kind came in."""

import importlib
import pkgutil
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import oracles
import pytest
from oracles.compiled import compiled, kernels_of, modules

KINDS = ("int64", "int32", "float64", "bool", "uint8")
PLAIN = {(kind, "1", "C", "False") for kind in KINDS}


@pytest.fixture(scope="module")
def found():
    """What a fresh process compiles; here, tests and doctests have called kernels as they like."""
    with ProcessPoolExecutor(1, get_context("spawn")) as process:
        return process.submit(compiled).result()


@pytest.fixture(scope="module")
def public(found):
    return [kernel for kernel in found if not kernel.name.startswith("_")]


def test_no_kernel_is_compiled_twice_for_the_whole_catalogue(found):
    assert not {f"{kernel.module}.{kernel.name}" for kernel in found if kernel.copies > 1}


def test_every_kernel_is_used_by_the_catalogue(public):
    """Those of patterns also find whole instances, and count as other tools do."""
    idle = {f"{kernel.module}.{kernel.name}" for kernel in public if not kernel.copies}
    assert not {name for name in idle if not name.startswith("patterns.")}


def test_kernels_take_plain_contiguous_arrays(public):
    for kernel in public:
        assert kernel.arrays <= PLAIN, f"{kernel.module}.{kernel.name}"


def test_every_kernel_has_an_oracle():
    known: set[str] = set()
    for each in pkgutil.walk_packages(oracles.__path__, "oracles."):
        known |= set(vars(importlib.import_module(each.name)))
    found = [kernel.py_func for module in modules() for kernel in kernels_of(module)]
    public = [each for each in found if not each.__name__.startswith("_")]
    # Those of patterns are compared as a whole, by what they find: see tests/features/patterns.
    plain = {each.__name__ for each in public if ".patterns." not in each.__module__}
    assert not plain - known
