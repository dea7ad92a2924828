"""Each kernel is compiled once: a second copy would mean an array of another kind came in."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest
from oracles import kernels
from oracles.compiled import compiled

PLAIN = {("int64", "1", "C", "False"), ("int32", "1", "C", "False")}


@pytest.fixture(scope="module")
def found():
    """What a fresh process compiles; here, tests and doctests have called kernels as they like."""
    with ProcessPoolExecutor(1, get_context("spawn")) as process:
        return process.submit(compiled).result()


@pytest.fixture(scope="module")
def public(found):
    return [kernel for kernel in found if not kernel.name.startswith("_")]


def test_every_kernel_is_compiled_once_for_the_whole_catalogue(found, public):
    assert {kernel.name: kernel.copies for kernel in public} == {k.name: 1 for k in public}
    assert all(kernel.copies <= 1 for kernel in found)


def test_kernels_take_and_give_plain_contiguous_integers(public):
    for kernel in public:
        assert kernel.arrays, kernel.name
        assert kernel.arrays <= PLAIN, kernel.name
        assert kernel.gives == {"array(int64, 1d, C)"}, kernel.name


def test_every_kernel_has_an_oracle(public):
    assert len(public) == 10
    for kernel in public:
        assert hasattr(kernels, kernel.name), kernel.name
